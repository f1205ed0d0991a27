import type { AssertionCause, RecordReference } from '@anamnesis/core';
import { PatientRecord, PendingCandidate, PersonAssertionRow } from '@anamnesis/store';
import { In } from 'typeorm';
import type { Turn } from '../outbox/turn.js';
import { assert, assertionId, candidateId, undo } from './assertions.js';
import { notSamePairs, pairName, putInReview, settlePending } from './pending.js';
import { PersonGraph } from './person-graph.js';

/** Why a merge changes nothing and waits. */
export type MergeConflict = 'other-authority' | 'cycle' | 'contradiction' | 'not-same';

/** `retired` is to be read as `survivor`, as a message said. */
export interface RecordMerge {
  readonly survivor: RecordReference;
  readonly retired: RecordReference;
  readonly eventId?: string;
}

/**
 * What stands against a merge? Pure. Merges may come in any order: one that leads where the chain leads already is no
 * contradiction.
 */
export function judgeMerge(
  { survivor, retired }: RecordMerge,
  graph: PersonGraph,
  notSame: ReadonlySet<string>,
): MergeConflict | undefined {
  if (survivor.system !== retired.system) return 'other-authority';
  if (graph.leadsTo(survivor.recordKey, retired.recordKey)) return 'cycle';
  const ends = new Set([...graph.final(retired.recordKey), ...graph.final(survivor.recordKey)]);
  if (graph.isRetired(retired.recordKey) && ends.size > 1) return 'contradiction';
  const joined = [...graph.person(retired.recordKey)].flatMap((one) =>
    [...graph.person(survivor.recordKey)].map((other) => pairName(one, other)),
  );
  return joined.some((pair) => notSame.has(pair)) ? 'not-same' : undefined;
}

/** Applies the merges of one message; each that conflicts waits in review and changes nothing. */
export async function mergeRecords(
  turn: Turn,
  deploymentKey: Uint8Array,
  merges: readonly RecordMerge[],
): Promise<void> {
  for (const merge of merges) {
    // "Becomes itself": nothing to do, however often it is said.
    if (merge.survivor.recordKey === merge.retired.recordKey) continue;
    const conflict = await tryMerge(turn, deploymentKey, merge);
    if (conflict === undefined) await retryWaiting(turn, deploymentKey, merge);
  }
}

/** Applies one merge unless something stands against it. */
async function tryMerge(turn: Turn, deploymentKey: Uint8Array, merge: RecordMerge): Promise<MergeConflict | undefined> {
  const { survivor, retired, eventId } = merge;
  const keys = [survivor.recordKey, retired.recordKey];
  const pair = { kind: 'merge' as const, first: survivor, second: retired };
  const id = assertionId(deploymentKey, pair);
  const waitingId = candidateId(deploymentKey, 'merge', keys);
  const conflict = await conflictOf(turn, merge);
  if (conflict === undefined) {
    const cause: AssertionCause = { rule: 'merge-message', ...(eventId !== undefined && { eventId }) };
    await assert(turn, { ...pair, id }, cause);
    await settlePending(turn, waitingId);
    return undefined;
  }
  const waiting = { id: waitingId, kind: 'merge' as const, firstKey: keys[0] ?? '', secondKey: keys[1] ?? '' };
  await putInReview(turn, { ...waiting, system: retired.system, eventId: eventId ?? null, guards: [conflict] });
  return conflict;
}

/** What stands against a merge now. */
export async function conflictOf(turn: Turn, merge: RecordMerge): Promise<MergeConflict | undefined> {
  const keys = [merge.survivor.recordKey, merge.retired.recordKey];
  const graph = await PersonGraph.load(turn.manager, keys);
  const members = keys.flatMap((key) => [...graph.person(key)]);
  return judgeMerge(merge, graph, await notSamePairs(turn.manager, members));
}

/** A merge that contradicted may be the missing piece's other half: whatever the order, the result is the same. */
async function retryWaiting(turn: Turn, deploymentKey: Uint8Array, merge: RecordMerge): Promise<void> {
  const graph = await PersonGraph.load(turn.manager, [merge.survivor.recordKey, merge.retired.recordKey]);
  const members = [...graph.person(merge.survivor.recordKey)];
  const waiting = await turn.manager.find(PendingCandidate, {
    where: { kind: 'merge', state: 'open', secondKey: In(members) },
    order: { openedAt: 'ASC', id: 'ASC' },
  });
  for (const row of waiting.filter(({ guards }) => guards === 'contradiction')) {
    const again = await mergeOf(turn, row);
    if (again && (await tryMerge(turn, deploymentKey, again)) === undefined)
      await retryWaiting(turn, deploymentKey, again);
  }
}

/**
 * After an undo a number may be retired in favour of two that are no longer one. The merge that came first stays, the
 * others wait.
 */
export async function reviewContradictions(
  turn: Turn,
  deploymentKey: Uint8Array,
  { recordKeys, cause }: { readonly recordKeys: readonly string[]; readonly cause: AssertionCause },
): Promise<void> {
  const graph = await PersonGraph.load(turn.manager, recordKeys);
  const members = new Set(recordKeys.flatMap((key) => [...graph.person(key)]));
  for (const secondKey of members) {
    if (graph.final(secondKey).length < 2) continue;
    const where = { secondKey, kind: 'merge' as const, state: 'in-force' as const };
    const rows = await turn.manager.find(PersonAssertionRow, { where, order: { changedAt: 'ASC', id: 'ASC' } });
    for (const { id, firstKey } of rows.slice(1)) {
      const { second } = await undo(turn, id, cause);
      const waitingId = candidateId(deploymentKey, 'merge', [firstKey, secondKey]);
      const waiting = { id: waitingId, kind: 'merge' as const, firstKey, secondKey, system: second.system };
      await putInReview(turn, { ...waiting, eventId: null, guards: ['contradiction'] });
    }
  }
}

/** The merge that waits. */
export async function mergeOf(turn: Turn, row: PendingCandidate): Promise<RecordMerge | undefined> {
  const records = await turn.manager.findBy(PatientRecord, { recordKey: In([row.firstKey, row.secondKey]) });
  const survivor = records.find(({ recordKey }) => recordKey === row.firstKey);
  const retired = records.find(({ recordKey }) => recordKey === row.secondKey);
  if (survivor === undefined || retired === undefined) return undefined;
  const references = { survivor: referenceOf(survivor), retired: referenceOf(retired) };
  return { ...references, ...(row.eventId !== null && { eventId: row.eventId }) };
}

export function referenceOf({ recordKey, system, value }: PatientRecord): RecordReference {
  return { recordKey: recordKey as RecordReference['recordKey'], system, value };
}
