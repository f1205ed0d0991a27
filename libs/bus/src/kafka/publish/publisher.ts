import { Unavailable } from '@anamnesis/core';
import { deadLetterBytesMore } from '../../dead-letter.js';
import { type BusRecord, recordBytesMax } from '../../event-bus.js';
import { partitionOf } from '../../partition-of.js';
import { encodeRecord } from '../../record-codec.js';
import { isDeadTopic, type Topic } from '../../topics.js';
import { Lane, type LaneLimits, type LaneProducer, type LaneRecord } from './lane.js';
import { Publishing } from './publishing.js';
import { ShutLanes } from './shut-lanes.js';

export interface PublisherLimits extends LaneLimits {
  /** Of all lanes, waiting and under way. */
  readonly recordsUnderWayMax: number;
  readonly bytesUnderWayMax: number;
}

export const publisherLimits: PublisherLimits = {
  deadlineMs: 10_000,
  batchBytes: 1024 * 1024,
  batchRecords: 1_000,
  recordsUnderWayMax: 20_000,
  bytesUnderWayMax: 128 * 1024 * 1024,
};

export interface PublisherOptions {
  readonly open: (topic: Topic, partition: number) => LaneProducer;
  readonly limits?: PublisherLimits;
}

interface Placed {
  readonly lane: Lane;
  readonly record: LaneRecord;
}

/** `publish` of the port: finds each record's partition and lane, and refuses what does not fit. */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #limits: PublisherLimits;
  readonly #lanes = new Map<string, Lane>();
  readonly #shut = new ShutLanes<Lane>();
  #recordsUnderWay = 0;
  #bytesUnderWay = 0;
  #isClosed = false;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#limits = options.limits ?? publisherLimits;
  }

  /** In the lanes before it returns: the order of the calls is the order of the records. */
  async publish(topic: Topic, records: readonly BusRecord[]): Promise<void> {
    if (this.#isClosed) throw new Unavailable('bus', 'closed');
    const publishing = new Publishing(records.length);
    const placed = this.#place(topic, records, publishing);
    if (placed.length === 0) return;
    const refusal = this.#admit(placed);
    if (refusal !== undefined) {
      await this.#shut.add(placed.map(({ lane }) => lane));
      throw refusal;
    }
    for (const { lane, record } of placed) lane.push(record);
    await publishing.done;
  }

  /** Waits for what was taken: until it is stored, or until its deadline. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#lanes.values()].map((lane) => lane.close()));
  }

  #place(topic: Topic, records: readonly BusRecord[], publishing: Publishing): readonly Placed[] {
    const sizeBytesMax = isDeadTopic(topic) ? recordBytesMax + deadLetterBytesMore : recordBytesMax;
    return records.map((record) => ({
      lane: this.#lane(topic, partitionOf(topic, record.key)),
      record: { key: record.key, value: encodeRecord(record, sizeBytesMax), publishing },
    }));
  }

  /** Why a call is refused. It fails those behind it like any other: its lanes take nothing until its caller knows. */
  #admit(placed: readonly Placed[]): Unavailable | undefined {
    const bytes = placed.reduce((sum, { record }) => sum + record.value.length, 0);
    const { recordsUnderWayMax, bytesUnderWayMax } = this.#limits;
    // What is over a limit by itself goes alone.
    const isFull =
      this.#recordsUnderWay > 0 &&
      (this.#recordsUnderWay + placed.length > recordsUnderWayMax || this.#bytesUnderWay + bytes > bytesUnderWayMax);
    if (isFull) return new Unavailable('bus', 'too much under way');
    if (placed.some(({ lane }) => this.#shut.has(lane)))
      return new Unavailable('bus', 'a publish before this one failed');
    this.#recordsUnderWay += placed.length;
    this.#bytesUnderWay += bytes;
    return undefined;
  }

  #lane(topic: Topic, partition: number): Lane {
    const name = `${topic} ${partition}`;
    const lane =
      this.#lanes.get(name) ??
      new Lane({
        name,
        open: () => this.#options.open(topic, partition),
        limits: this.#limits,
        failed: (one) => void this.#shut.add([one]),
        left: ({ value }) => {
          this.#recordsUnderWay--;
          this.#bytesUnderWay -= value.length;
        },
      });
    this.#lanes.set(name, lane);
    return lane;
  }
}
