import type { AssertionCause, RecordReference } from '@anamnesis/core';
import { MergedNumber, PatientRecord, PendingCandidate, PersonAssertionRow } from '@anamnesis/store';
import { In, Not } from 'typeorm';
import type { Turn } from '../outbox/turn.js';
import { assert, assertionId, candidateId, type MergeKind, undo } from './assertions.js';
import { notSamePairs, pairName, putInReview, settlePending } from './pending.js';
import { PersonGraph } from './person-graph.js';

/** Why a merge changes nothing and waits. */
export type MergeConflict = 'other-authority' | 'cycle' | 'contradiction' | 'not-same';

/** Two that a merge names, as a message said. */
export interface MergePair {
  readonly survivor: RecordReference;
  readonly retired: RecordReference;
  /** ISO 8601 UTC. */
  readonly saidAt?: string;
  readonly eventId?: string;
}

/** `retired` is to be read as `survivor`. */
export interface RecordMerge extends MergePair {
  readonly kind: MergeKind;
}

/**
 * What stands against a merge? Pure. Merges may come in any order: one that leads where the chain leads already is no
 * contradiction.
 */
export function judgeMerge(
  { kind, survivor, retired }: RecordMerge,
  graph: PersonGraph,
  notSame: ReadonlySet<string>,
): MergeConflict | undefined {
  // A facility's own visits and accounts may have got their numbers from two of its systems.
  if (kind === 'merge' && survivor.system !== retired.system) return 'other-authority';
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
  const { kind, survivor, retired, saidAt, eventId } = merge;
  const keys = [survivor.recordKey, retired.recordKey];
  const pair = { kind, first: survivor, second: retired };
  const id = assertionId(deploymentKey, pair);
  const waitingId = candidateId(deploymentKey, kind, keys);
  const conflict = await conflictOf(turn, merge);
  if (conflict === undefined) {
    const said = { ...(saidAt !== undefined && { saidAt }), ...(eventId !== undefined && { eventId }) };
    const cause: AssertionCause = { rule: 'merge-message', ...said };
    await assert(turn, { ...pair, id }, cause);
    await settlePending(turn, waitingId);
    return undefined;
  }
  const waiting = { id: waitingId, kind, firstKey: keys[0] ?? '', secondKey: keys[1] ?? '' };
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
    where: { kind: merge.kind, state: 'open', secondKey: In(members) },
    order: { openedAt: 'ASC', id: 'ASC' },
  });
  for (const row of waiting.filter(({ guards }) => guards === 'contradiction')) {
    const pair = await pairOf(turn, row);
    const again = pair && { ...pair, kind: merge.kind };
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
    const where = { secondKey, kind: Not('link' as const), state: 'in-force' as const };
    const rows = await turn.manager.find(PersonAssertionRow, { where, order: { changedAt: 'ASC', id: 'ASC' } });
    for (const { id, firstKey } of rows.slice(1)) {
      const { kind, second } = await undo(turn, id, cause);
      if (kind === 'link') throw new TypeError('a link retires nothing');
      const waitingId = candidateId(deploymentKey, kind, [firstKey, secondKey]);
      const waiting = { id: waitingId, kind, firstKey, secondKey, system: second.system };
      await putInReview(turn, { ...waiting, eventId: null, guards: ['contradiction'] });
    }
  }
}

/** The two of a pair that waits. Undefined when one of them is no longer there. */
export async function pairOf(turn: Turn, row: PendingCandidate): Promise<MergePair | undefined> {
  const known = await referencesOf(turn, row);
  const [survivor, retired] = [row.firstKey, row.secondKey].map((key) => known.find((one) => one.recordKey === key));
  if (survivor === undefined || retired === undefined) return undefined;
  return { survivor, retired, ...(row.eventId !== null && { eventId: row.eventId }) };
}

async function referencesOf({ manager }: Turn, row: PendingCandidate): Promise<readonly RecordReference[]> {
  const keys = In([row.firstKey, row.secondKey]);
  if (row.kind === 'candidate' || row.kind === 'merge')
    return (await manager.findBy(PatientRecord, { recordKey: keys })).map(referenceOf);
  const numbers = await manager.findBy(MergedNumber, { id: keys });
  return numbers.map(({ id, system, value }) => referenceOf({ recordKey: id, system, value }));
}

export function referenceOf({
  recordKey,
  system,
  value,
}: Pick<PatientRecord, 'recordKey' | 'system' | 'value'>): RecordReference {
  return { recordKey: recordKey as RecordReference['recordKey'], system, value };
}
