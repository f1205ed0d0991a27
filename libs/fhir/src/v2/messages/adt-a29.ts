import type { Message } from '@anamnesis/hl7v2';
import { Draft } from '../draft.js';
import { eventTimes } from '../event-times.js';
import type { MappedEvent, MappingContext } from '../mapping-context.js';
import { visitOf } from '../segments/encounter-key.js';
import { Slots } from '../slots.js';
import { eventOf, type StructureMapping } from '../structure-mapping.js';
import { identityOf, namedPatient } from '../subject.js';

/**
 * A29, delete person information. Nothing is removed and nothing is erased: the record is no longer in use
 * (`Patient.active`, which is all that FHIR R4 has for a record made in error), and the visit that the message names was
 * never one. The demographics of a deletion are no update.
 */
export function mapWithdrawal(
  message: Message,
  context: MappingContext,
  mapping: Pick<StructureMapping, 'name' | 'version'>,
): MappedEvent {
  const type = 'patient.withdrawn';
  const draft = new Draft(message, context);
  const { statedAt, occurredAt } = eventTimes(message, draft.times, false);
  draft.statedAt = statedAt ?? context.receivedAt;
  const patient = namedPatient(message.first('PID'), draft);
  if (patient === undefined) return eventOf(draft, { type, occurredAt, mapping });
  const { pid, numbers, subject } = patient;
  const id = draft.patientId(subject);
  const slots = new Slots().set('identifier:PID-3', numbers.byField.get('PID-3')).set('active', false);
  draft.state({ resourceType: 'Patient', id, slots });
  const visit = visitOf(message.first('PV1'), pid, draft);
  if (visit) {
    const withdrawn = new Slots().set('status', 'entered-in-error').set('subject', draft.patientReference(subject));
    draft.state({ resourceType: 'Encounter', id: visit.id, slots: withdrawn });
  }
  return eventOf(draft, { type, subject, identity: identityOf(pid, numbers, draft), occurredAt, mapping });
}
