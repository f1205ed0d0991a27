import type { Message, Segment } from '@anamnesis/hl7v2';
import { Draft } from '../draft.js';
import { eventTimes } from '../event-times.js';
import type { MappedEvent, MappingContext } from '../mapping-context.js';
import { ownSegments } from '../orders/order-groups.js';
import { stateAllergy } from '../segments/al1.js';
import type { Belonging } from '../segments/dg1.js';
import { stateCoverage } from '../segments/in1.js';
import { eventOf, type StructureMapping } from '../structure-mapping.js';
import { identityOf, namedPatient } from '../subject.js';
import { statePatient } from './state-patient.js';

interface Telling {
  readonly mapping: Pick<StructureMapping, 'name' | 'version'>;
  readonly type: string;
  /** States what the message tells beside the patient, their visit, allergies and insurance. */
  readonly say: (place: Belonging) => void;
}

/** One event of the one patient that a message is about: orders, immunizations, documents, appointments. */
export function patientEvent(message: Message, context: MappingContext, { mapping, type, say }: Telling): MappedEvent {
  const draft = new Draft(message, context);
  const { statedAt, occurredAt } = eventTimes(message, draft.times, false);
  draft.statedAt = statedAt ?? context.receivedAt;
  const own = ownSegments(message);
  const all = (name: string): readonly Segment[] => own.filter((segment) => segment.name === name);
  if (own.length < message.segments.length) draft.warn('a second PID and what is of it are kept in the message only');
  const patient = namedPatient(all('PID')[0], draft);
  if (patient === undefined) return eventOf(draft, { type, occurredAt, mapping });
  const { pid, numbers, subject } = patient;
  const [pd1, pv1, pv2] = [all('PD1')[0], all('PV1')[0], all('PV2')[0]];
  const visit = statePatient(patient, { pd1, pv1, pv2, contacts: all('NK1') }, draft);
  for (const al1 of all('AL1')) stateAllergy(al1, subject, draft);
  for (const in1 of all('IN1')) stateCoverage(in1, subject, draft);
  say({ draft, subject, visit });
  return eventOf(draft, { type, subject, identity: identityOf(pid, numbers, draft), occurredAt, mapping });
}
