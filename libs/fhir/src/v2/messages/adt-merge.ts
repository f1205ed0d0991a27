import type { ClaimedIdentity, NumberMerge } from '@anamnesis/core';
import type { Message } from '@anamnesis/hl7v2';
import { Draft } from '../draft.js';
import { eventTimes } from '../event-times.js';
import type { MappedEvent, MappingContext } from '../mapping-context.js';
import { patientSlots } from '../segments/pid.js';
import { Slots } from '../slots.js';
import { eventOf, type StructureMapping } from '../structure-mapping.js';
import { identityOf, namedPatient, type NamedPatient } from '../subject.js';
import { stateAccountFate } from './merge-account.js';
import type { MergeEffect, NumberChange } from './merge-effect.js';
import { mergeGroups, type MergeGroup } from './merge-groups.js';
import { claimMerges, claimMove, stateAlternate } from './merge-patient.js';
import { stateAlternateVisit, stateVisitFate } from './merge-visit.js';

/** A structure that merges, moves or changes numbers: what its triggers do. */
export function mergeMapping(
  name: string,
  version: number,
  triggers: Readonly<Record<string, MergeEffect>>,
): StructureMapping {
  const effects = new Map(Object.entries(triggers));
  return {
    name,
    version,
    map: (message, context) => {
      const effect = effects.get(message.header.triggerEvent);
      if (effect === undefined) return undefined;
      const groups = mergeGroups(message);
      // Patients are merged in one event (M4); accounts and visits are of their patient, an event each.
      const each = effect.patient === undefined && groups.length > 0 ? groups.map((one) => [one]) : [groups];
      const map = (isRefused: boolean) =>
        each.map((some) => mapMerge(message, context, { effect, groups: some, isRefused, mapping: { name, version } }));
      const mapped = map(false);
      const isAnyIdle = mapped.some(({ isApplied }) => !isApplied);
      return (isAnyIdle && each.length > 1 ? map(true) : mapped).map(({ event }) => event);
    },
  };
}

interface MergeOptions {
  readonly effect: MergeEffect;
  readonly groups: readonly MergeGroup[];
  /** Another group of the message changes nothing: so does this one (M4). */
  readonly isRefused: boolean;
  readonly mapping: Pick<StructureMapping, 'name' | 'version'>;
}

function mapMerge(message: Message, context: MappingContext, options: MergeOptions): MergedEvent {
  const { effect, groups, isRefused, mapping } = options;
  const draft = new Draft(message, context);
  const { statedAt, occurredAt } = eventTimes(message, draft.times, false);
  draft.statedAt = statedAt ?? context.receivedAt;
  const { type } = effect;
  const [first] = groups;
  const patient = namedPatient(first?.pid, draft);
  if (first === undefined || patient === undefined)
    return { isApplied: false, event: eventOf(draft, { type, occurredAt, mapping }) };
  const identity = claimed(effect, { patient, groups, draft, occurredAt });
  if (isRefused) draft.warn('a group changes nothing: none of the groups is applied');
  const numberMerges = isRefused ? undefined : stateLevels(effect, { group: first, patient, draft, occurredAt });
  const told = numberMerges === undefined || numberMerges.length === 0 ? identity : { ...identity, numberMerges };
  return {
    isApplied: numberMerges !== undefined,
    event: eventOf(draft, { type, subject: patient.subject, identity: told, occurredAt, mapping }),
  };
}

interface MergedEvent {
  readonly event: MappedEvent;
  readonly isApplied: boolean;
}

/** What changes below the patient, and which numbers become one by it. Undefined when the group does not name it. */
function stateLevels(effect: MergeEffect, change: NumberChange): readonly NumberMerge[] | undefined {
  const { alternate, account, visit, alternateVisit } = effect;
  const isStated = [
    alternate === undefined || stateAlternate(change),
    alternateVisit === undefined || stateAlternateVisit(change),
  ].every(Boolean);
  const levels = [
    account === undefined ? [] : stateAccountFate(change, account),
    visit === undefined ? [] : stateVisitFate(change, visit),
  ];
  return isStated && levels.every((one) => one !== undefined) ? levels.flat() : undefined;
}

interface Claiming {
  readonly patient: NamedPatient;
  readonly groups: readonly MergeGroup[];
  readonly draft: Draft;
  readonly occurredAt: string | undefined;
}

/**
 * What the person index is told. Demographics in a merge are no update (M2): with merges they only tell who is meant, at
 * the levels below they are not told at all. The PID of a move is one (A43).
 */
function claimed(effect: MergeEffect, claiming: Claiming): ClaimedIdentity {
  const { patient, groups, draft } = claiming;
  const identity = identityOf(patient.pid, patient.numbers, draft);
  if (effect.patient === 'moved') {
    statePatient(patient, draft);
    const links = groups.flatMap(({ pid, mrg }) => (mrg ? claimMove(pid, mrg, draft) : []));
    return { ...identity, ...(links.length > 0 && { links }) };
  }
  if (effect.patient === undefined) {
    stateNumbers(patient, draft);
    return { identifiers: identity.identifiers };
  }
  const merges = claimMerges(
    groups,
    draft,
    effect.patient === 'renamed' ? { endedAt: claiming.occurredAt } : undefined,
  );
  return { ...identity, ...(merges.length > 0 && { merges }) };
}

function statePatient({ pid, numbers, subject }: NamedPatient, draft: Draft): void {
  const slots = patientSlots(pid, numbers, draft);
  draft.state({ resourceType: 'Patient', id: draft.patientId(subject), slots });
}

function stateNumbers({ numbers, subject }: NamedPatient, draft: Draft): void {
  const slots = new Slots().set('identifier:PID-3', numbers.byField.get('PID-3'));
  draft.state({ resourceType: 'Patient', id: draft.patientId(subject), slots });
}
