import type { ForeignBatch, ForeignTopicsOptions } from '../../foreign-topics.js';
import { openCluster, shutCluster } from '../open-cluster.js';
import { judgeForeign } from './judge-foreign.js';
import { TopicReading } from './topic-reading.js';

/** What `handle` threw, told apart from what the cluster did. */
class HandlingFailed extends Error {
  constructor(override readonly cause: unknown) {
    super('not handled');
  }
}

/** `readForeignTopics`, with kafkajs loaded. */
export async function followTopics(options: ForeignTopicsOptions): Promise<void> {
  const { signal } = options;
  if (signal.aborted) return;
  const session = openCluster(options.connection);
  // Nothing is handled while a fetch waits, so that it can be cut.
  const cut = (): void => {
    session.client.fence();
  };
  signal.addEventListener('abort', cut, { once: true });
  try {
    await new TopicReading(session.cluster, { ...options, handle: handleApart(options) }).run();
  } catch (error) {
    if (error instanceof HandlingFailed) throw error.cause;
    if (isAborted(signal)) return;
    throw judgeForeign(error, 'reading topics');
  } finally {
    signal.removeEventListener('abort', cut);
    shutCluster(session);
  }
}

function handleApart({ handle }: ForeignTopicsOptions): (batch: ForeignBatch) => Promise<void> {
  return async (batch) => {
    try {
      await handle(batch);
    } catch (error) {
      throw new HandlingFailed(error);
    }
  };
}

/** Asked again after something was waited for. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
