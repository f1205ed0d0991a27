import { insertRows, NotSame, PendingCandidate } from '@anamnesis/store';
import { type EntityManager, In } from 'typeorm';
import type { Turn } from '../outbox/turn.js';

export type Waiting = Pick<PendingCandidate, 'id' | 'kind' | 'firstKey' | 'secondKey' | 'system' | 'eventId'> & {
  readonly guards: readonly string[];
};

/** Puts a pair on the review list; one that waits already gets the present reasons. */
export async function putInReview(turn: Turn, { guards, ...waiting }: Waiting): Promise<void> {
  const reasons = guards.join(',').slice(0, 255);
  const before = await turn.manager.findOneBy(PendingCandidate, { id: waiting.id });
  const open = { state: 'open' as const, guards: reasons, decidedAt: null, actor: null, reason: null };
  if (before === null) await insertRows(turn.manager, PendingCandidate, [{ ...waiting, ...open, openedAt: turn.at }]);
  else if (before.state !== 'open')
    await turn.manager.update(PendingCandidate, { id: waiting.id }, { ...open, openedAt: turn.at });
  else if (before.guards !== reasons)
    await turn.manager.update(PendingCandidate, { id: waiting.id }, { guards: reasons });
}

/** What held the pair back is gone: it no longer waits. */
export async function settlePending(turn: Turn, id: string): Promise<void> {
  const settled = { state: 'settled' as const, decidedAt: turn.at };
  await turn.manager.update(PendingCandidate, { id, state: 'open' }, settled);
}

/** Pairs among these records that an operator holds to be different people, each as `first second` in key order. */
export async function notSamePairs(
  manager: EntityManager,
  recordKeys: readonly string[],
): Promise<ReadonlySet<string>> {
  const pairs = new Set<string>();
  for (let from = 0; from < recordKeys.length; from += 200) {
    const rows = await manager.findBy(NotSame, { firstKey: In(recordKeys.slice(from, from + 200)) });
    for (const { firstKey, secondKey } of rows) pairs.add(`${firstKey} ${secondKey}`);
  }
  return pairs;
}

export function pairName(a: string, b: string): string {
  return [a, b].sort().join(' ');
}
