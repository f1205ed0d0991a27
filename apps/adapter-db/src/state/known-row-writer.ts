import type Database from 'libsql';
import type { PendingRow } from './pending-rows.js';
import type { SealedRow } from './row-seal.js';

/** Rows in one statement: with one each, half of what a row costs is asking the driver. */
const rowsAtOnce = 20;

export interface RowToWrite {
  readonly row: PendingRow;
  readonly sealed: SealedRow;
}

type Values = readonly [table: string, key: string, hash: string, sealed: Uint8Array, stated: string, mapping: number];

/** Writes known rows, those of one key in the order of its changes. */
export class KnownRowWriter {
  readonly #statements: ReturnType<typeof prepare>;
  /** Whole rows that wait to be as many as one statement takes. */
  #whole: Values[] = [];

  constructor(database: Database.Database) {
    this.#statements = prepare(database);
  }

  /** In the order of their keys, so that a page of the file is written once for all rows that it has room for. */
  write(rows: RowToWrite[]): void {
    // Sorting keeps what is equal in its order.
    rows.sort(byKey);
    for (const one of rows) this.#write(one);
    this.#putRest();
  }

  #write({ row: { table, row, told, generation }, sealed: { keyHash, content } }: RowToWrite): void {
    const { statedAt, columns } = told;
    if (row !== undefined && content !== undefined) {
      const stated = JSON.stringify({ '': statedAt });
      const values: Values = [table, keyHash, content.hash, content.sealed, stated, generation];
      if (columns === undefined) {
        this.#put(values);
        return;
      }
      this.#putRest();
      this.#statements.change.run(...values, timesOf(columns, statedAt));
      return;
    }
    this.#putRest();
    this.#statements.remove.run(table, keyHash);
    this.#statements.gone.run(table, keyHash, statedAt, content?.sealed ?? null);
  }

  #put(values: Values): void {
    if (this.#whole.push(values) < rowsAtOnce) return;
    this.#statements.putMany.run(...this.#whole.flat());
    this.#whole = [];
  }

  /** Also before a change of another kind: it may be one of the same row. */
  #putRest(): void {
    for (const values of this.#whole) this.#statements.put.run(...values);
    this.#whole = [];
  }
}

function byKey(a: RowToWrite, b: RowToWrite): number {
  if (a.row.table !== b.row.table) return a.row.table < b.row.table ? -1 : 1;
  if (a.sealed.keyHash === b.sealed.keyHash) return 0;
  return a.sealed.keyHash < b.sealed.keyHash ? -1 : 1;
}

function timesOf(columns: readonly string[], statedAt: string): string {
  return JSON.stringify(Object.fromEntries(columns.map((column) => [column, statedAt])));
}

function prepare(database: Database.Database) {
  const row = '(?, ?, ?, ?, ?, ?)';
  const put = (rows: readonly string[]) => `INSERT INTO known_row (name, key, hash, sealed, stated, mapping)
    VALUES ${rows.join(', ')} ON CONFLICT (name, key) DO UPDATE SET hash = excluded.hash, sealed = excluded.sealed`;
  return {
    put: database.prepare(`${put([row])}, stated = excluded.stated, mapping = excluded.mapping`),
    putMany: database.prepare(
      `${put(Array<string>(rowsAtOnce).fill(row))}, stated = excluded.stated, mapping = excluded.mapping`,
    ),
    // What was not changed was stated before, by the mapping of then.
    change: database.prepare(`${put([row])}, stated = json_patch(stated, ?)`),
    gone: database.prepare('INSERT OR REPLACE INTO gone_row VALUES (?, ?, ?, ?)'),
    remove: database.prepare('DELETE FROM known_row WHERE name = ? AND key = ?'),
  };
}
