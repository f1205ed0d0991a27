import { AcknowledgementListener, ApplicationAck } from '@anamnesis/store';
import type { AcknowledgementResults } from '@anamnesis/runtime';
import { In, LessThan } from 'typeorm';
import type { Registration } from '../registration.js';

const firstPauseMs = 500;
/** How long what was taken is remembered, and what was given up is listed. */
const keptMs = { taken: 7 * 24 * 60 * 60 * 1000, givenUp: 30 * 24 * 60 * 60 * 1000 };

/** Notes what became of leased acknowledgements, and lets go of their listener: at once, or after a pause that doubles. */
export async function settleAcks(
  { store, settings }: Registration,
  { adapter, sourceId, settled, isFailed }: AcknowledgementResults,
): Promise<void> {
  const at = new Date();
  await store.transaction(async (manager) => {
    for (const { id, answer } of settled) {
      const state = answer === 'AA' || answer === 'CA' ? ('taken' as const) : ('refused' as const);
      const changes = { state, result: answer.slice(0, 16), settledAt: at.toISOString() };
      await manager.update(ApplicationAck, { id, sourceId, state: 'waiting' }, changes);
    }
    const listener = await manager.findOneBy(AcknowledgementListener, { sourceId, leasedBy: adapter });
    if (listener === null) return;
    const attempts = isFailed ? listener.attempts + 1 : 0;
    const pauseMs = isFailed
      ? Math.min(firstPauseMs * 2 ** Math.min(attempts - 1, 30), settings.APPLICATION_ACK_PAUSE_MS_MAX)
      : 0;
    const nextAttemptAt = new Date(at.getTime() + pauseMs).toISOString();
    const changes = { attempts, nextAttemptAt, leasedBy: null, leasedUntil: null };
    await manager.update(AcknowledgementListener, { sourceId, leasedBy: adapter }, changes);
  });
}

/** Gives up what was not taken for `APPLICATION_ACK_LIFE_MS`: it is listed for an operator. Returns how many. */
export async function giveUpAcks({ store, settings }: Registration): Promise<number> {
  const createdAt = LessThan(new Date(Date.now() - settings.APPLICATION_ACK_LIFE_MS).toISOString());
  const where = { state: 'waiting' as const, createdAt };
  const count = await store.reader.manager.countBy(ApplicationAck, where);
  if (count === 0) return 0;
  const changes = { state: 'given-up' as const, result: 'not-taken', settledAt: new Date().toISOString() };
  await store.transaction((manager) => manager.update(ApplicationAck, where, changes));
  return count;
}

/** Forgets what was settled long ago. */
export async function pruneAcks({ store }: Registration): Promise<void> {
  const before = (ms: number) => LessThan(new Date(Date.now() - ms).toISOString());
  await store.transaction(async (manager) => {
    await manager.delete(ApplicationAck, { state: In(['taken', 'refused']), settledAt: before(keptMs.taken) });
    await manager.delete(ApplicationAck, { state: 'given-up', settledAt: before(keptMs.givenUp) });
  });
}
