import type { Message } from '@anamnesis/hl7v2';
import { Draft } from '../draft.js';
import { chooseTimes, eventTimes } from '../event-times.js';
import type { MappedEvent } from '../mapping-context.js';
import { eventOf, type StructureMapping } from '../structure-mapping.js';
import { identityOf, namedPatient } from '../subject.js';
import { stateAnsweredOrders } from '../orders/answered-order.js';
import { stateOrder } from '../results/order-results.js';
import { resultEventType } from '../results/result-event-type.js';
import { resultGroups, type PatientResult, type ResultCut } from '../results/result-groups.js';
import { statePatient } from './state-patient.js';

interface ResultStructure extends ResultCut {
  readonly name: string;
  readonly version: number;
}

type Mapping = Pick<StructureMapping, 'name' | 'version'>;

/** Results, ordered or not, from a laboratory or from the point of care: one event per PID. */
export const results: readonly StructureMapping[] = [
  { name: 'ORU_R01', version: 6 },
  { name: 'ORU_R30', version: 5 },
  { name: 'OUL_R21', version: 5 },
  { name: 'OUL_R22', version: 5, isBySpecimen: true, isOrcAfter: true },
  { name: 'OUL_R23', version: 5, isBySpecimen: true, isOrcAfter: true },
  { name: 'OUL_R24', version: 5, isOrcAfter: true },
].map(resultMapping);

function resultMapping({ name, version, ...cut }: ResultStructure): StructureMapping {
  const mapping = { name, version };
  return {
    ...mapping,
    map: (message, context) =>
      resultGroups(message, cut).map((result) => mapResult(result, new Draft(message, context), mapping)),
  };
}

function mapResult(result: PatientResult, draft: Draft, mapping: Mapping): MappedEvent {
  const { message, context } = draft;
  draft.statedAt = eventTimes(message, draft.times, false).statedAt ?? context.receivedAt;
  const { occurredAt } = chooseTimes(reportedTimes(result, message), draft.times);
  const type = resultEventType(result);
  const patient = namedPatient(result.pid, draft);
  if (patient === undefined) return eventOf(draft, { type, occurredAt, mapping });
  const { pid, numbers, subject } = patient;
  const visit = statePatient(patient, result, draft);
  const place = { draft, subject, visit, orders: new Map<string, number>(), results: [], answers: [] };
  for (const group of result.orders) stateOrder(group, place);
  stateAnsweredOrders(place.answers, place);
  const identity = identityOf(pid, numbers, draft);
  return eventOf(draft, { type, subject, identity, occurredAt, mapping });
}

// OBR-22, OBR-7, MSH-7
function reportedTimes({ orders }: PatientResult, message: Message): readonly string[] {
  const fields = [22, 7].flatMap((n) => orders.map(({ obr }) => obr?.field(n).text() ?? ''));
  return [...fields, message.header.timestamp];
}
