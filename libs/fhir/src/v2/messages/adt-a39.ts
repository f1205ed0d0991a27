import type { ClaimedMerge, PatientIdentifier } from '@anamnesis/core';
import type { Message, Segment } from '@anamnesis/hl7v2';
import { Draft } from '../draft.js';
import { eventTimes } from '../event-times.js';
import type { MappedEvent, MappingContext } from '../mapping-context.js';
import { mergesOf } from '../segments/mrg.js';
import { Slots } from '../slots.js';
import { eventOf, type StructureMapping } from '../structure-mapping.js';
import { identityOf, namedPatient } from '../subject.js';

const mapping = { name: 'ADT_A39', version: 1 };

/** ADT_A39: A40 and its older form A39 retire a number in favour of another. A41 and A42 are about accounts and visits. */
export const adtA39: StructureMapping = {
  ...mapping,
  map: (message, context) =>
    ['A39', 'A40'].includes(message.header.triggerEvent) ? [mapMerge(message, context)] : undefined,
};

interface MergeGroup {
  readonly pid: Segment;
  readonly mrg: Segment | undefined;
}

function mapMerge(message: Message, context: MappingContext): MappedEvent {
  const draft = new Draft(message, context);
  const { statedAt, occurredAt } = eventTimes(message, draft.times, false);
  draft.statedAt = statedAt ?? context.receivedAt;
  const [first] = mergeGroups(message);
  const patient = namedPatient(first?.pid, draft);
  if (patient === undefined) return eventOf(draft, { type: 'patient.merged', occurredAt, mapping });
  const { pid, numbers, subject } = patient;
  const merges = allMerges(message, draft);
  for (const { survivor, retired } of merges) for (const one of [survivor, retired]) stateNumber(one, draft);
  // Demographics in a merge are not an update (M2): they tell the person index who is meant, and nothing more.
  const identity = { ...identityOf(pid, numbers, draft), ...(merges.length > 0 && { merges }) };
  return eventOf(draft, { type: 'patient.merged', subject, identity, occurredAt, mapping });
}

/** All groups or none (M4). */
function allMerges(message: Message, draft: Draft): readonly ClaimedMerge[] {
  const groups = mergeGroups(message).map(({ pid, mrg }) => (mrg ? mergesOf(pid, mrg, draft) : []));
  const isForeign = ({ survivor, retired }: ClaimedMerge): boolean => survivor.system !== retired.system;
  // One merge into another authority waits in review; among others it would wait while they are applied.
  const isMixed = groups.flat().length > 1 && groups.flat().some(isForeign);
  if (!isMixed && !groups.some((merges) => merges.length === 0)) return groups.flat();
  if (isMixed) draft.warn('a number of another authority stands among the merges: not merged');
  draft.warn(groups.length > 1 ? 'a group merges nothing: none of the groups is applied' : 'nothing to merge');
  return [];
}

/** `{ PID [PD1] MRG [PV1] }` */
function mergeGroups(message: Message): readonly MergeGroup[] {
  const groups: { pid: Segment; mrg: Segment | undefined }[] = [];
  for (const segment of message.segments) {
    const last = groups.at(-1);
    if (segment.name === 'PID') groups.push({ pid: segment, mrg: undefined });
    else if (segment.name === 'MRG' && last) last.mrg ??= segment;
  }
  return groups;
}

/** Both records exist from here on, with the number that the merge names. */
function stateNumber(identifier: PatientIdentifier, draft: Draft): void {
  const { system, value } = identifier;
  const id = draft.patientId(identifier);
  const slots = new Slots().set('identifier:merge', [{ system, value }]);
  if (!draft.hasStated('Patient', id)) draft.state({ resourceType: 'Patient', id, slots });
}
