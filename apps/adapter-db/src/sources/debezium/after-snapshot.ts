import type { RowChange } from '@anamnesis/core';

/** By topic and partition: the latest time of a snapshot's row, ISO 8601 UTC. Plain JSON, part of the position. */
export type FoundTimes = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface Ordered {
  readonly changes: readonly RowChange[];
  readonly found: string | undefined;
}

/**
 * Changes of a partition in its order, none told as made before a row that a snapshot found ahead of it. A snapshot's rows
 * have the time of the connector's clock; a change has that of the database's clock, of MariaDB and MySQL the second in
 * which its statement began. By these times a change right after a snapshot would be older than the row that it changed.
 */
export function afterSnapshot(changes: readonly RowChange[], foundBefore: string | undefined): Ordered {
  let found = foundBefore;
  const ordered = changes.map((change) => {
    if (change.op !== 'r') return found !== undefined && change.at < found ? { ...change, at: found } : change;
    if (found === undefined || change.at > found) found = change.at;
    return change;
  });
  return { changes: ordered, found };
}
