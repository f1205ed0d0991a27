import { type PersonAssertion, Rejected } from '@anamnesis/core';
import {
  insertOnce,
  MergedNumber,
  NotSame,
  PatientRecord,
  PendingCandidate,
  PersonAssertionRow,
} from '@anamnesis/store';
import { type EntityManager, In } from 'typeorm';
import type { Turn } from '../outbox/turn.js';
import type { Registration } from '../registration.js';
import { assert, assertionId, candidateId, findAssertion, undo } from './assertions.js';
import { findVisits, followAccounts } from './follow-accounts.js';
import { conflictOf, type MergePair, pairOf, reviewContradictions } from './merge-records.js';
import { settlePending } from './pending.js';
import { PersonGraph } from './person-graph.js';

/** A patient record, visit or account as an operator sees it: whose number it is, never the number. */
export interface RecordView {
  /** Of a visit or account: the id of its Encounter or Account. */
  readonly recordKey: string;
  readonly system: string;
  readonly facility: string;
}

export interface PendingView {
  readonly id: string;
  readonly kind: PendingCandidate['kind'];
  readonly state: PendingCandidate['state'];
  /** Guards of identity.md §4, or what stands against a merge. */
  readonly guards: readonly string[];
  /** Authority of the number that both carry, or of the merge. */
  readonly system: string;
  /** Of a merge: the survivor. */
  readonly first: RecordView;
  /** Of a merge: the retired one. */
  readonly second: RecordView;
  readonly eventId: string | null;
  readonly openedAt: string;
}

export interface AssertionView {
  readonly id: string;
  readonly version: number;
  readonly kind: PersonAssertion['kind'];
  readonly state: PersonAssertion['state'];
  readonly first: RecordView;
  readonly second: RecordView;
  readonly cause: PersonAssertion['cause'];
  readonly at: string;
}

export interface Decider {
  /** Role and token of who decides. */
  readonly actor: string;
  readonly reason: string;
}

/** Oldest first. */
export async function listPending(
  { store }: Registration,
  { state, count }: { state: PendingCandidate['state']; count: number },
): Promise<readonly PendingView[]> {
  const { manager } = store.reader;
  const rows = await manager.find(PendingCandidate, { where: { state }, order: { openedAt: 'ASC' }, take: count });
  const views = await recordViews(
    manager,
    rows.flatMap(({ firstKey, secondKey }) => [firstKey, secondKey]),
  );
  return rows.map(({ id, kind, guards, system, firstKey, secondKey, eventId, openedAt, ...row }) => ({
    id,
    kind,
    state: row.state,
    guards: guards === '' ? [] : guards.split(','),
    system,
    first: views(firstKey),
    second: views(secondKey),
    eventId,
    openedAt,
  }));
}

/** Newest change first. */
export async function listAssertions(
  { store }: Registration,
  filter: { state?: PersonAssertion['state']; recordKey?: string; count: number },
): Promise<readonly AssertionView[]> {
  const { manager } = store.reader;
  const state = filter.state === undefined ? {} : { state: filter.state };
  const { recordKey } = filter;
  const where =
    recordKey === undefined
      ? state
      : [
          { ...state, firstKey: recordKey },
          { ...state, secondKey: recordKey },
        ];
  const rows = await manager.find(PersonAssertionRow, { where, order: { changedAt: 'DESC' }, take: filter.count });
  const views = await recordViews(
    manager,
    rows.flatMap(({ firstKey, secondKey }) => [firstKey, secondKey]),
  );
  return rows.map((row) => viewOf(JSON.parse(row.assertion) as PersonAssertion, views));
}

/**
 * An operator's decision on a waiting pair. `same` makes a link, or the merge; a merge across two authorities becomes a
 * link. `not-same` holds against every rule until an operator decides otherwise. Throws `Rejected('conflict')` for a merge
 * that contradicts one in force: that one is to be undone first.
 */
export async function decidePending(
  registration: Registration,
  id: string,
  { decision, ...decider }: Decider & { decision: 'same' | 'not-same' },
): Promise<{ readonly id: string; readonly state: 'same' | 'not-same'; readonly assertionId?: string }> {
  return registration.change(async (turn) => {
    const row = await turn.manager.findOneBy(PendingCandidate, { id });
    if (row === null) throw new Rejected('not-found', 'no such candidate');
    if (row.state !== 'open') throw new Rejected('conflict', 'the candidate is decided');
    const pair = await pairOf(turn, row);
    if (pair === undefined) throw new Rejected('gone', 'a record of the pair is no longer there');
    const decided = { state: decision, decidedAt: turn.at, ...decider };
    await turn.manager.update(PendingCandidate, { id }, decided);
    if (decision === 'not-same') {
      await holdApart(turn, [row.firstKey, row.secondKey], decider);
      return { id, state: decision };
    }
    await holdTogether(turn, [row.firstKey, row.secondKey]);
    const assertion = await join(registration, turn, { row, pair, decider });
    if (assertion.kind === 'account')
      await followAccounts(turn, registration.keys.deploymentKey, [assertion.first.recordKey]);
    return { id, state: decision, assertionId: assertion.id };
  });
}

/**
 * Undoes a link or merge without loss, and holds the two records apart from then on. Throws `Rejected('conflict')` for one
 * that follows from a merge of accounts: that one is to be undone.
 */
export async function undoAssertion(registration: Registration, id: string, decider: Decider): Promise<AssertionView> {
  return registration.change(async (turn) => {
    const { deploymentKey } = registration.keys;
    const cause = { rule: 'operator' as const, ...decider };
    const before = await findAssertion(turn, id);
    if (before?.cause.rule === 'merged-accounts')
      throw new Rejected('conflict', 'it follows from the merge of their accounts: undo that one');
    const accountIds = before?.kind === 'account' ? await joinedWith(turn, before.first.recordKey) : [];
    const undone = await undo(turn, id, cause);
    const recordKeys = [undone.first.recordKey, undone.second.recordKey];
    await holdApart(turn, recordKeys, decider);
    await reviewContradictions(turn, deploymentKey, { recordKeys, cause });
    await followAccounts(turn, deploymentKey, accountIds);
    const views = await recordViews(turn.manager, recordKeys);
    return viewOf(undone, views);
  });
}

async function join(
  { keys }: Registration,
  turn: Turn,
  { row, pair, decider }: { row: PendingCandidate; pair: MergePair; decider: Decider },
): Promise<PersonAssertion> {
  const { survivor: first, retired: second } = pair;
  const conflict = row.kind === 'candidate' ? undefined : await conflictOf(turn, { ...pair, kind: row.kind });
  if (conflict === 'cycle' || conflict === 'contradiction')
    throw new Rejected('conflict', 'another merge stands against this one: undo it first');
  const kind = row.kind === 'candidate' || conflict === 'other-authority' ? 'link' : row.kind;
  const id = assertionId(keys.deploymentKey, { kind, first, second });
  const event = pair.eventId === undefined ? {} : { eventId: pair.eventId };
  await settlePending(turn, candidateId(keys.deploymentKey, 'candidate', [first.recordKey, second.recordKey]));
  return assert(turn, { kind, first, second, id }, { rule: 'operator', system: row.system, ...event, ...decider });
}

async function joinedWith({ manager }: Turn, recordKey: string): Promise<readonly string[]> {
  const graph = await PersonGraph.load(manager, [recordKey]);
  return [...graph.person(recordKey)];
}

async function holdApart(turn: Turn, recordKeys: readonly string[], { actor, reason }: Decider): Promise<void> {
  const [firstKey = '', secondKey = ''] = [...recordKeys].sort();
  await insertOnce(turn.manager, NotSame, { firstKey, secondKey, decidedAt: turn.at, actor, reason });
}

async function holdTogether(turn: Turn, recordKeys: readonly string[]): Promise<void> {
  const [firstKey = '', secondKey = ''] = [...recordKeys].sort();
  await turn.manager.delete(NotSame, { firstKey, secondKey });
}

async function recordViews(
  manager: EntityManager,
  recordKeys: readonly string[],
): Promise<(recordKey: string) => RecordView> {
  const keys = In([...new Set(recordKeys)]);
  const select = { system: true, facility: true } as const;
  const records = await manager.find(PatientRecord, {
    select: { ...select, recordKey: true },
    where: { recordKey: keys },
  });
  const numbers = await manager.find(MergedNumber, { select: { ...select, id: true }, where: { id: keys } });
  const visits = await findVisits(manager, 'id', recordKeys);
  const views = new Map<string, Omit<RecordView, 'recordKey'>>([
    ...records.map(({ recordKey, ...row }) => [recordKey, row] as const),
    ...[...numbers, ...visits].map(({ id, system, facility }) => [id, { system, facility }] as const),
  ]);
  return (recordKey) => {
    const { system = '', facility = '' } = views.get(recordKey) ?? {};
    return { recordKey, system, facility };
  };
}

function viewOf(assertion: PersonAssertion, views: (recordKey: string) => RecordView): AssertionView {
  const { id, version, kind, state, first, second, cause, at } = assertion;
  return { id, version, kind, state, first: views(first.recordKey), second: views(second.recordKey), cause, at };
}
