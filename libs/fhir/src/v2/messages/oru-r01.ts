import type { Message } from '@anamnesis/hl7v2';
import { Draft } from '../draft.js';
import { chooseTimes, eventTimes } from '../event-times.js';
import type { MappedEvent, MappingContext } from '../mapping-context.js';
import { eventOf, type StructureMapping } from '../structure-mapping.js';
import { identityOf, namedPatient } from '../subject.js';
import { stateOrder } from '../results/order-results.js';
import { resultEventType } from '../results/result-event-type.js';
import { resultGroups, type PatientResult } from '../results/result-groups.js';
import { statePatient } from './state-patient.js';

const mapping = { name: 'ORU_R01', version: 2 };

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
  const visit = statePatient(patient, result, draft);
  const place = { draft, subject, visit, orders: new Map<string, number>() };
  for (const group of result.orders) stateOrder(group, place);
  const identity = identityOf(pid, numbers, draft);
  return eventOf(draft, { type, subject, identity, occurredAt, mapping });
}

// OBR-22, OBR-7, MSH-7
function reportedTimes({ orders }: PatientResult, message: Message): readonly string[] {
  const fields = [22, 7].flatMap((n) => orders.map(({ obr }) => obr?.field(n).text() ?? ''));
  return [...fields, message.header.timestamp];
}
