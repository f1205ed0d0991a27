import { setTimeout as sleep } from 'node:timers/promises';
import type { Broker, Cluster, Consumer as KafkajsConsumer } from 'kafkajs';
import { consumerLimits } from './consumer-limits.js';

/** What kafkajs asks a broker for, and what it gets: both its own. */
type Fetch = Broker['fetch'];

/** The part of its answer that says whether there was anything. */
interface Fetched {
  readonly responses: readonly { readonly partitions: readonly { readonly messages: readonly unknown[] }[] }[];
}

const nothingFetched: Fetched = { responses: [] };

/**
 * Which partitions of a consumer kafkajs fetches, and how long a fetch waits. Where there was nothing it waits long for a first
 * record, since each turn costs the client and the broker as much as ten records. Where records flow it lets them gather, in
 * all partitions together: the turn that follows (a fetch, a transaction, a publish, a commit) costs hardly more for ten of
 * them than for one. While a partition is held up it is short, because until that fetch is answered it is not fetched
 * either; and it is never far beyond the next heartbeat, which kafkajs sends between two fetches, and by which a member
 * hears that another one has joined.
 */
export class Fetching {
  readonly #held = new Set<number>();
  readonly #fetched = new Set<number>();
  /** Aborted when any partition is to be fetched, or there are none. */
  #wanted = new AbortController();
  readonly #ending = new AbortController();
  #beatAtMs = 0;

  constructor(
    private readonly topic: string,
    private readonly kafkajs: () => Pick<KafkajsConsumer, 'pause' | 'resume'>,
  ) {}

  hold(partitions: readonly number[]): void {
    for (const partition of partitions) {
      this.#fetched.delete(partition);
      this.#held.add(partition);
    }
    this.kafkajs().pause([{ topic: this.topic, partitions: [...partitions] }]);
  }

  letGo(partition: number): void {
    this.#held.delete(partition);
    this.#fetched.add(partition);
    this.kafkajs().resume([{ topic: this.topic, partitions: [partition] }]);
    this.#wanted.abort();
  }

  /** What was assigned before counts no more. */
  forget(): void {
    this.#held.clear();
    this.#fetched.clear();
    this.#wanted.abort();
  }

  /** A heartbeat was answered, or a join. */
  beat(): void {
    this.#beatAtMs = performance.now();
  }

  /** Nobody waits for a fetch any more, nor for its answer. */
  end(): void {
    this.#ending.abort();
    this.#wanted.abort();
  }

  /**
   * kafkajs has no hook for it, but hands its cluster to assigners. The first thing a fetch does is to ask it for news of
   * the topics: that waits while all partitions are held up, where kafkajs would sleep whatever happens meanwhile.
   */
  watch(cluster: Cluster): void {
    const refresh = cluster.refreshMetadataIfNecessary.bind(cluster);
    cluster.refreshMetadataIfNecessary = async () => {
      await this.#untilWanted();
      return refresh();
    };
    const find = cluster.findBroker.bind(cluster);
    const watched = new WeakSet<Broker>();
    cluster.findBroker = async (node) => {
      const broker = await find(node);
      if (!watched.has(broker)) broker.fetch = this.#patiently(broker.fetch.bind(broker));
      watched.add(broker);
      return broker;
    };
  }

  async #untilWanted(): Promise<void> {
    if (this.#fetched.size > 0 || this.#held.size === 0 || this.#ending.signal.aborted) return;
    if (this.#wanted.signal.aborted) this.#wanted = new AbortController();
    const { signal } = this.#wanted;
    // An aborted wait is what it waits for.
    await sleep(this.#untilBeatMs(), undefined, { signal }).catch(() => undefined);
  }

  /** To the next heartbeat; a moment where that is due. */
  #untilBeatMs(): number {
    const { heartbeatIntervalMs, heldUpWaitMs } = consumerLimits;
    return Math.max(heldUpWaitMs, Math.ceil(this.#beatAtMs + heartbeatIntervalMs - performance.now()));
  }

  /** Of one broker. */
  #patiently(fetch: Fetch): Fetch {
    let isFlowing = false;
    return async (request) => {
      const { gatherMs, gatherBytes, heldUpWaitMs, idleWaitMs } = consumerLimits;
      const firstWaitMs = this.#held.size > 0 ? heldUpWaitMs : Math.min(idleWaitMs, this.#untilBeatMs());
      const patience = isFlowing
        ? { minBytes: gatherBytes, maxWaitTime: gatherMs }
        : { minBytes: 1, maxWaitTime: firstWaitMs };
      const answer = await this.#unlessEnded(fetch({ ...request, ...patience }));
      isFlowing = answer.responses.some(({ partitions }) => partitions.some(({ messages }) => messages.length > 0));
      return answer;
    };
  }

  async #unlessEnded(answer: Promise<unknown>): Promise<Fetched> {
    const { signal } = this.#ending;
    const answered = new AbortController();
    const ended = new Promise<Fetched>((resolve) => {
      const end = (): void => {
        resolve(nothingFetched);
      };
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true, signal: answered.signal });
    });
    try {
      return (await Promise.race([answer, ended])) as Fetched;
    } finally {
      answered.abort();
    }
  }
}
