import type { PatientIdentifier } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import type { Draft } from '../draft.js';
import { visitOf, type Visit } from '../segments/encounter-key.js';
import { stateMother } from '../segments/mother.js';
import { contactSlots, stateRelatedPersons } from '../segments/nk1.js';
import { primaryCareSlots } from '../segments/pd1.js';
import { patientSlots } from '../segments/pid.js';
import { isDischarged, visitSlots } from '../segments/pv1.js';
import type { NamedPatient } from '../subject.js';

/** What a message that is no admission says of a patient beside PID. */
export interface PatientGroup {
  readonly pd1: Segment | undefined;
  readonly pv1: Segment | undefined;
  readonly contacts: readonly Segment[];
}

/** PID, PD1, NK1 and PV1 of orders, results, documents and the like. Returns the visit that they are about. */
export function statePatient(patient: NamedPatient, group: PatientGroup, draft: Draft): Visit | undefined {
  const { pid, numbers, subject } = patient;
  const slots = patientSlots(pid, numbers, draft);
  if (group.pd1) primaryCareSlots(group.pd1, slots, draft);
  contactSlots(group.contacts, slots, draft);
  draft.state({ resourceType: 'Patient', id: draft.patientId(subject), slots });
  const visit = visitOf(group.pv1, pid, draft);
  if (visit && group.pv1) stateVisit(visit, group.pv1, { draft, subject });
  stateRelatedPersons(group.contacts, subject, draft);
  stateMother(pid, subject, draft);
  return visit;
}

/** The encounter as far as others than its own ward can know it: its status is not theirs to say. */
function stateVisit(
  visit: Visit,
  pv1: Segment,
  { draft, subject }: { draft: Draft; subject: PatientIdentifier },
): void {
  const slots = visitSlots(pv1, subject, draft).set('status', isDischarged(pv1) ? 'finished' : undefined);
  draft.state({ resourceType: 'Encounter', id: visit.id, slots });
}
