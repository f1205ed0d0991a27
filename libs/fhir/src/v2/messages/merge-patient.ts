import type { ClaimedLink, ClaimedMerge, PatientIdentifier } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import { identifierOf } from '../datatypes/cx.js';
import type { Draft } from '../draft.js';
import { mergesOf } from '../segments/mrg.js';
import { Slots } from '../slots.js';
import type { NumberChange } from './merge-effect.js';
import type { MergeGroup } from './merge-groups.js';

/** Of a number that was wrong: when it ceased to be used. */
interface Renaming {
  readonly endedAt: string | undefined;
}

/** MRG-1 into PID-3, all groups or none (M4). Both records exist from here on; a wrong number is an old one of the right. */
export function claimMerges(
  groups: readonly MergeGroup[],
  draft: Draft,
  renaming: Renaming | undefined,
): readonly ClaimedMerge[] {
  const merges = allMerges(groups, draft);
  for (const { survivor, retired } of merges) {
    const former = merges.filter((one) => isSame(one.survivor, survivor)).map((one) => one.retired);
    stateNumber(survivor, draft, renaming && { ...renaming, retired: former });
    stateNumber(retired, draft);
  }
  return merges;
}

/**
 * MRG-1 into PID-3 while the numbers stay: those that stand in both go from the other numbers of MRG-1 to the other
 * numbers of PID-3. Where none stands in both, MRG-1 itself goes to PID-3.
 */
export function claimMove(pid: Segment, mrg: Segment, draft: Draft): readonly ClaimedLink[] {
  const [before, after] = [numbersOf(mrg, 1, draft), numbersOf(pid, 3, draft)];
  const moved = before.filter((one) => after.some((other) => isSame(one, other)));
  const left = before.filter((one) => !moved.includes(one));
  const reached = after.filter((one) => !moved.some((other) => isSame(one, other)));
  if (moved.length === 0) return pairs(reached.slice(0, 1), left).map((pair) => ({ ...pair, isLinked: true }));
  return [
    ...pairs(left, moved).map((pair) => ({ ...pair, isLinked: false })),
    ...pairs(reached, moved).map((pair) => ({ ...pair, isLinked: true })),
  ];
}

/** MRG-2 was wrong, PID-4 is right: identifiers of the same record. */
export function stateAlternate({ group: { mrg }, patient, draft, occurredAt }: NumberChange): boolean {
  const options = { draft, systemDefault: draft.fieldSystem('PID-4') };
  const [cx] = mrg?.field(2).repetitions ?? [];
  const old = cx && identifierOf(cx, options);
  if (old === undefined) {
    draft.warn('MRG-2 names no number: nothing to change');
    return false;
  }
  const slots = new Slots()
    .set('identifier:PID-4', patient.numbers.byField.get('PID-4'))
    .set('identifier:MRG-2', [{ ...old, use: 'old', ...ended(occurredAt) }]);
  draft.state({ resourceType: 'Patient', id: draft.patientId(patient.subject), slots });
  return true;
}

/** `period` of a number that ceased to be used. */
export function ended(end: string | undefined): { readonly period?: { readonly end: string } } {
  return end === undefined ? {} : { period: { end } };
}

function allMerges(groups: readonly MergeGroup[], draft: Draft): readonly ClaimedMerge[] {
  const merges = groups.map(({ pid, mrg }) => (mrg ? mergesOf(pid, mrg, draft) : []));
  const isForeign = ({ survivor, retired }: ClaimedMerge): boolean => survivor.system !== retired.system;
  // One merge into another authority waits in review; among others it would wait while they are applied.
  const isMixed = merges.flat().length > 1 && merges.flat().some(isForeign);
  if (!isMixed && !merges.some((one) => one.length === 0)) return merges.flat();
  if (isMixed) draft.warn('a number of another authority stands among the merges: not merged');
  draft.warn(groups.length > 1 ? 'a group merges nothing: none of the groups is applied' : 'nothing to merge');
  return [];
}

type Renamed = Renaming & { readonly retired: readonly PatientIdentifier[] };

/** The record exists, with the number that the merge names, and with those that it had by mistake. */
function stateNumber(identifier: PatientIdentifier, draft: Draft, renamed?: Renamed): void {
  const { system, value } = identifier;
  const id = draft.patientId(identifier);
  if (draft.hasStated(id)) return;
  const slots = new Slots().set('identifier:merge', [{ system, value }]);
  for (const old of renamed?.retired ?? [])
    slots.set(`identifier:was-${draft.patientId(old)}`, [
      { use: 'old', system: old.system, value: old.value, ...ended(renamed?.endedAt) },
    ]);
  draft.state({ resourceType: 'Patient', id, slots });
}

function numbersOf(segment: Segment, n: number, draft: Draft): readonly PatientIdentifier[] {
  return segment.field(n).repetitions.flatMap((cx) => {
    const { system, value } = identifierOf(cx, { draft }) ?? {};
    return system === undefined || value === undefined ? [] : [{ system, value }];
  });
}

function pairs(firsts: readonly PatientIdentifier[], seconds: readonly PatientIdentifier[]) {
  return firsts.flatMap((first) => seconds.map((second) => ({ first, second })));
}

function isSame(a: PatientIdentifier, b: PatientIdentifier): boolean {
  return a.system === b.system && a.value === b.value;
}
