import type { Segment } from '@anamnesis/hl7v2';
import type { CodeableConcept } from '../../fhir-types.js';
import { firstValued } from '../compact.js';
import { conceptOf } from '../datatypes/cwe.js';
import { entityNumber } from '../datatypes/ei.js';
import type { Draft } from '../draft.js';
import { ownSegments } from '../orders/order-groups.js';
import { keyOfNumber, numberSlots, type OrderNumbers, type ResourceKey } from '../orders/order-numbers.js';
import { reasonReferences } from '../orders/request-slots.js';
import type { Belonging } from '../segments/dg1.js';
import { noteOf } from '../segments/nte.js';
import { SlotReader } from '../slot-reader.js';
import { Slots } from '../slots.js';
import { appointmentStatus } from './appointment-status.js';
import { timeSlots } from './appointment-time.js';
import { stateBookedOrders } from './booked-orders.js';
import { participantSlots } from './participants.js';

/** SCH with its resources as an Appointment. */
export function stateAppointment(sch: Segment, place: Belonging): void {
  const { draft } = place;
  const segments = ownSegments(draft.message);
  const numbers = {
    placer: entityNumber(sch.field(1), 'SCH-1', draft),
    filler: entityNumber(sch.field(2), 'SCH-2', draft),
  };
  const { system, key } = appointmentKey(sch, numbers, place);
  const slots = numberSlots(numbers, new Slots(), draft)
    .set('status', appointmentStatus(sch, draft))
    .set('serviceType', services(segments, draft))
    .set('basedOn', stateBookedOrders(sch, segments, place))
    .set('reasonReference', reasonReferences({ segments }, place))
    .set('comment', comment(segments));
  timeSlots(sch, segments, { draft, slots });
  participantSlots(sch, segments, { slots, place });
  reasonSlots(new SlotReader(draft, sch, slots));
  const id = draft.resourceId('Appointment', system, key);
  draft.state({ resourceType: 'Appointment', id, slots });
}

/** SCH-2 of who books, else SCH-1 of who asked, else patient and time. */
function appointmentKey(sch: Segment, { filler, placer }: OrderNumbers, { draft, subject }: Belonging): ResourceKey {
  const number = filler ?? placer;
  if (number !== undefined) return keyOfNumber(number, draft);
  draft.warn('no number in SCH-1, SCH-2: the appointment is known by patient and time');
  const when = firstValued(sch.field(11).text(4)) ?? `message ${draft.message.header.controlId}`;
  return { system: subject.system, key: JSON.stringify([draft.patientId(subject), when]) };
}

/** AIS-3 of each service that still stands. */
function services(segments: readonly Segment[], draft: Draft): readonly CodeableConcept[] {
  return segments
    .filter((segment) => segment.name === 'AIS' && segment.field(2).text().trim().toUpperCase() !== 'D')
    .flatMap((ais) => ais.field(3).repetitions.map((cwe) => conceptOf(cwe, { draft, location: 'AIS-3' })))
    .filter((service) => service !== undefined);
}

/** SCH-6 says why of this event: of a cancellation its reason. SCH-7 says why of the appointment, or its type. */
function reasonSlots(read: SlotReader): void {
  const { draft, segment: sch } = read;
  if (['S15', 'S16', 'S17', 'S26'].includes(draft.trigger))
    read.first(6, 'cancelationReason', (cwe) => conceptOf(cwe, { draft, location: 'SCH-6' }));
  const isType = sch.field(7).text(3).toUpperCase() === 'HL70277';
  read
    .first(7, isType ? 'appointmentType' : 'reasonCode', (cwe) => {
      const said = conceptOf(cwe, { draft, location: 'SCH-7', table: '0276' });
      return isType ? said : said && [said];
    })
    .first(8, 'appointmentType', (cwe) => conceptOf(cwe, { draft, location: 'SCH-8', table: '0277' }));
}

/** NTE of the appointment, before anything that is needed for it. */
function comment(segments: readonly Segment[]): string | undefined {
  const start = segments.findIndex(({ name }) => name === 'SCH');
  const own: Segment[] = [];
  for (const segment of segments.slice(start + 1)) {
    if (segment.name === 'NTE') own.push(segment);
    else if (segment.name !== 'TQ1') break;
  }
  return noteOf(own)?.text;
}
