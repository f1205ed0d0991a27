import type { Cluster } from 'kafkajs';
import type { ForeignBatch, ForeignTopicsOptions } from '../../foreign-topics.js';
import { isProtocolError } from '../translate-error.js';
import { type Fetched, fetchRound, type Places } from './fetch-round.js';
import { findTopics } from './find-topics.js';
import { judgeForeign } from './judge-foreign.js';
import { unlessStopped } from './unless-stopped.js';

/** A step that takes longer hangs, whatever kafkajs believes. */
const stepMs = 30_000;
/** Topics of a prefix are looked for again after this. */
const listMs = 30_000;
/** Of one call of `handle`. */
const recordsMax = 500;

/** One connection's reading: rounds of looking where the topics are, fetching, handling. */
export class TopicReading {
  readonly #cluster: Cluster;
  readonly #options: ForeignTopicsOptions;
  #places: Places = new Map();
  /** Where the partitions were left before their places were lost. */
  #left: Places = new Map();
  /** By topic and partition: records behind the place. */
  readonly #waiting: Places = new Map();
  readonly #reached = new Set<string>();
  #topics: readonly string[] = [];
  #listedAtMs = -Infinity;

  constructor(cluster: Cluster, options: ForeignTopicsOptions) {
    this.#cluster = cluster;
    this.#options = options;
  }

  async run(): Promise<void> {
    const { signal, waiting } = this.#options;
    while (!signal.aborted) {
      const lost = await this.#step(this.#look(), 'topics');
      for (const batch of lost) await this.#options.handle(batch);
      for (const one of await this.#step(this.#fetch(), 'fetch')) await this.#hand(one);
      // Right after places were lost there are none.
      if (this.#places.size > 0)
        waiting([...this.#places.keys()].reduce((sum, topic) => sum + this.#waitingIn(topic), 0));
    }
  }

  #step<Result>(work: Promise<Result>, doing: string): Promise<Result> {
    return unlessStopped(work, doing, { signal: this.#options.signal, timeoutMs: stepMs });
  }

  /** Finds topics and partitions that are new, and what was lost to the place that was asked for. */
  async #look(): Promise<readonly ForeignBatch[]> {
    await this.#cluster.connect();
    await this.#list();
    await this.#cluster.refreshMetadataIfNecessary();
    const lost: ForeignBatch[] = [];
    for (const topic of this.#topics) {
      const known = this.#places.get(topic) ?? new Map<number, number>();
      this.#places.set(topic, known);
      const all = this.#cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
      const unknown = all.filter((partition) => !known.has(partition));
      if (unknown.length > 0) lost.push(...(await this.#locate(topic, unknown)));
      if (this.#waitingIn(topic) === 0) this.#reached.add(topic);
    }
    return lost;
  }

  async #list(): Promise<void> {
    if (performance.now() - this.#listedAtMs < listMs) return;
    const { topics } = this.#options;
    const names = await findTopics(this.#cluster, topics);
    for (const topic of names.filter((one) => !this.#topics.includes(one)))
      await this.#cluster.addTargetTopic(topic).catch((error: unknown) => {
        throw judgeForeign(error, `topic ${topic}`);
      });
    this.#topics = names;
    this.#listedAtMs = 'prefix' in topics ? performance.now() : Infinity;
  }

  async #fetch(): Promise<readonly Fetched[]> {
    try {
      const fetched = await fetchRound(this.#cluster, this.#inTurn());
      this.#left = new Map();
      return [...fetched].sort((one, other) => this.#topics.indexOf(one.topic) - this.#topics.indexOf(other.topic));
    } catch (error) {
      if (!isProtocolError(error, 'OFFSET_OUT_OF_RANGE') || this.#left.size > 0) throw error;
      this.#left = this.#places;
      this.#places = new Map();
      return [];
    }
  }

  /** Those that were read to their end once, and the first that was not. */
  #inTurn(): Places {
    const behind = this.#topics.find((topic) => !this.#reached.has(topic));
    return new Map([...this.#places].filter(([topic]) => topic === behind || this.#reached.has(topic)));
  }

  #waitingIn(topic: string): number {
    return [...(this.#waiting.get(topic)?.values() ?? [])].reduce((sum, one) => sum + one, 0);
  }

  #note(topic: string, partition: number, waiting: number): void {
    const known = this.#waiting.get(topic) ?? new Map<number, number>();
    this.#waiting.set(topic, known.set(partition, waiting));
  }

  /** Places of these partitions: where they were left, or, where the topic does not have that, its oldest record. */
  async #locate(topic: string, partitions: readonly number[]): Promise<readonly ForeignBatch[]> {
    const [lows, highs] = await Promise.all([
      this.#ends(topic, partitions, true),
      this.#ends(topic, partitions, false),
    ]);
    return partitions.flatMap((partition) => {
      const [low, high] = [lows.get(partition) ?? 0, highs.get(partition) ?? 0];
      const from = this.#leftAt(topic, partition) ?? low;
      const isThere = from >= low && from <= high;
      const next = isThere ? from : low;
      this.#places.get(topic)?.set(partition, next);
      this.#note(topic, partition, high - next);
      const reason = from < low ? 'topic-purged' : 'topic-replaced';
      return isThere ? [] : [{ topic, partition, records: [], next, lost: { from, reason } }];
    });
  }

  #leftAt(topic: string, partition: number): number | undefined {
    return this.#left.get(topic)?.get(partition) ?? this.#options.from[topic]?.[partition];
  }

  async #ends(topic: string, partitions: readonly number[], fromBeginning: boolean): Promise<Map<number, number>> {
    const wanted = { topic, partitions: partitions.map((partition) => ({ partition })), fromBeginning };
    const [told] = await this.#cluster.fetchTopicsOffset([wanted]);
    return new Map(told?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
  }

  async #hand({ topic, partition, records, next, waiting }: Fetched): Promise<void> {
    const places = this.#places.get(topic);
    const { signal, handle } = this.#options;
    if (places === undefined || signal.aborted) return;
    for (let at = 0; at < records.length && !isAborted(signal); at += recordsMax) {
      const slice = records.slice(at, at + recordsMax);
      const last = slice.at(-1);
      const behind = at + recordsMax >= records.length || last === undefined ? next : last.offset + 1;
      await handle({ topic, partition, records: slice, next: behind });
      places.set(partition, behind);
    }
    if (records.length === 0 && next !== places.get(partition)) {
      await handle({ topic, partition, records, next });
      places.set(partition, next);
    }
    this.#note(topic, partition, waiting);
  }
}

/** Asked again after something was waited for. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
