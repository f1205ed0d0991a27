import type { StatementOrder } from './ordered-statement.js';
import type { SlotSource } from './resource-state.js';

export function sourceOf({ eventId, statedAt, receivedAt }: StatementOrder): SlotSource {
  return { eventId, statedAt, receivedAt };
}

export function orderOf({ statedAt, receivedAt, eventId, position }: StatementOrder): StatementOrder {
  return { statedAt, receivedAt, eventId, ...(position !== undefined && { position }) };
}

/** Slot order is the order in which parts of one element are joined; it must not depend on which came first. */
export function sorted<Value>(entries: ReadonlyMap<string, Value>): Readonly<Record<string, Value>> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
