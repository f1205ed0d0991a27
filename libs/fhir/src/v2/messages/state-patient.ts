import type { PatientIdentifier } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import type { Draft } from '../draft.js';
import { visitOf, type Visit } from '../segments/encounter-key.js';
import { stateMother } from '../segments/mother.js';
import { contactSlots, stateRelatedPersons } from '../segments/nk1.js';
import { primaryCareSlots } from '../segments/pd1.js';
import { patientSlots } from '../segments/pid.js';
import { classStatus, isDischarged, visitSlots } from '../segments/pv1.js';
import { visitPlans } from '../segments/pv2.js';
import type { NamedPatient } from '../subject.js';

/** What a message that is no admission says of a patient beside PID. */
export interface PatientGroup {
  readonly pd1: Segment | undefined;
  readonly pv1: Segment | undefined;
  readonly pv2: Segment | undefined;
  readonly contacts: readonly Segment[];
}

/** PID, PD1, NK1, PV1 and PV2 of orders, results, documents and the like. Returns the visit that they are about. */
export function statePatient(patient: NamedPatient, group: PatientGroup, draft: Draft): Visit | undefined {
  const { pid, numbers, subject } = patient;
  const slots = patientSlots(pid, numbers, draft);
  if (group.pd1) primaryCareSlots(group.pd1, slots, draft);
  contactSlots(group.contacts, slots, draft);
  draft.state({ resourceType: 'Patient', id: draft.patientId(subject), slots });
  const visit = visitOf(group.pv1, pid, draft);
  if (visit && group.pv1) stateVisit(visit, { pv1: group.pv1, pv2: group.pv2 }, { draft, subject });
  stateRelatedPersons(group.contacts, subject, draft);
  stateMother(pid, subject, draft);
  return visit;
}

/**
 * The encounter as far as others than its own ward can know it. Its status is not theirs to say: what PV1-2 lets them
 * think of it (guide, PV1[Encounter]) gives way to what an ADT says.
 */
function stateVisit(
  visit: Visit,
  { pv1, pv2 }: { readonly pv1: Segment; readonly pv2: Segment | undefined },
  { draft, subject }: { draft: Draft; subject: PatientIdentifier },
): void {
  const slots = visitSlots(pv1, subject, draft).set('status', isDischarged(pv1) ? 'finished' : undefined);
  slots.set('status:result', classStatus(pv1));
  visitPlans(pv2, slots, draft);
  draft.state({ resourceType: 'Encounter', id: visit.id, slots });
}
