import type { Row, RowValue } from '@anamnesis/core';
import { type AccessConnection, keyText } from '@anamnesis/fhir';
import { type AccessFile, openAccess } from '../sources/access/access-file.js';
import { AccessTable } from '../sources/access/access-table.js';
import { stableRead } from '../sources/access/stable-read.js';
import { passwordOf } from '../sources/password-of.js';
import type { LiveDatabase, LiveTable } from './live-database.js';

/** A person waits for it, and nothing is certified by it: one second without a change is quiet enough to look. */
const reading = { quietMs: 1000, lockedQuietMs: 3000, readsMax: 5, fileBytesMax: 2 ** 31 };

/** A copy of an Access file. Which columns are its keys the file does not tell through this reader: the rows do. */
export class AccessDatabase implements LiveDatabase {
  readonly #rows = new Map<string, readonly Row[]>();

  private constructor(
    private readonly bytes: Uint8Array,
    private readonly password: string | undefined,
  ) {}

  /** Throws `SourceFault`. */
  static async open(connection: AccessConnection, quietMs?: number): Promise<AccessDatabase> {
    const options = { ...reading, ...(quietMs !== undefined && { quietMs }) };
    const { bytes } = await stableRead(connection.path, options, new AbortController().signal);
    const hasPassword = connection.passwordFile !== undefined || connection.passwordVariable !== undefined;
    return new AccessDatabase(bytes, hasPassword ? passwordOf(connection) : undefined);
  }

  async tables(): Promise<readonly LiveTable[]> {
    const database = this.#open();
    return Promise.resolve(database.tableNames.sort().map((name) => tableOf(database, name)));
  }

  async table(name: string): Promise<LiveTable | undefined> {
    const database = this.#open();
    return Promise.resolve(database.tableNames.includes(name) ? tableOf(database, name) : undefined);
  }

  async namesBeside(): Promise<readonly string[]> {
    return Promise.resolve(this.#open().tableNames.sort());
  }

  async rows(table: string, count: number): Promise<readonly Row[]> {
    return Promise.resolve(this.#all(table).slice(0, count));
  }

  async find(table: string, columns: readonly string[], values: readonly RowValue[]): Promise<Row | undefined> {
    const wanted = keyText(values);
    return Promise.resolve(this.#all(table).find((row) => keyOf(row, columns) === wanted));
  }

  async keyProblem(table: string, key: readonly string[]): Promise<string | undefined> {
    const rows = this.#all(table);
    if (rows.some((row) => key.some((column) => (row[column] ?? null) === null)))
      return Promise.resolve('some rows have no value in these columns');
    const isUnique = new Set(rows.map((row) => keyOf(row, key))).size === rows.length;
    return Promise.resolve(isUnique ? undefined : 'several rows have the same values in these columns');
  }

  async close(): Promise<void> {
    this.#rows.clear();
    return Promise.resolve();
  }

  /** Of a copy for each opening, which changes it. */
  #open(): AccessFile {
    return openAccess(Uint8Array.from(this.bytes), this.password);
  }

  #all(table: string): readonly Row[] {
    const known = this.#rows.get(table);
    if (known !== undefined) return known;
    const rows = [...new AccessTable(this.#open(), { table, key: [] }).rows()];
    this.#rows.set(table, rows);
    return rows;
  }
}

function tableOf(database: AccessFile, name: string): LiveTable {
  const { columns } = new AccessTable(database, { table: name, key: [] });
  return { name, primaryKey: [], parents: [], columns: columns.map((one) => ({ name: one.name, type: one.type })) };
}

function keyOf(row: Row, columns: readonly string[]): string {
  return keyText(columns.map((column) => row[column] ?? null));
}
