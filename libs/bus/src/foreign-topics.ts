import type { KafkaConnection } from './kafka/kafka-options.js';

/** By topic and partition: the offset of the next record. Plain JSON. */
export type ForeignOffsets = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** A record that others wrote, as it stands in their topic. */
export interface ForeignRecord {
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly timestampMs: number;
}

/** Consecutive records of one partition; may be none, where only the place moved. */
export interface ForeignBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly ForeignRecord[];
  /** Offset behind them: reading goes on there. */
  readonly next: number;
  /** The offset that was asked for is no longer, or not yet, in the topic; `next` is its oldest record. */
  readonly lost?: { readonly from: number; readonly reason: 'topic-purged' | 'topic-replaced' };
}

export type ForeignFault =
  'topic-missing' | 'not-authorised' | 'not-authenticated' | 'certificate-refused' | 'unreachable' | 'unreadable';

/** Why topics cannot be read. Names topics and what the broker said, and nothing of a record. */
export class ForeignTopicsError extends Error {
  override readonly name = 'ForeignTopicsError';

  constructor(
    readonly fault: ForeignFault,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** All whose names begin so, looked for again every half minute. */
export interface TopicsOfPrefix {
  readonly prefix: string;
  /** Topics whose names end so come first, in this order. */
  readonly endings: readonly string[];
}

export interface ForeignTopicsOptions {
  readonly connection: KafkaConnection;
  /** A topic is read to its end before those behind it are begun; then all are read together. */
  readonly topics: readonly string[] | TopicsOfPrefix;
  /** A partition that is not in it is read from its oldest record. */
  readonly from: ForeignOffsets;
  /** One call at a time; those of a partition are in its order. What it throws ends the reading and is thrown. */
  readonly handle: (batch: ForeignBatch) => Promise<void>;
  /** After each round: so many records are in the topics and were not handled. */
  readonly waiting: (records: number) => void;
  readonly signal: AbortSignal;
}
