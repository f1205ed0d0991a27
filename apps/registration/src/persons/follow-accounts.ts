import { accountVisitId, type KnownVisit, numberedId, pairVisits, type RecordReference } from '@anamnesis/core';
import { AccountVisitRow, PersonAssertionRow } from '@anamnesis/store';
import { type EntityManager, In } from 'typeorm';
import { insertPlain } from '../outbox/insert-plain.js';
import type { Turn } from '../outbox/turn.js';
import { assert, assertionId, undo } from './assertions.js';
import type { IndexedEvent } from './indexed-event.js';
import { referenceOf } from './merge-records.js';
import { PersonGraph } from './person-graph.js';

const kind = 'visit';
const cause = { rule: 'merged-accounts' } as const;
const keysPerStatement = 200;
const lengthsMax = { value: 255, admittedAt: 64 };

/**
 * Keeps the visits without a number that events say something of. Resolves to the accounts of those that are new: they may
 * be one with others that were known before.
 */
export async function keepVisits(
  turn: Turn,
  deploymentKey: Uint8Array,
  events: readonly IndexedEvent[],
): Promise<readonly string[]> {
  const rows = new Map(events.flatMap((one) => visitsOf(deploymentKey, one)).map((row) => [row.id, row]));
  for (const { id } of await findVisits(turn.manager, 'id', [...rows.keys()])) rows.delete(id);
  await insertPlain(turn.manager, AccountVisitRow, [...rows.values()]);
  return [...new Set([...rows.values()].map(({ accountId }) => accountId))];
}

/**
 * Says again which visits are one by what their accounts are now: merges of visits that follow from it are put in force,
 * those that do not follow any more are undone.
 */
export async function followAccounts(
  turn: Turn,
  deploymentKey: Uint8Array,
  accountIds: readonly string[],
): Promise<void> {
  if (accountIds.length === 0) return;
  const graph = await PersonGraph.load(turn.manager, accountIds);
  const accounts = new Set(accountIds.flatMap((id) => [...graph.person(id)]));
  const visits = await findVisits(turn.manager, 'accountId', [...accounts]);
  if (visits.length < 2) return;
  const wanted = pairVisits(visits, (id) => graph.endOf(id)).map(({ survivor, retired }) => {
    const pair = { kind, first: referenceTo(survivor), second: referenceTo(retired) } as const;
    return { ...pair, id: assertionId(deploymentKey, pair) };
  });
  const ids = new Set<string>(wanted.map(({ id }) => id));
  for (const id of await inForceAmong(turn.manager, visits)) if (!ids.has(id)) await undo(turn, id, cause);
  for (const pair of wanted) await assert(turn, pair, cause);
}

export function findVisits(
  manager: EntityManager,
  column: 'id' | 'accountId',
  keys: readonly string[],
): Promise<readonly AccountVisitRow[]> {
  return inParts(keys, (some) => manager.findBy(AccountVisitRow, { [column]: some }));
}

function visitsOf(deploymentKey: Uint8Array, { event }: IndexedEvent): readonly AccountVisitRow[] {
  const { facility } = event.source;
  return (event.identity?.accountVisits ?? [])
    .filter(
      ({ account: { value }, admittedAt }) =>
        value.length <= lengthsMax.value && admittedAt.length <= lengthsMax.admittedAt,
    )
    .map((visit) => ({
      id: accountVisitId(deploymentKey, { facility, visit }),
      accountId: numberedId(deploymentKey, { kind: 'account', facility, number: visit.account }),
      admittedAt: visit.admittedAt,
      system: visit.account.system,
      value: visit.account.value,
      facility,
    }));
}

function referenceTo({ id, system, value }: AccountVisitRow): RecordReference {
  return referenceOf({ recordKey: id, system, value });
}

/** No message names such visits in a merge: only what follows from their accounts joins them. */
async function inForceAmong(manager: EntityManager, visits: readonly KnownVisit[]): Promise<readonly string[]> {
  const rows = await inParts(
    visits.map(({ id }) => id),
    (some) => manager.findBy(PersonAssertionRow, { kind, state: 'in-force', secondKey: some }),
  );
  return rows.map(({ id }) => id);
}

async function inParts<Row>(
  keys: readonly string[],
  find: (some: ReturnType<typeof In<string>>) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const found: Row[] = [];
  for (let from = 0; from < keys.length; from += keysPerStatement)
    found.push(...(await find(In(keys.slice(from, from + keysPerStatement)))));
  return found;
}
