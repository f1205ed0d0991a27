import type { ForeignTopicsOptions } from './foreign-topics.js';

/**
 * Reads topics of a cluster that is not the product's own, outside of any consumer group: the place is the caller's to
 * keep. Of transactions only what was committed is told. Resolves when `signal` ends it; rejects with
 * `ForeignTopicsError` when it cannot go on, and never ends unheard.
 */
export async function readForeignTopics(options: ForeignTopicsOptions): Promise<void> {
  const { followTopics } = await import('./kafka/foreign/follow-topics.js');
  await followTopics(options);
}
