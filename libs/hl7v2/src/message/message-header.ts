import type { Field, Hd, HeaderWire, MessageHeader, Segment } from './message.js';
import { structureOf } from './structure-of.js';
import type { Warning } from './warning.js';

const controlIdMax = 199;
const msh = { segment: 'MSH', position: 1 } as const;

/** Reads MSH-3 to MSH-17. What is odd but readable is reported. */
export function headerOf(segment: Segment, wire: Omit<HeaderWire, 'controlId'>, warnings: Warning[]): MessageHeader {
  const type = segment.field(9);
  const controlIdField = segment.field(10);
  const controlId = controlIdField.formatted;
  if (controlId.length > controlIdMax) {
    warnings.push({ code: 'control-id-long', location: { ...msh, field: 10 }, text: 'MSH-10 is over 199 characters' });
  }
  const messageCode = typePart(type, 1, warnings);
  const triggerEvent = typePart(type, 2, warnings);
  return {
    sendingApplication: hdOf(segment.field(3)),
    sendingFacility: hdOf(segment.field(4)),
    receivingApplication: hdOf(segment.field(5)),
    receivingFacility: hdOf(segment.field(6)),
    timestamp: segment.field(7).text(),
    messageCode,
    triggerEvent,
    structure: structureIn(typePart(type, 3, warnings), structureOf(messageCode, triggerEvent), warnings),
    controlId,
    processingId: segment.field(11).text(),
    version: segment.field(12).text(),
    sequenceNumber: segment.field(13).text(),
    continues: segment.field(14).text(),
    acceptAck: segment.field(15).text(),
    applicationAck: segment.field(16).text(),
    countryCode: segment.field(17).text(),
    wire: { ...wire, controlId: controlIdField.bytes },
  };
}

function hdOf(field: Field): Hd {
  return { namespaceId: field.text(1), universalId: field.text(2), universalIdType: field.text(3) };
}

/** Tables 0076, 0003 and 0354 are in capitals and without blanks; what is not is read as if it were. */
function typePart(type: Field, component: number, warnings: Warning[]): string {
  const sent = type.text(component);
  const read = sent.trim().toUpperCase();
  if (read !== sent) {
    const location = { ...msh, field: 9, component };
    warnings.push({ code: 'message-type-spelling', location, text: 'MSH-9 was read in capitals and without blanks' });
  }
  return read;
}

/** MSH-9.2 is absent in 2.1: EVN-1 says the event. */
export function withEvent(header: MessageHeader, evn: Segment | undefined, warnings: Warning[]): MessageHeader {
  if (header.triggerEvent !== '') return header;
  const triggerEvent = evn?.field(1).text().trim().toUpperCase() ?? '';
  const structure = structureOf(header.messageCode, triggerEvent);
  if (structure === undefined) return header;
  const location = { ...msh, field: 9, component: 2 };
  warnings.push({ code: 'event-from-evn', location, text: 'MSH-9.2 is empty: the event is that of EVN-1' });
  return { ...header, triggerEvent, structure };
}

// T3: before 2.3.1 there is no MSH-9.3; where it disagrees with MSH-9.2, the event decides.
function structureIn(sent: string, derived: string | undefined, warnings: Warning[]): string {
  if (derived === undefined || derived === sent) return sent;
  if (sent !== '') {
    const location = { ...msh, field: 9, component: 3 };
    warnings.push({
      code: 'structure-disagrees',
      location,
      text: 'MSH-9.3 is not the structure of the event in MSH-9.2',
    });
  }
  return derived;
}
