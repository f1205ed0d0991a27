import type { Json } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import type { Reference } from '../../fhir-types.js';
import { compact, valued } from '../compact.js';
import { conceptOf } from '../datatypes/cwe.js';
import { practitionerReference } from '../datatypes/xcn.js';
import { segmentsOf, type OrderGroup } from '../orders/order-groups.js';
import { numberSlots, orderNumbers } from '../orders/order-numbers.js';
import { prescriptionStatus } from '../orders/order-status.js';
import { orderedCode, requestKey } from '../orders/request-key.js';
import {
  orcSlots,
  reasonReferences,
  requestNotes,
  supportingObservations,
  type RequestPlace,
} from '../orders/request-slots.js';
import { askedOf, priorityOf } from '../orders/timing.js';
import { SlotReader } from '../slot-reader.js';
import { Slots } from '../slots.js';
import { dosages } from './dosage.js';
import { medicationSlots, quantityIn } from './medication.js';
import { rxe as rxeFields, rxo as rxoFields, type PrescriptionFields } from './prescription-fields.js';

/** ORC with RXO and RXE as a MedicationRequest: what the pharmacy encoded outranks what was ordered. */
export function stateMedicationRequest(
  group: OrderGroup,
  place: RequestPlace,
  replaced: readonly Reference[],
): Reference {
  const { draft, subject, visit } = place;
  const { orc } = group;
  const [rxo, rxe] = [segmentsOf(group, 'RXO')[0], segmentsOf(group, 'RXE')[0]];
  const numbers = orderNumbers([orc], draft);
  const code = rxe ? orderedCode(rxe, rxeFields.code) : orderedCode(rxo, rxoFields.code);
  const key = requestKey(numbers, { code, when: orc?.field(9).text() ?? '' }, place);
  const id = draft.resourceId('MedicationRequest', key.system, key.key);
  const slots = numberSlots(numbers, new Slots(), draft)
    .set('status', prescriptionStatus(orc, draft))
    .set('intent', rxo && 'original-order')
    .set('subject', draft.patientReference(subject))
    .set('encounter', visit?.reference)
    .set('priorPrescription', replaced[0]);
  if (rxo && !rxe) prescriptionSlots(rxo, rxoFields, { group, slots, place });
  if (rxe) {
    prescriptionSlots(rxe, rxeFields, { group, slots, place });
    new SlotReader(draft, rxe, slots).field(15, 'identifier:RXE-15', (field) => {
      const value = valued(field.text());
      return value === undefined ? undefined : [{ system: draft.fieldSystem('RXE-15'), value }];
    });
  }
  if (orc) orcSlots(orc, slots, draft);
  slots
    .set('priority', priorityOf(askedOf(group, draft)))
    .set('reasonReference', reasonReferences(group, place))
    .set('supportingInformation', supportingObservations(group, key, place))
    .set('note', requestNotes(group));
  draft.state({ resourceType: 'MedicationRequest', id, slots });
  return { reference: `MedicationRequest/${id}` };
}

interface Prescription {
  readonly group: OrderGroup;
  readonly slots: Slots;
  readonly place: RequestPlace;
}

function prescriptionSlots(segment: Segment, fields: PrescriptionFields, { group, slots, place }: Prescription): void {
  const { draft } = place;
  medicationSlots(segment, fields, { slots, draft, components: segmentsOf(group, 'RXC') });
  new SlotReader(draft, segment, slots)
    .first(fields.orderer, 'requester', (xcn) => practitionerReference(xcn, draft))
    .list(fields.indication, 'reasonCode', (cwe) =>
      conceptOf(cwe, { draft, location: `${segment.name}-${fields.indication}` }),
    )
    .first(fields.substitution, 'substitution', (id) => {
      const allowed = conceptOf(id, { draft, location: `${segment.name}-${fields.substitution}`, table: '0161' });
      return allowed && { allowedCodeableConcept: allowed };
    });
  slots
    .set('dosageInstruction', dosages(segment, fields, { group, draft }))
    .set('dispenseRequest', dispenseRequest(segment, fields));
}

function dispenseRequest(segment: Segment, fields: PrescriptionFields): Json | undefined {
  const refills = segment.field(fields.refills).text();
  return compact({
    numberOfRepeatsAllowed: /^\d{1,4}$/.test(refills) ? Number(refills) : undefined,
    quantity: quantityIn(segment, fields.dispense, fields.dispenseUnits),
  });
}
