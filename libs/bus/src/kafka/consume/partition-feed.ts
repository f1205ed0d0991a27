import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import { batchLimits, type DeliveredRecord } from '../../event-bus.js';
import { decodeRecord } from '../../record-codec.js';
import type { Topic } from '../../topics.js';
import { Wake } from '../../wake.js';

/** What a partition may hold fetched and not delivered; over it, it is fetched no further until it is under the half. */
export const feedLimits = { records: 1_000, bytes: 2 * 1024 * 1024 };

export interface FeedOptions {
  readonly topic: Topic;
  readonly partition: number;
  /** Offset of the next record to be delivered. */
  readonly position: number;
  readonly batchRecordsMax?: number;
  readonly signal: AbortSignal;
  /** Resolves to whether they are settled; else the signal was aborted. */
  readonly deliver: (records: readonly DeliveredRecord[]) => Promise<boolean>;
  /** Tells kafkajs whether to fetch the partition. */
  readonly setFetching: (isFetching: boolean) => void;
  /** A batch did not begin where it should: fetch from here again. */
  readonly refetch: (offset: number) => void;
}

/** A batch, and the offset its fetch asked for: kafkajs has it at run time and not in its types. */
type FetchedBatch = EachBatchPayload['batch'] & { readonly fetchedOffset: string };

/**
 * One partition in hand, from an assignment to the next join: a short queue and the loop that delivers from it. kafkajs
 * itself waits for the batches of all partitions of a broker before it fetches any of them again, so a partition that
 * waits for a dependency would hold up others; here `eachBatch` only fills the queue, and heartbeats go on.
 */
export class PartitionFeed {
  /** Settles when nothing is in hand any more; rejects with what must stop the consumer. */
  readonly done: Promise<void>;
  readonly #options: FeedOptions;
  readonly #wake = new Wake();
  #queue: KafkaMessage[] = [];
  #bytes = 0;
  #next: number;
  #misplaced: string | undefined;
  #isFetching = true;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#next = options.position;
    options.signal.addEventListener(
      'abort',
      () => {
        this.#wake.notify();
      },
      { once: true },
    );
    this.done = this.#run();
    this.done.catch(() => undefined);
  }

  /** Takes a fetched batch, unless it is not the next. */
  accept(payload: EachBatchPayload): void {
    const { batch } = payload;
    const { fetchedOffset } = batch as FetchedBatch;
    const last = batch.messages.at(-1);
    if (last === undefined || !this.#isNext(fetchedOffset)) return;
    payload.resolveOffset(last.offset);
    this.#next = Number(batch.lastOffset()) + 1;
    this.#queue.push(...batch.messages);
    this.#bytes += batch.messages.reduce((sum, one) => sum + sizeOf(one), 0);
    this.#regulate();
    this.#wake.notify();
  }

  /**
   * A batch asked for before the assignment may still come, from beyond records that were given back. The partition is
   * fetched anew from its place. The same beginning again is a gap: kafkajs has walked over batches that compaction emptied.
   */
  #isNext(fetchedOffset: string): boolean {
    const isNext = Number(fetchedOffset) === this.#next || this.#misplaced === fetchedOffset;
    this.#misplaced = isNext ? undefined : fetchedOffset;
    if (!isNext) this.#options.refetch(this.#next);
    return isNext;
  }

  async #run(): Promise<void> {
    const { signal, deliver } = this.#options;
    while (!signal.aborted) {
      if (this.#queue.length === 0) await this.#wake.sleep();
      else await deliver(this.#cut());
    }
    this.#queue = [];
  }

  #cut(): readonly DeliveredRecord[] {
    const { batchRecordsMax = batchLimits.records } = this.#options;
    const most = Math.min(this.#queue.length, batchRecordsMax);
    let count = 0;
    let bytes = 0;
    for (; count < most; count++) {
      const size = sizeOf(this.#queue[count]);
      if (count > 0 && bytes + size > batchLimits.bytes) break;
      bytes += size;
    }
    const cut = this.#queue.splice(0, count).map((message) => this.#toDelivered(message));
    this.#bytes -= bytes;
    this.#regulate();
    return cut;
  }

  #regulate(): void {
    const { records, bytes } = feedLimits;
    const { length } = this.#queue;
    if (this.#isFetching && (length >= records || this.#bytes >= bytes)) this.#setFetching(false);
    else if (!this.#isFetching && length <= records / 2 && this.#bytes <= bytes / 2) this.#setFetching(true);
  }

  #setFetching(isFetching: boolean): void {
    if (this.#options.signal.aborted) return;
    this.#isFetching = isFetching;
    this.#options.setFetching(isFetching);
  }

  #toDelivered({ key, value, offset, timestamp }: KafkaMessage): DeliveredRecord {
    const { topic, partition } = this.#options;
    return {
      topic,
      partition,
      offset: Number(offset),
      key: key?.toString() ?? '',
      appendedAt: new Date(Number(timestamp)),
      ...decodeRecord(value ?? new Uint8Array(0)),
    };
  }
}

function sizeOf(message: KafkaMessage | undefined): number {
  return message?.value?.length ?? 0;
}
