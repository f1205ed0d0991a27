import type { Segment } from '@anamnesis/hl7v2';
import { compact, valued } from '../compact.js';
import { conceptOf } from '../datatypes/cwe.js';
import { practitionerReference } from '../datatypes/xcn.js';
import { segmentsOf, type OrderGroup } from '../orders/order-groups.js';
import {
  keyOfNumber,
  numberSlots,
  orderNumbers,
  type OrderNumbers,
  type ResourceKey,
} from '../orders/order-numbers.js';
import { orderedCode, orderReference } from '../orders/request-key.js';
import { requestNotes, type RequestPlace } from '../orders/request-slots.js';
import { routeOf } from '../orders/rxr.js';
import { controlOf } from '../orders/order-status.js';
import { SlotReader } from '../slot-reader.js';
import { Slots } from '../slots.js';
import { medicationSlots, quantityIn } from './medication.js';

const drug = { code: 2, form: 6, strength: 16, strengthUnits: 17, volume: 29, volumeUnits: 30 };

/** RXD with its ORC as a MedicationDispense, under the prescription of its placer number. */
export function stateMedicationDispense(group: OrderGroup, rxd: Segment, place: RequestPlace): void {
  const { draft, subject, visit } = place;
  const numbers = orderNumbers([group.orc], draft);
  const { system, key } = dispenseKey(rxd, numbers, place);
  const prescription = orderReference('MedicationRequest', numbers.placer, place);
  const slots = numberSlots(numbers, new Slots(), draft)
    .set('status', dispenseStatus(group.orc))
    .set('subject', draft.patientReference(subject))
    .set('context', visit?.reference)
    .set('authorizingPrescription', prescription && [prescription])
    .set('quantity', quantityIn(rxd, 4, 5))
    .set('whenHandedOver', draft.times.dateTime(rxd.field(3).text()))
    .set('note', requestNotes(group, ...rxd.field(9).repetitions.map((note) => note.formatted)));
  medicationSlots(rxd, drug, { slots, draft, components: segmentsOf(group, 'RXC') });
  dispenseSlots(new SlotReader(draft, rxd, slots), group);
  const id = draft.resourceId('MedicationDispense', system, key);
  draft.state({ resourceType: 'MedicationDispense', id, slots });
}

/** Order number with RXD-1, the count of its dispenses; drug and time tell apart what has no number. */
function dispenseKey(
  rxd: Segment,
  { filler, placer }: OrderNumbers,
  { draft, subject, keys }: RequestPlace,
): ResourceKey {
  const number = filler ?? placer;
  const content = [orderedCode(rxd, drug.code), rxd.field(3).text()];
  const key = { system: subject.system, key: JSON.stringify([draft.patientId(subject), 'RXD', ...content]) };
  const parts = [rxd.field(1).text(), ...content];
  return keys.distinct(number ? keyOfNumber(number, draft, ...parts) : key, rxd.field(7).text());
}

/** An order that was ended with its dispense was never handed over (ours: the guide maps no RDS). */
function dispenseStatus(orc: Segment | undefined): string {
  if (['CA', 'CR', 'DC', 'DR', 'OC', 'OD'].includes(controlOf(orc))) return 'cancelled';
  return ['HD', 'HR', 'OH'].includes(controlOf(orc)) ? 'on-hold' : 'completed';
}

// RXD-7, RXD-10, RXD-11, RXD-15
function dispenseSlots(read: SlotReader, group: OrderGroup): void {
  const { draft, segment: rxd } = read;
  read
    .field(7, 'identifier:RXD-7', (field) => {
      const value = valued(field.text());
      return value === undefined ? undefined : [{ system: draft.fieldSystem('RXE-15'), value }];
    })
    .list(10, 'performer', (xcn) => {
      const actor = practitionerReference(xcn, draft);
      return actor && { actor };
    })
    .first(11, 'substitution', (id) => {
      const type = conceptOf(id, { draft, location: 'RXD-11', table: '0167' });
      return { wasSubstituted: !['0', 'N'].includes(id.text().trim().toUpperCase()), ...compact({ type }) };
    });
  const instructions = rxd.field(15).repetitions.map((cwe) => conceptOf(cwe, { draft, location: 'RXD-15' }));
  const additionalInstruction = instructions.filter((one) => one !== undefined);
  const dosage = compact({
    additionalInstruction,
    ...routeOf(segmentsOf(group, 'RXR')[0], draft),
  });
  read.slots.set('dosageInstruction', dosage && [dosage]);
}
