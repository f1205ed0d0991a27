import { Unavailable } from '@anamnesis/core';
import { asUnavailable } from '../translate-error.js';
import { within } from '../within.js';
import type { Publishing } from './publishing.js';

/** Stores records of one partition, in order, one request at a time. What failed once is not used again. */
export interface LaneProducer {
  send(records: readonly LaneRecord[]): Promise<void>;
  /** Nothing it still holds can be stored after this. */
  fence(): void;
  close(): Promise<void>;
}

export interface LaneRecord {
  readonly key: string;
  readonly value: Uint8Array;
  readonly publishing: Publishing;
}

export interface LaneOptions {
  /** For messages: the topic and partition. */
  readonly name: string;
  readonly open: () => LaneProducer;
  /** Told before the callers of a failed request are. */
  readonly failed: (lane: Lane) => void;
  /** Told of each record that has left the lane, stored or failed. */
  readonly left: (record: LaneRecord) => void;
  readonly limits: LaneLimits;
}

export interface LaneLimits {
  /** From the call of `publish` to its answer, whatever happens. */
  readonly deadlineMs: number;
  /** Of one request; a larger record goes alone. */
  readonly batchBytes: number;
  readonly batchRecords: number;
}

/**
 * The way to one partition. One request is under way at a time: kafkajs gives the sequence numbers of a request whose
 * answer was lost to the next one, so a second one under way would be taken for a repetition and dropped, acknowledged.
 * Whatever arrives meanwhile forms the next request, so batches grow with the load.
 *
 * A failed request has an unknown fate. Everything that waits behind it fails with it, and so does what is put in before
 * the callers can have heard of it; nothing overtakes what they send again. The producer is cut off from the cluster
 * and replaced: a new one has a new producer id.
 */
export class Lane {
  readonly #options: LaneOptions;
  #waiting: LaneRecord[] = [];
  #producer: LaneProducer | undefined;
  #draining: Promise<void> | undefined;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  push(record: LaneRecord): void {
    this.#waiting.push(record);
    this.#draining ??= this.#drain();
  }

  /** Waits for what it has taken. */
  async close(): Promise<void> {
    await this.#draining;
    await this.#producer?.close();
  }

  async #drain(): Promise<void> {
    // Publishes of the same turn travel together.
    await Promise.resolve();
    for (let batch = this.#take(); batch.length > 0; batch = this.#take()) {
      try {
        await this.#send(batch);
      } catch (error) {
        this.#fail(batch, error);
        continue;
      }
      for (const record of batch) {
        this.#options.left(record);
        record.publishing.stored();
      }
    }
    // In the same step as the last look: a record put in later starts it anew.
    this.#draining = undefined;
  }

  async #send(batch: readonly LaneRecord[]): Promise<void> {
    const { limits, name, open } = this.#options;
    const oldest = batch[0]?.publishing.calledAtMs ?? 0;
    const leftMs = oldest + limits.deadlineMs - performance.now();
    if (leftMs <= 0) throw new Unavailable('bus', `${name}: waited for longer than ${limits.deadlineMs} ms`);
    this.#producer ??= open();
    await within(this.#producer.send(batch), Math.ceil(leftMs), name);
  }

  #take(): readonly LaneRecord[] {
    const { batchBytes, batchRecords } = this.#options.limits;
    const most = Math.min(this.#waiting.length, batchRecords);
    let count = 0;
    for (let bytes = 0; count < most; count++) {
      bytes += this.#waiting[count]?.value.length ?? 0;
      if (count > 0 && bytes > batchBytes) break;
    }
    return this.#waiting.splice(0, count);
  }

  #fail(batch: readonly LaneRecord[], cause: unknown): void {
    this.#producer?.fence();
    this.#producer = undefined;
    const failed = [...batch, ...this.#waiting];
    this.#waiting = [];
    this.#options.failed(this);
    const error = asUnavailable(this.#options.name, cause);
    const behind = new Unavailable('bus', `${this.#options.name}: a publish before this one failed`, { cause: error });
    const inHand = new Set(batch.map(({ publishing }) => publishing));
    for (const record of failed) {
      this.#options.left(record);
      record.publishing.fail(inHand.has(record.publishing) ? error : behind);
    }
  }
}
