import { clientLimits } from '../kafka-client.js';

export const consumerLimits = {
  /** How long the partitions of a member that died wait. */
  sessionTimeoutMs: 15_000,
  heartbeatIntervalMs: 2_000,
  rebalanceTimeoutMs: 60_000,
  /** From the start of a consumer to its first partitions: coordinators may be loading, members be leaving. */
  joinMs: 30_000,
  /** A rejoin waits so long for the batch in hand; shorter than the session. A handler that takes longer works in vain. */
  handOverMs: 10_000,
  /** How long a fetch waits where there is nothing: each takes as much of both ends as ten records do. */
  idleWaitMs: 1_000,
  /** The same while a partition is held up: not until that fetch is answered is it fetched again. */
  heldUpWaitMs: 250,
  /** Where records flow, those of the next fetch gather so long, or until they are so many bytes. */
  gatherMs: 200,
  gatherBytes: 64 * 1024,
  fetchBytes: 10 * 1024 * 1024,
  fetchBytesPerPartition: 1024 * 1024,
  /** Between looks at what other members of the group have settled, while it has not caught up. */
  catchUpPollMs: 500,
  /** No fetch, heartbeat or join for so long while the cluster answers: the consumer is dead. */
  silenceMs: 60_000,
  leaveMs: 10_000,
  retry: { ...clientLimits.retry, retries: 10 },
};
