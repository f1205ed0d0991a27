import type { RowChange, RowValue } from '@anamnesis/core';
import type { Reading, RowBook } from '../../state/row-book.js';
import type { Snapshot } from './snapshot.js';

/** Rows in one batch. */
const batchRows = 500;

export interface Comparison {
  readonly book: Pick<RowBook, 'see' | 'unseen'>;
  /** Keys by table; parents before their children, as the mapping has them. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
  readonly reading: Reading;
  readonly deliver: (changes: readonly RowChange[]) => Promise<void>;
}

/**
 * Tells how the tables of a snapshot differ from what is known: new rows as `r`, others as `u`; then, children first,
 * rows that are gone as `d`. Resolves to how many there were of each.
 */
export async function compareTables(
  snapshot: Pick<Snapshot, 'rows'>,
  { book, keys, reading, deliver }: Comparison,
): Promise<Readonly<Record<'r' | 'u' | 'd', number>>> {
  const found = { r: 0, u: 0, d: 0 };
  let batch: RowChange[] = [];
  const told = { at: reading.at, position: `read-${reading.number}` };
  for (const [table, columns] of Object.entries(keys)) {
    for await (const after of snapshot.rows(table, columns)) {
      const key = keyOf(columns, after);
      const known = book.see(table, key, after);
      if (known === 'same') continue;
      const op = known === undefined ? 'r' : 'u';
      found[op]++;
      batch.push({ op, table, key, ...(known !== undefined && { before: known }), after, ...told });
      if (batch.length < batchRows) continue;
      await deliver(batch);
      batch = [];
    }
    if (batch.length > 0) await deliver(batch);
    batch = [];
  }
  for (const table of Object.keys(keys).reverse()) {
    for (let gone = book.unseen(table, batchRows); gone.length > 0; gone = book.unseen(table, batchRows)) {
      found.d += gone.length;
      await deliver(gone.map(({ key, row }) => ({ op: 'd', table, key, before: row, ...told })));
    }
  }
  return found;
}

/** The row's key as the mapping orders it. */
export function keyOf(columns: readonly string[], row: Readonly<Record<string, RowValue>>): readonly RowValue[] {
  return columns.map((column) => row[column] ?? null);
}
