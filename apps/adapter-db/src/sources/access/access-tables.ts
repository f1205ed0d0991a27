import MDBReader, { type Column, type Table } from 'mdb-reader';
import { type Row, type RowValue } from '@anamnesis/core';
import { SourceFault } from '../source-fault.js';
import { hideOrphans } from './hide-orphans.js';
import { rowValue } from './row-value.js';

/** An open one. */
export type AccessFile = MDBReader;

/** What of a table is read. */
export interface TableSpec {
  readonly table: string;
  /** Columns that tell its rows apart; empty: equal rows are counted, and a change is a delete and an insert. */
  readonly key: readonly string[];
}

/** Of a table as it is now, to be compared with what it was. */
export interface ColumnShape {
  readonly name: string;
  /** Of mdb-reader: `text`, `long`, `datetime`, … */
  readonly type: string;
}

/** Rows in one call of mdb-reader: each call walks the table's pages from the first. */
const sliceRows = 20_000;

/**
 * Opens a private copy of a database file, Jet 3 (Access 97) to ACE (Access 2019). The reader changes negative currency and
 * GUIDs inside `bytes` while it reads them: a copy is read once and then thrown away.
 */
export function openAccess(bytes: Uint8Array, password?: string): MDBReader {
  let database: MDBReader;
  try {
    hideOrphans(bytes);
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    database = new MDBReader(buffer, { password });
  } catch (cause) {
    throw openingFault(cause, password !== undefined);
  }
  // Jet files are readable without the password that Access asks for; who set it did not mean that.
  if (isJet(bytes) && (database.getPassword() ?? '') !== (password ?? '')) throw passwordFault(password !== undefined);
  return database;
}

/** Jet 3 and Jet 4 by the version byte; later files have their password in the encryption of their pages. */
function isJet(bytes: Uint8Array): boolean {
  return (bytes[0x14] ?? 0) <= 1;
}

function openingFault(cause: unknown, hasPassword: boolean): SourceFault {
  const { message } = cause as Error;
  if (message === 'Wrong password') return passwordFault(hasPassword);
  if (/encrypt|not implemented|algorithm|hash|key size|salt/i.test(message))
    return new SourceFault('access-encrypted', 'the file is encrypted in a way that cannot be read', { cause });
  return new SourceFault('access-unreadable', 'the file is no Access database, or a broken one', { cause });
}

function passwordFault(hasPassword: boolean): SourceFault {
  const what = hasPassword ? 'the password is not that of the file' : 'the file has a password and none is set';
  return new SourceFault('access-password', what);
}

/** The names of its tables, without those of Access itself and links to other files. */
export function tableNames(database: MDBReader): string[] {
  return database.getTableNames().filter((name) => !name.startsWith('MSys'));
}

/** A table that is there with every column that is asked for, and the columns that are read. */
export class AccessTable {
  readonly columns: readonly Column[];
  /** Multi-value and attachment columns: what they hold is rows of hidden tables, not a value. */
  readonly skipped: readonly string[];
  readonly #table: Table;

  constructor(
    database: MDBReader,
    readonly spec: TableSpec,
  ) {
    const { table, key } = spec;
    if (!tableNames(database).includes(table))
      throw new SourceFault('access-table-missing', `table ${table} is not in the file`);
    this.#table = guarded(table, () => database.getTable(table));
    const all = guarded(table, () => this.#table.getColumns());
    for (const name of key)
      if (!all.some((one) => one.name === name))
        throw new SourceFault('access-column-missing', `table ${table} has no column ${name}`);
    this.columns = all.filter(({ type }) => type !== 'complex');
    this.skipped = all.flatMap(({ type, name }) => (type === 'complex' ? [name] : []));
  }

  get shape(): readonly ColumnShape[] {
    return this.columns.map(({ name, type }) => ({ name, type }));
  }

  /** Every row, in the order of the file. Throws when there are not as many as the table's own count says: a torn copy. */
  *rows(): Generator<Row> {
    const names = this.columns.map(({ name }) => name);
    let count = 0;
    for (;;) {
      const slice = guarded(this.spec.table, () =>
        this.#table.getData<Record<string, never>>({ columns: names, rowOffset: count, rowLimit: sliceRows }),
      );
      for (const raw of slice) yield this.#row(raw);
      count += slice.length;
      if (slice.length < sliceRows) break;
    }
    const expected = this.#table.rowCount;
    if (count !== expected)
      throw new SourceFault('access-torn', `table ${this.spec.table}: ${count} rows, its own count is ${expected}`);
  }

  #row(raw: Record<string, unknown>): Row {
    const row: Record<string, RowValue> = {};
    for (const column of this.columns) row[column.name] = rowValue(raw[column.name], column);
    return row;
  }
}

/** The reader throws whatever a wrong byte leads it to. */
function guarded<Result>(table: string, read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    throw new SourceFault('access-torn', `table ${table} cannot be read: its pages do not fit together`, { cause });
  }
}
