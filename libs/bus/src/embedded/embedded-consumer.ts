import { setTimeout as sleep } from 'node:timers/promises';
import { Unavailable } from '@anamnesis/core';
import { deadLetter } from '../dead-letter.js';
import { backOff, Delivery } from '../deliver.js';
import {
  batchLimits,
  type ConsumeOptions,
  type Consumer,
  type DeliveredRecord,
  type Refusal,
  type ReportDefect,
} from '../event-bus.js';
import { decodeRecord } from '../record-codec.js';
import { deadTopicOf, type Topic } from '../topics.js';
import type { LogClient } from './log-client.js';
import type { Appended, Place, StoredRecord } from './log-protocol.js';
import { toAppend } from './to-append.js';
import { Wake } from '../wake.js';

/** A consumer that waited lets records gather so long before it reads. */
const lingerMs = 75;

export interface ConsumerContext {
  readonly log: LogClient;
  readonly places: readonly Place[];
  readonly report: ReportDefect;
}

/** One loop per partition, each with its own place; the consumer stops as a whole. */
export class EmbeddedConsumer implements Consumer {
  readonly caughtUp: Promise<void>;
  readonly done: Promise<void>;
  readonly #options: ConsumeOptions;
  readonly #context: ConsumerContext;
  readonly #stopping = new AbortController();
  readonly #wakes: readonly Wake[];
  readonly #behind: Set<number>;
  #resolveCaughtUp!: () => void;

  constructor(options: ConsumeOptions, context: ConsumerContext) {
    this.#options = options;
    this.#context = context;
    this.#wakes = context.places.map(() => new Wake());
    this.#behind = new Set(context.places.map(({ partition }) => partition));
    const reached = new Promise<void>((resolve) => (this.#resolveCaughtUp = resolve));
    for (const place of context.places) this.#arrive(place, place.position);
    this.done = this.#run();
    const ended = this.done.then(() => {
      throw new Unavailable('bus', `${options.topic} ${options.group}: stopped before it had caught up`);
    });
    this.caughtUp = Promise.race([reached, ended]);
    // Whoever does not ask is told by `report`; never an unhandled rejection.
    for (const promise of [this.done, this.caughtUp]) promise.catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#halt();
    await this.done.catch(() => undefined);
  }

  ring({ topic, partitions }: Appended): void {
    if (topic === this.#options.topic) for (const partition of partitions) this.#wakes[partition]?.notify();
  }

  /** Has every loop look again, whether or not there is anything. */
  ringAll(): void {
    for (const wake of this.#wakes) wake.notify();
  }

  #halt(): void {
    this.#stopping.abort();
    this.ringAll();
  }

  async #run(): Promise<void> {
    let failure: { error: unknown } | undefined;
    const loops = this.#context.places.map((place) =>
      this.#deliver(place).catch((error: unknown) => {
        failure ??= { error };
        this.#halt();
      }),
    );
    await Promise.all(loops);
    if (failure) throw failure.error;
  }

  async #deliver(place: Place): Promise<void> {
    const { topic } = this.#options;
    const { partition } = place;
    const { signal } = this.#stopping;
    const settle = (records: readonly DeliveredRecord[], refusals: readonly Refusal[]) =>
      this.#settle(partition, records, refusals);
    const delivery = new Delivery({ ...this.#options, settle, signal, report: this.#context.report });
    let position = place.position;
    while (!signal.aborted) {
      const records = await this.#read(partition, position);
      if (records === undefined) return;
      const last = records.at(-1);
      if (last === undefined) {
        this.#arrive(place, place.end);
        await this.#wakes[partition]?.sleep();
        // Where records come one by one, a batch of a few costs its handler hardly more than a batch of one.
        await sleep(lingerMs, undefined, { signal }).catch(() => undefined);
      } else if (await delivery.deliver(records.map((record) => toDelivered(topic, partition, record)))) {
        position = last.offset;
        this.#arrive(place, position);
      }
    }
  }

  /** Waits out a log that cannot be read now; throws when it is gone. Nothing when the consumer was stopped. */
  async #read(partition: number, after: number): Promise<readonly StoredRecord[] | undefined> {
    const { topic, batchRecordsMax = batchLimits.records } = this.#options;
    const limit = { ...batchLimits, records: batchRecordsMax };
    for (let attempt = 0; !this.#stopping.signal.aborted; attempt++) {
      try {
        return await this.#context.log.request({ kind: 'read', topic, partition, after, limit });
      } catch (error) {
        if (!(error instanceof Unavailable) || this.#context.log.isEnded) throw error;
        await backOff(attempt, this.#stopping.signal);
      }
    }
    return undefined;
  }

  async #settle(partition: number, records: readonly DeliveredRecord[], refusals: readonly Refusal[]): Promise<void> {
    const { topic, group, from = 'group' } = this.#options;
    const letters = refusals.map((refusal) => deadLetter(group, refusal));
    const dead = letters.length > 0 ? toAppend(deadTopicOf(topic, group), letters) : undefined;
    if (from === 'start' && dead === undefined) return;
    const mover = from === 'group' ? group : undefined;
    const offset = records.at(-1)?.offset ?? 0;
    await this.#context.log.request({ kind: 'settle', topic, partition, group: mover, offset, dead });
  }

  #arrive({ partition, end }: Place, position: number): void {
    if (position < end || !this.#behind.delete(partition)) return;
    if (this.#behind.size === 0) this.#resolveCaughtUp();
  }
}

function toDelivered(
  topic: Topic,
  partition: number,
  { offset, key, value, appendedAtMs }: StoredRecord,
): DeliveredRecord {
  return { topic, partition, offset, key, appendedAt: new Date(appendedAtMs), ...decodeRecord(value) };
}
