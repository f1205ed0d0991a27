import { canonicalJson, type RowChange } from '@anamnesis/core';
import type { RowBook } from '../../state/row-book.js';
import type { BinlogPlace } from './binlog-place.js';

/** Guards after which the rows that are known of a table may all be gone, with no row of the log that says so. */
const emptying: readonly string[] = ['truncate', 'table-gone'];

/**
 * Tables that were emptied at once, until all rows are compared. A dump that is restored, or a table that is loaded anew every
 * night, drops all rows and inserts most of them again: those are known, and what is told of them is what is different.
 */
export class EmptiedTables {
  readonly #tables = new Set<string>();

  constructor(private readonly book: Pick<RowBook, 'find'>) {}

  /** True: one of them empties a table. */
  note(guards: readonly { readonly guard: string; readonly tables?: readonly string[] }[]): boolean {
    const tables = guards.filter(({ guard }) => emptying.includes(guard)).flatMap((one) => one.tables ?? []);
    for (const table of tables) this.#tables.add(table);
    return tables.length > 0;
  }

  /** As a place remembers them. True: there are some. */
  remember(tables: BinlogPlace['emptied'] = []): boolean {
    for (const table of tables) this.#tables.add(table);
    return tables.length > 0;
  }

  /** The place, and with it what has to be known of these tables when it is gone on from there. */
  at(place: BinlogPlace): BinlogPlace {
    return this.#tables.size === 0 ? place : { ...place, emptied: [...this.#tables] };
  }

  isRefilledBy(changes: readonly RowChange[]): boolean {
    return changes.some(({ op, table }) => op === 'c' && this.#tables.has(table));
  }

  /** Of changes that follow what is known: an insert of a known row is its change, or nothing. */
  told(changes: readonly RowChange[]): readonly RowChange[] {
    if (!this.isRefilledBy(changes)) return changes;
    const changed = new Set<string>();
    return changes.flatMap((change) => {
      const row = `${change.table} ${canonicalJson(change.key)}`;
      const isFirst = !changed.has(row);
      changed.add(row);
      return isFirst ? this.#told(change) : [change];
    });
  }

  compared(): void {
    this.#tables.clear();
  }

  #told(change: RowChange): readonly RowChange[] {
    const { op, table, key, after } = change;
    const known = op === 'c' && this.#tables.has(table) ? this.book.find(table, key) : undefined;
    if (known === undefined || after === undefined) return [change];
    return canonicalJson(known) === canonicalJson(after) ? [] : [{ ...change, op: 'u', before: known }];
  }
}
