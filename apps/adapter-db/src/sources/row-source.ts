import type { RowChange } from '@anamnesis/core';

/** Where a source stands, in its own terms; plain JSON, no patient data. */
export type Position = Readonly<Record<string, unknown>>;

/**
 * Changes that nobody can tell any more: the log was gone, and what they left is found by comparison, which follows; or
 * records that cannot be used.
 */
export interface Gap {
  /** `log-purged`, … */
  readonly reason: string;
  /** The last position before it. */
  readonly from: string;
  readonly at: string;
  /** Of the finding; `log-gap` unless said. */
  readonly rule?: string;
  /** Of the finding; absent: all rows were compared instead. */
  readonly text?: string;
}

/** Changes in the order in which they were made, and where the source stands when all of them are kept. */
export interface Batch {
  /** Comes before the changes. */
  readonly gap?: Gap;
  readonly changes: readonly RowChange[];
  readonly position: Position;
}

/** Resolves when the events are durable and the position is stored; a source waits for it before it delivers again. */
export type Deliver = (batch: Batch) => Promise<void>;

/**
 * What tells the changes of one hospital system's tables. Delivery is at least once: after a failure the source begins
 * again at the position that was stored last, and the same change has the same `position` and is the same event.
 */
export interface RowSource {
  /**
   * Reads until `stop`. Without a position everything is read first, as changes `r`. Lost connections are its own to
   * mend; rejects with `SourceFault` for what only a person can, and with what `deliver` threw.
   */
  start(from: Position | undefined, deliver: Deliver): Promise<void>;
  /** Resolves when nothing more is delivered. */
  stop(): Promise<void>;
}
