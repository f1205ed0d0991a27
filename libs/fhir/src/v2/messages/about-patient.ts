import type { PatientIdentifier } from '@anamnesis/core';
import type { Message } from '@anamnesis/hl7v2';
import { Draft } from '../draft.js';
import { chooseTimes, eventTimes } from '../event-times.js';
import type { MappedEvent, MappingContext } from '../mapping-context.js';
import type { MessagePart } from '../message-part.js';
import { contactSlots, stateRelatedPersons } from '../segments/nk1.js';
import { primaryCareSlots } from '../segments/pd1.js';
import { patientSlots } from '../segments/pid.js';
import { eventOf, type StructureMapping } from '../structure-mapping.js';
import { identityOf, namedPatient, type NamedPatient } from '../subject.js';

/** A message about one patient that is no ADT: what the rest of it is stated with. */
export interface AboutPatient {
  /** What of the message is about this patient. */
  readonly part: MessagePart;
  readonly draft: Draft;
  readonly patient: NamedPatient;
  readonly subject: PatientIdentifier;
}

interface AboutOptions {
  readonly type: string;
  /** The whole message when absent. */
  readonly part?: MessagePart;
  readonly mapping: Pick<StructureMapping, 'name' | 'version'>;
  /** Says the rest. */
  readonly state: (about: AboutPatient) => void;
}

/** PID, PD1 and NK1 as in an ADT, then whatever the message is about. Without a patient nothing is said. */
export function mapAboutPatient(
  message: Message,
  context: MappingContext,
  { type, part = message, mapping, state }: AboutOptions,
): MappedEvent {
  const draft = new Draft(message, context);
  const { statedAt, occurredAt } = message.first('EVN')
    ? eventTimes(message, draft.times, false)
    : chooseTimes([message.header.timestamp], draft.times);
  draft.statedAt = statedAt ?? context.receivedAt;
  const patient = namedPatient(part.first('PID'), draft);
  if (patient === undefined) return eventOf(draft, { type, occurredAt, mapping });
  const { pid, numbers, subject } = patient;
  const slots = patientSlots(pid, numbers, draft);
  const pd1 = part.first('PD1');
  if (pd1) primaryCareSlots(pd1, slots, draft);
  contactSlots(part.all('NK1'), slots, draft);
  draft.state({ resourceType: 'Patient', id: draft.patientId(subject), slots });
  stateRelatedPersons(part.all('NK1'), subject, draft);
  state({ part, draft, patient, subject });
  return eventOf(draft, { type, subject, identity: identityOf(pid, numbers, draft), occurredAt, mapping });
}
