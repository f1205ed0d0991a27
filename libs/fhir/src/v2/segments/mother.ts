import type { PatientIdentifier } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import { identifierOf } from '../datatypes/cx.js';
import type { Draft } from '../draft.js';
import { Slots } from '../slots.js';

const relationship = [
  { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'MTH', display: 'mother' }] },
];

/**
 * PID-21: the numbers of the mother (guide, CX[RelatedPerson-Mother]), who has one RelatedPerson for each child. Nothing
 * links it to her own record: that is a claim of the sender of the child's message.
 */
export function stateMother(pid: Segment, subject: PatientIdentifier, draft: Draft): void {
  const systemDefault = draft.fieldSystem('PID-21');
  const identifiers = pid
    .field(21)
    .repetitions.filter(({ isNull }) => !isNull)
    .map((cx) => identifierOf(cx, { draft, systemDefault }))
    .filter((one) => one !== undefined);
  if (identifiers.length === 0) return;
  const slots = new Slots()
    .set('identifier', identifiers)
    .set('relationship', relationship)
    .set('patient', draft.patientReference(subject));
  const id = draft.resourceId('RelatedPerson', subject.system, JSON.stringify([draft.patientId(subject), 'PID-21']));
  draft.state({ resourceType: 'RelatedPerson', id, slots });
}
