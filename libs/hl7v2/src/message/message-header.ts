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
  return {
    sendingApplication: hdOf(segment.field(3)),
    sendingFacility: hdOf(segment.field(4)),
    receivingApplication: hdOf(segment.field(5)),
    receivingFacility: hdOf(segment.field(6)),
    timestamp: segment.field(7).text(),
    messageCode: type.text(1),
    triggerEvent: type.text(2),
    structure: structureIn(type, warnings),
    controlId,
    processingId: segment.field(11).text(),
    version: segment.field(12).text(),
    sequenceNumber: segment.field(13).text(),
    acceptAck: segment.field(15).text(),
    applicationAck: segment.field(16).text(),
    countryCode: segment.field(17).text(),
    wire: { ...wire, controlId: controlIdField.bytes },
  };
}

function hdOf(field: Field): Hd {
  return { namespaceId: field.text(1), universalId: field.text(2), universalIdType: field.text(3) };
}

// T3: before 2.3.1 there is no MSH-9.3; where it disagrees with MSH-9.2, the event decides.
function structureIn(type: Field, warnings: Warning[]): string {
  const sent = type.text(3);
  const derived = structureOf(type.text(1), type.text(2));
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
