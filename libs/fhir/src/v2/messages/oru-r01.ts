import type { PatientIdentifier } from '@anamnesis/core';
import type { Message, Segment } from '@anamnesis/hl7v2';
import { Draft } from '../draft.js';
import { chooseTimes, eventTimes } from '../event-times.js';
import type { MappedEvent, MappingContext } from '../mapping-context.js';
import { visitOf, type Visit } from '../segments/encounter-key.js';
import { contactSlots, stateRelatedPersons } from '../segments/nk1.js';
import { primaryCareSlots } from '../segments/pd1.js';
import { patientSlots } from '../segments/pid.js';
import { isDischarged, visitSlots } from '../segments/pv1.js';
import { eventOf, type StructureMapping } from '../structure-mapping.js';
import { identityOf, namedPatient } from '../subject.js';
import { stateOrder } from '../results/order-results.js';
import { resultEventType } from '../results/result-event-type.js';
import { resultGroups, type PatientResult } from '../results/result-groups.js';

const mapping = { name: 'ORU_R01', version: 1 };

/** ORU_R01: one event per PATIENT_RESULT group. */
export const oruR01: StructureMapping = {
  ...mapping,
  map: (message, context) => resultGroups(message).map((result) => mapResult(result, message, context)),
};

function mapResult(result: PatientResult, message: Message, context: MappingContext): MappedEvent {
  const draft = new Draft(message, context);
  draft.statedAt = eventTimes(message, draft.times, false).statedAt ?? context.receivedAt;
  const { occurredAt } = chooseTimes(reportedTimes(result, message), draft.times);
  const type = resultEventType(result);
  const patient = namedPatient(result.pid, draft);
  if (patient === undefined) return eventOf(draft, { type, occurredAt, mapping });
  const { pid, numbers, subject } = patient;
  const slots = patientSlots(pid, numbers, draft);
  if (result.pd1) primaryCareSlots(result.pd1, slots, draft);
  contactSlots(result.contacts, slots, draft);
  draft.state({ resourceType: 'Patient', id: draft.patientId(subject), slots });
  const visit = visitOf(result.pv1, pid, draft);
  if (visit && result.pv1) stateVisit(visit, result.pv1, { draft, subject });
  const place = { draft, subject, visit, orders: new Map<string, number>() };
  stateRelatedPersons(result.contacts, subject, draft);
  for (const group of result.orders) stateOrder(group, place);
  const identity = identityOf(pid, numbers, draft);
  return eventOf(draft, { type, subject, identity, occurredAt, mapping });
}

/** The encounter that the results belong to, as far as a report can know it: its status is not the laboratory's to say. */
function stateVisit(
  visit: Visit,
  pv1: Segment,
  { draft, subject }: { draft: Draft; subject: PatientIdentifier },
): void {
  const slots = visitSlots(pv1, subject, draft).set('status', isDischarged(pv1) ? 'finished' : undefined);
  draft.state({ resourceType: 'Encounter', id: visit.id, slots });
}

// OBR-22, OBR-7, MSH-7
function reportedTimes({ orders }: PatientResult, message: Message): readonly string[] {
  const fields = [22, 7].flatMap((n) => orders.map(({ obr }) => obr?.field(n).text() ?? ''));
  return [...fields, message.header.timestamp];
}
