import type { ClaimedLink, PatientIdentifier } from '@anamnesis/core';
import type { Message, Segment } from '@anamnesis/hl7v2';
import type { Identifier } from '../../fhir-types.js';
import { Draft } from '../draft.js';
import { eventTimes } from '../event-times.js';
import type { MappedEvent, MappingContext } from '../mapping-context.js';
import { Slots } from '../slots.js';
import { eventOf, type StructureMapping } from '../structure-mapping.js';
import { namedPatient, patientNumbers } from '../subject.js';

/** ADT_A24: two records are one person; each stays as it is. */
export const adtA24 = linkMapping('ADT_A24', { type: 'patient.linked', isLinked: true });

/** ADT_A37: they are not. */
export const adtA37 = linkMapping('ADT_A37', { type: 'patient.unlinked', isLinked: false });

interface LinkEffect {
  readonly type: string;
  readonly isLinked: boolean;
}

function linkMapping(name: string, effect: LinkEffect): StructureMapping {
  const mapping = { name, version: 2 };
  return {
    ...mapping,
    map: (message, context) => message.all('PID').map((pid) => mapLink(pid, { message, context, effect, mapping })),
  };
}

interface LinkOptions {
  readonly message: Message;
  readonly context: MappingContext;
  readonly effect: LinkEffect;
  readonly mapping: Pick<StructureMapping, 'name' | 'version'>;
}

/** An event for each record; the first one speaks of both. Who is meant stands in PID, and is no update. */
function mapLink(pid: Segment, { message, context, effect, mapping }: LinkOptions): MappedEvent {
  const draft = new Draft(message, context);
  const { type } = effect;
  const { statedAt, occurredAt } = eventTimes(message, draft.times, false);
  draft.statedAt = statedAt ?? context.receivedAt;
  const patient = namedPatient(pid, draft);
  if (patient === undefined) return eventOf(draft, { type, occurredAt, mapping });
  const { numbers, subject } = patient;
  const listed = numbers.byField.get('PID-3');
  const slots = new Slots().set('identifier:PID-3', listed);
  draft.state({ resourceType: 'Patient', id: draft.patientId(subject), slots });
  const links = pid === message.first('PID') ? linksOf(message, draft, effect) : [];
  const identifiers = [{ ...subject, type: typeOf(listed, subject) }];
  const identity = { identifiers, ...(links.length > 0 && { links }) };
  return eventOf(draft, { type, subject, identity, occurredAt, mapping });
}

function typeOf(listed: readonly Identifier[] = [], { value }: PatientIdentifier): string {
  return listed.find((one) => one.value === value)?.type?.coding?.[0]?.code ?? '';
}

function linksOf(message: Message, draft: Draft, { isLinked }: LinkEffect): readonly ClaimedLink[] {
  const [first, second, ...others] = message.all('PID').map((pid) => patientNumbers(pid, draft).subject);
  if (first === undefined || second === undefined || others.length > 0) {
    draft.warn('PID does not name two patients: nothing to link');
    return [];
  }
  if (first.system !== second.system || first.value !== second.value) return [{ first, second, isLinked }];
  draft.warn('both PID are the same number: nothing to link');
  return [];
}
