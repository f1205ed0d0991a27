import { setTimeout as pause } from 'node:timers/promises';
import type { EventBus } from '@anamnesis/bus';
import { Unavailable } from '@anamnesis/core';

const topics = ['clinical.received', 'intake.refused'] as const;
const deadlineMsDefault = 5_000;
const pollMs = 50;

/**
 * Resolves when registration has judged all that the bus had taken when it was called: what a source did wrong a moment ago
 * must count. Throws `Unavailable('registration')` at the deadline, and `Unavailable` when the bus is away.
 */
export async function awaitJudged(bus: Pick<EventBus, 'lag'>, deadlineMs = deadlineMsDefault): Promise<void> {
  const calledAtMs = Date.now();
  for (const topic of topics) {
    for (;;) {
      const { oldestAppendedAt } = await bus.lag(topic, 'registration');
      if (oldestAppendedAt === undefined || oldestAppendedAt.getTime() > calledAtMs) break;
      if (Date.now() - calledAtMs >= deadlineMs)
        throw new Unavailable('registration', 'messages that came before are still being judged');
      await pause(pollMs);
    }
  }
}
