import type { Segment } from '@anamnesis/hl7v2';
import { compact } from '../compact.js';
import { conceptOf } from '../datatypes/cwe.js';
import type { Draft } from '../draft.js';
import { segmentsOf, type OrderGroup } from '../orders/order-groups.js';
import {
  keyOfNumber,
  numberSlots,
  orderNumbers,
  type OrderNumbers,
  type ResourceKey,
} from '../orders/order-numbers.js';
import { prescriptionStatus } from '../orders/order-status.js';
import { orderedCode, orderReference } from '../orders/request-key.js';
import { requestNotes, type RequestPlace } from '../orders/request-slots.js';
import { routeOf } from '../orders/rxr.js';
import { timingOf } from '../orders/timing.js';
import { Slots } from '../slots.js';
import { medicationSlots, quantityIn } from './medication.js';

const drug = { code: 4, form: 8, strength: 17, strengthUnits: 18, volume: 23, volumeUnits: 24 };

/**
 * RXG: one giving of a prescription, told beforehand. Nothing was given yet, so that it is no MedicationAdministration but
 * an instance of the order (FHIR R4 request-intent `instance-order`), based on the prescription.
 */
export function stateGiveInstruction(group: OrderGroup, rxg: Segment, place: RequestPlace): void {
  const { draft, subject, visit } = place;
  const numbers = orderNumbers([group.orc], draft);
  const { system, key } = giveKey(rxg, numbers, place);
  const prescription = orderReference('MedicationRequest', numbers.placer, place);
  const slots = numberSlots({ placer: undefined, filler: numbers.filler }, new Slots(), draft)
    .set('status', prescriptionStatus(group.orc, draft) ?? 'active')
    .set('intent', 'instance-order')
    .set('subject', draft.patientReference(subject))
    .set('encounter', visit?.reference)
    .set('basedOn', prescription && [prescription])
    .set('dosageInstruction', dosage(rxg, group, draft))
    .set('note', requestNotes(group));
  medicationSlots(rxg, drug, { slots, draft, components: segmentsOf(group, 'RXC') });
  const id = draft.resourceId('MedicationRequest', system, key);
  draft.state({ resourceType: 'MedicationRequest', id, slots });
}

/** Order number with the counts of RXG-1 and RXG-2, drug and time. */
function giveKey(rxg: Segment, { filler, placer }: OrderNumbers, { draft, subject, keys }: RequestPlace): ResourceKey {
  const number = filler ?? placer;
  const parts = ['RXG', rxg.field(1).text(), rxg.field(2).text(), orderedCode(rxg, drug.code)];
  const key = { system: subject.system, key: JSON.stringify([draft.patientId(subject), ...parts]) };
  return keys.distinct(number ? keyOfNumber(number, draft, ...parts) : key, startOf(rxg));
}

/** RXG-3 TQ, its start. */
function startOf(rxg: Segment): string {
  return rxg.field(3).text(4);
}

// RXG-3, RXG-5 to RXG-7, RXG-13, RXG-15, RXG-16, RXR
function dosage(rxg: Segment, group: OrderGroup, draft: Draft) {
  const [tq1] = segmentsOf(group, 'TQ1');
  const [start, end] = tq1 ? [tq1.field(7).text(), tq1.field(8).text()] : [startOf(rxg), rxg.field(3).text(5)];
  const period = draft.times.period(start, end);
  const [low, high] = [quantityIn(rxg, 5, 7), quantityIn(rxg, 6, 7)];
  const dose = compact({
    ...(low && high ? { doseRange: { low, high } } : { doseQuantity: low ?? high }),
    rateQuantity: quantityIn(rxg, 15, 16),
  });
  const instructions = rxg.field(13).repetitions.map((cwe) => conceptOf(cwe, { draft, location: 'RXG-13' }));
  const said = compact({
    additionalInstruction: instructions.filter((one) => one !== undefined),
    timing: period && timingOf({ period }),
    ...routeOf(segmentsOf(group, 'RXR')[0], draft),
    doseAndRate: dose === undefined ? [] : [dose],
  });
  return said && [said];
}
