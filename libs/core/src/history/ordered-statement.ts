import { canonicalJson } from '../canonical-json.js';
import type { EventId } from '../event-id.js';
import type { Statement } from '../statement.js';

/** A statement with what places it among all statements about its resource. */
export interface OrderedStatement extends Statement {
  readonly eventId: EventId;
  /** When we took the message (ISO 8601 UTC). */
  readonly receivedAt: string;
  /** Place among the event's statements, from 0; absent counts as 0. */
  readonly position?: number;
  /** Made by `endOf`: the list that leaves the resource out. */
  readonly ends?: string;
}

/** What `compareStatements` looks at first; enough to place a statement after those already folded. */
export type StatementOrder = Pick<OrderedStatement, 'statedAt' | 'receivedAt' | 'eventId' | 'position'>;

/**
 * The order of the fold: when the source made the statement, then when we received it, then the event id and the place
 * inside the event. Total: two statements that compare equal are the same statement. Never depends on arrival.
 */
export function compareStatements(a: OrderedStatement, b: OrderedStatement): number {
  return compareOrder(a, b) || compareText(canonicalJson(a), canonicalJson(b));
}

/** `compareStatements` without its last resort. */
export function compareOrder(a: StatementOrder, b: StatementOrder): number {
  return (
    compareText(a.statedAt, b.statedAt) ||
    compareText(a.receivedAt, b.receivedAt) ||
    compareText(a.eventId, b.eventId) ||
    (a.position ?? 0) - (b.position ?? 0)
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
