import type { PatientIdentifier } from '@anamnesis/core';
import type { Message } from '@anamnesis/hl7v2';
import { Draft } from '../draft.js';
import { chooseTimes, eventTimes } from '../event-times.js';
import type { MappedEvent, MappingContext } from '../mapping-context.js';
import type { MessagePart } from '../message-part.js';
import type { Visit } from '../segments/encounter-key.js';
import { eventOf, type StructureMapping } from '../structure-mapping.js';
import { identityOf, namedPatient, type NamedPatient } from '../subject.js';
import { statePatient } from './state-patient.js';

/** A message about one patient that is no ADT: what the rest of it is stated with. */
export interface AboutPatient {
  /** What of the message is about this patient. */
  readonly part: MessagePart;
  readonly draft: Draft;
  readonly patient: NamedPatient;
  readonly subject: PatientIdentifier;
  /** Stated, where the message is about one. */
  readonly visit: Visit | undefined;
}

interface AboutOptions {
  readonly type: string;
  /** The whole message when absent. */
  readonly part?: MessagePart;
  /** PV1 says something of the encounter. */
  readonly isOfVisit?: boolean;
  readonly mapping: Pick<StructureMapping, 'name' | 'version'>;
  /** Says the rest. */
  readonly state: (about: AboutPatient) => void;
}

/** PID, PD1 and NK1 as in an ADT, then whatever the message is about. Without a patient nothing is said. */
export function mapAboutPatient(
  message: Message,
  context: MappingContext,
  { type, part = message, isOfVisit = false, mapping, state }: AboutOptions,
): MappedEvent {
  const draft = new Draft(message, context);
  const { statedAt, occurredAt } = message.first('EVN')
    ? eventTimes(message, draft.times, false)
    : chooseTimes([message.header.timestamp], draft.times);
  draft.statedAt = statedAt ?? context.receivedAt;
  const patient = namedPatient(part.first('PID'), draft);
  if (patient === undefined) return eventOf(draft, { type, occurredAt, mapping });
  const { pid, numbers, subject } = patient;
  const contacts = part.all('NK1');
  const [pv1, pv2] = isOfVisit ? [part.first('PV1'), part.first('PV2')] : [];
  const visit = statePatient(patient, { pd1: part.first('PD1'), pv1, pv2, contacts }, draft);
  state({ part, draft, patient, subject, visit });
  return eventOf(draft, { type, subject, identity: identityOf(pid, numbers, draft), occurredAt, mapping });
}
