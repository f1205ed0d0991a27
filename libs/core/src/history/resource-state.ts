import type { Json } from '../canonical-json.js';
import type { EventId } from '../event-id.js';
import type { StatementOrder } from './ordered-statement.js';

/** The statement that a value comes from. */
export interface SlotSource {
  readonly eventId: EventId;
  /** ISO 8601 UTC: the source's claim. */
  readonly statedAt: string;
  /** ISO 8601 UTC: ours. */
  readonly receivedAt: string;
}

/** What all statements about one resource, taken together, say now. Plain JSON: may be stored and read back. */
export interface ResourceState {
  readonly resourceType: string;
  readonly id: string;
  /** Value by slot; see `Statement.slots`. */
  readonly slots: Readonly<Record<string, Json>>;
  /** Origin of each slot in `slots`. */
  readonly sources: Readonly<Record<string, SlotSource>>;
  /** The last statement in the order of the fold: a newer one may be applied to this state as it is. */
  readonly last: StatementOrder;
  /** A withdrawal is among its statements: when another patient is named, all have to be folded again. */
  readonly isWithdrawn?: true;
  /**
   * Lists that have it, '' for what no list can end; empty: all that had it have left it out. Absent: no list ever had it.
   */
  readonly claims?: readonly string[];
  /** Of a Patient: what was listed, by the name of the list. */
  readonly lists?: Readonly<Record<string, ListState>>;
}

export interface ListState {
  readonly resourceType: string;
  /** All that the list ever had, in the order of their ids. */
  readonly known: readonly string[];
  /** The last time that all of it was sent; absent: never yet. */
  readonly last?: StatementOrder;
}
