import { createHmac } from 'node:crypto';
import {
  type AssertionCause,
  type AssertionId,
  base32,
  type PersonAssertion,
  Rejected,
  type RecordReference,
} from '@anamnesis/core';
import { insertRows, PersonAssertionRow } from '@anamnesis/store';
import type { Turn } from '../outbox/turn.js';

/** What a merge is of: patient records, visits or accounts. */
export type MergeKind = Exclude<PersonAssertion['kind'], 'link'>;

export interface Pair {
  readonly kind: PersonAssertion['kind'];
  /** Of a merge: the survivor. Of a link: the record certified first. */
  readonly first: RecordReference;
  readonly second: RecordReference;
}

/** Repeatable from kind and records: a redelivered message or a second rule makes no second assertion. */
export function assertionId(deploymentKey: Uint8Array, { kind, first, second }: Pair): AssertionId {
  const keys: readonly string[] = [first.recordKey, second.recordKey];
  return keyedId(deploymentKey, ['assertion', kind, ...(kind === 'link' ? [...keys].sort() : keys)]) as AssertionId;
}

export function candidateId(deploymentKey: Uint8Array, kind: 'candidate' | MergeKind, keys: readonly string[]): string {
  return keyedId(deploymentKey, ['pending', kind, ...(kind === 'candidate' ? [...keys].sort() : keys)]);
}

/** Puts an assertion in force, announces it, and gives it back. One that is in force already stays as it is. */
export async function assert(
  turn: Turn,
  pair: Pair & { readonly id: AssertionId },
  cause: AssertionCause,
): Promise<PersonAssertion> {
  const before = await findAssertion(turn, pair.id);
  if (before?.state === 'in-force') return before;
  const { id, kind, first, second } = pair;
  const version = (before?.version ?? 0) + 1;
  const assertion: PersonAssertion = { id, version, kind, state: 'in-force', first, second, cause, at: turn.at };
  await write(turn, assertion);
  return assertion;
}

/**
 * The word of a message about two records: the assertion is in force, or is not, from its first version on. Of two words
 * the later holds, whenever it came; one that an operator or a rule made before gives way. False when a later one holds.
 */
export async function restate(
  turn: Turn,
  pair: Pair & { readonly id: AssertionId },
  { state, cause }: { readonly state: PersonAssertion['state']; readonly cause: AssertionCause },
): Promise<boolean> {
  const before = await findAssertion(turn, pair.id);
  if (before !== undefined && orderOf(cause) <= orderOf(before.cause, before.at)) return false;
  const { id, kind, first, second } = pair;
  await write(turn, { id, version: (before?.version ?? 0) + 1, kind, state, first, second, cause, at: turn.at });
  return true;
}

/** Of two words of the same time one holds, the same in every order. */
function orderOf({ rule, saidAt = '', eventId = '' }: AssertionCause, decidedAt = ''): string {
  return `${rule === 'operator' ? decidedAt : saidAt} ${eventId}`;
}

/** Takes an assertion back. What it connected is as it would be without it. */
export async function undo(turn: Turn, id: string, cause: AssertionCause): Promise<PersonAssertion> {
  const before = await findAssertion(turn, id);
  if (before === undefined) throw new Rejected('not-found', 'no such assertion');
  if (before.state === 'undone') throw new Rejected('conflict', 'the assertion is undone already');
  const undone: PersonAssertion = { ...before, version: before.version + 1, state: 'undone', cause, at: turn.at };
  await write(turn, undone);
  return undone;
}

export async function findAssertion(turn: Turn, id: string): Promise<PersonAssertion | undefined> {
  const row = await turn.manager.findOneBy(PersonAssertionRow, { id });
  return row === null ? undefined : (JSON.parse(row.assertion) as PersonAssertion);
}

async function write(turn: Turn, assertion: PersonAssertion): Promise<void> {
  const { id, version, kind, state, first, second, at } = assertion;
  const row = {
    id,
    version,
    kind,
    state,
    firstKey: first.recordKey,
    secondKey: second.recordKey,
    assertion: JSON.stringify(assertion),
    changedAt: at,
  };
  if (version === 1) await insertRows(turn.manager, PersonAssertionRow, [row]);
  else await turn.manager.update(PersonAssertionRow, { id }, row);
  turn.announceAssertion(assertion);
}

function keyedId(key: Uint8Array, parts: readonly string[]): string {
  return base32(createHmac('sha256', key).update(JSON.stringify(parts)).digest().subarray(0, 20));
}
