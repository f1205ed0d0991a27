import { canonicalJson, type Row, type RowChange, type RowValue } from '@anamnesis/core';
import type { Reading, RowBook } from '../../state/row-book.js';
import { keysOfSameText } from '../../state/same-text.js';
import type { Snapshot } from './snapshot.js';

/** Rows in one batch. */
const batchRows = 500;

export interface Comparison {
  readonly book: Pick<RowBook, 'see' | 'reshape' | 'unseen' | 'find' | 'forget'>;
  /** Keys by table; parents before their children, as the mapping has them. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
  /** That the mapping reads, by table; of a table that is not in it every column counts. */
  readonly columns?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly reading: Reading;
  readonly deliver: (changes: readonly RowChange[]) => Promise<void>;
}

/**
 * Tells how the tables of a snapshot differ from what is known: new rows as `r`, others as `u`; then, children first,
 * rows that are gone as `d`. Resolves to how many there were of each. A column that came or went and is not read by the
 * mapping is a change of the table, in no row of the log: it is kept, and tells nothing of any row.
 */
export async function compareTables(
  snapshot: Pick<Snapshot, 'rows'>,
  comparison: Comparison,
): Promise<Readonly<Record<'r' | 'u' | 'd', number>>> {
  const { book, keys, deliver } = comparison;
  const found = { r: 0, u: 0, d: 0 };
  for (const [table, columns] of Object.entries(keys)) {
    let batch: RowChange[] = [];
    for await (const after of snapshot.rows(table, columns)) {
      const change = changeOf(table, after, comparison);
      if (change === undefined) continue;
      found[change.op]++;
      batch.push(change);
      if (batch.length < batchRows) continue;
      await deliver(batch);
      batch = [];
    }
    if (batch.length > 0) await deliver(batch);
  }
  for (const table of Object.keys(keys).reverse()) {
    for (let gone = book.unseen(table, batchRows); gone.length > 0; gone = book.unseen(table, batchRows)) {
      const [others, really] = partition(gone, ({ key }) => isKnownOtherwise(table, key, book));
      for (const { key } of others) book.forget(table, key);
      found.d += really.length;
      await deliver(really.map(({ key, row }) => ({ op: 'd', table, key, before: row, ...toldIn(comparison) })));
    }
  }
  return found;
}

/** Its key became a number, or text: the row is there, and was told. */
function isKnownOtherwise(table: string, key: readonly RowValue[], book: Comparison['book']): boolean {
  return keysOfSameText(key).some((other) => book.find(table, other) !== undefined);
}

function partition<Item>(items: readonly Item[], is: (item: Item) => boolean): readonly [Item[], Item[]] {
  const [those, rest]: [Item[], Item[]] = [[], []];
  for (const item of items) (is(item) ? those : rest).push(item);
  return [those, rest];
}

function toldIn({ reading }: Comparison): { readonly at: string; readonly position: string } {
  return { at: reading.at, position: `read-${reading.number}` };
}

/** What a row that is there tells; undefined: nothing. */
function changeOf(
  table: string,
  after: Row,
  comparison: Comparison,
): (RowChange & { readonly op: 'r' | 'u' }) | undefined {
  const { book, keys, columns } = comparison;
  const key = keyOf(keys[table] ?? [], after);
  const before = book.see(table, key, after);
  if (before === 'same') return undefined;
  if (before === undefined) return { op: 'r', table, key, after, ...toldIn(comparison) };
  if (!isOnlyReshaped(before, after, columns?.[table]))
    return { op: 'u', table, key, before, after, ...toldIn(comparison) };
  book.reshape(table, key, after);
  return undefined;
}

/** Do two forms of a row differ in nothing but columns that one of them lacks, none of them one that is `read`? */
function isOnlyReshaped(known: Row, now: Row, read: readonly string[] | undefined): boolean {
  if (read === undefined) return false;
  return Object.keys({ ...known, ...now }).every((column) => {
    const [before, after] = [known[column], now[column]];
    if (before === undefined || after === undefined) return !read.includes(column);
    return before === after || canonicalJson(before) === canonicalJson(after);
  });
}

/** The row's key as the mapping orders it. */
export function keyOf(columns: readonly string[], row: Readonly<Record<string, RowValue>>): readonly RowValue[] {
  return columns.map((column) => row[column] ?? null);
}
