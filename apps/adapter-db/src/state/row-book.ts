import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';
import { canonicalJson, type Row, type RowChange, type RowValue } from '@anamnesis/core';
import { convertersVersion, type ToldRow } from '@anamnesis/fhir';
import type { Batch, Position } from '../sources/row-source.js';
import { layOut } from './book-layout.js';
import { ParkedRows } from './parked-rows.js';
import { KnownRowWriter } from './known-row-writer.js';
import { type PendingRow, PendingRows, type Told } from './pending-rows.js';
import { type KnownRow, RowSeal, type SealedRow } from './row-seal.js';
import { ToldMappings } from './told-mappings.js';

/** A comparison of all rows with what is known. */
export interface Reading {
  readonly number: number;
  readonly at: string;
}

interface Stored {
  readonly key: string;
  readonly hash: string;
  readonly sealed: ArrayBuffer;
}

interface StoredTold extends Stored {
  readonly stated: string;
  readonly mapping: number;
}

/** A row with the number of the mapping by which it was told. */
export interface BookedRow extends ToldRow {
  readonly keyHash: string;
  readonly generation: number;
}

/** Canonical JSON of a row and its key, where it has been written before. */
export interface WrittenRow {
  readonly keyText?: string;
  readonly rowText?: string;
  /** Of a row that is gone: what leads rows of other tables on to their patient. */
  readonly left?: Row | undefined;
}

/** Held in memory of the file, and of what waits beside it to be folded back: rows are written all over it. */
const cacheKib = 16_000;
const logPagesMax = 8000;

const foundContext = 'found';

interface Place {
  readonly position: string | null;
  readonly reading: string | null;
  readonly readings: number;
  readonly compared: string | null;
  readonly stated: string;
}

/**
 * What was told of one source: its position, and each row as it was told last. One SQLite file per source, owned by one
 * process; rows are sealed and keys hashed. It mirrors the tables that are read: a row gone from them is gone from here.
 */
export class RowBook {
  readonly #database: Database.Database;
  readonly #statements: ReturnType<typeof prepare>;
  readonly parked: ParkedRows;
  readonly mappings: ToldMappings;
  readonly #seal: RowSeal;
  readonly #writer: KnownRowWriter;
  readonly #pending = new PendingRows();
  /** The latest time at which anything was stated of any row, of those that are not kept yet, too. */
  #stated: string;

  /** `secret` is the deployment's; `converters` the version of those that are at work. Throws SQLite's error: `SQLITE_BUSY` when another process has the file. */
  constructor(file: string, secret: Uint8Array, converters = convertersVersion) {
    this.#seal = new RowSeal(secret);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    this.#database = new Database(file);
    this.#database.pragma('locking_mode = EXCLUSIVE');
    this.#database.pragma('journal_mode = WAL');
    // What a loss of power takes back is told again, as the same events.
    this.#database.pragma('synchronous = NORMAL');
    this.#database.pragma(`cache_size = -${cacheKib}`);
    this.#database.pragma(`wal_autocheckpoint = ${logPagesMax}`);
    layOut(this.#database);
    this.#statements = prepare(this.#database);
    this.#writer = new KnownRowWriter(this.#database);
    this.parked = new ParkedRows(this.#database);
    this.mappings = new ToldMappings(this.#database, converters);
    this.#stated = this.#place().stated;
  }

  get position(): Position | undefined {
    const { position } = this.#place();
    return position === null ? undefined : (JSON.parse(position) as Position);
  }

  /** Rows as they are after these changes; kept with the position by `keep`, forgotten by `discard`. */
  apply(change: RowChange, told: Told = { statedAt: change.at }, written: WrittenRow = {}): void {
    this.#begin();
    const { op, table, key, after = {} } = change;
    if (op === 'd' && this.parked.counts.size > 0) this.parked.drop(table, this.hashOf(key));
    this.#stated = laterOf(this.#stated, told.statedAt);
    const { generation } = this.mappings;
    const { keyText = canonicalJson(key), left } = written;
    const one = { table, keyText, told, generation };
    if (op !== 'd') this.#pending.add({ ...one, row: after, rowText: written.rowText ?? canonicalJson(after) });
    else this.#pending.add({ ...one, left, ...(left !== undefined && { rowText: canonicalJson(left) }) });
  }

  /** The rows that were applied since this was asked last, to be sealed elsewhere and given to `addSealed`. */
  takeApplied(): readonly PendingRow[] {
    return this.#pending.take();
  }

  /** Of rows that were written or discarded meanwhile nothing is written. */
  addSealed(rows: readonly PendingRow[], sealed: readonly SealedRow[]): void {
    for (const [at, row] of rows.entries()) {
      const one = sealed[at];
      if (one !== undefined) row.sealed = one;
    }
  }

  /** Writes all that was applied, which whatever needs it written does; seals what was not sealed elsewhere. */
  write(): void {
    const rows = this.#pending.clear();
    if (rows.length === 0) return;
    this.#begin();
    this.#writer.write(rows.map((row) => ({ row, sealed: row.sealed ?? this.#seal.seal(row) })));
  }

  keep(position: Position): void {
    this.#begin();
    this.write();
    this.#statements.move.run(JSON.stringify(position), this.#stated);
    this.#statements.forgetFound.run();
    this.#commit();
  }

  /**
   * Keeps what a comparison found until `keep`, before it is told: when the process ends in between, nobody knows whether it
   * was told, and the rows may no longer be what was found. On the disk when it returns.
   */
  keepFound(found: Batch): void {
    if (this.#database.inTransaction) throw new Error('what was found is kept by itself, not with other changes');
    const sealed = this.#seal.sealText(JSON.stringify(found), foundContext);
    this.#database.pragma('synchronous = FULL');
    // In an array: the driver takes bytes alone for the list of values.
    this.#statements.keepFound.run([sealed]);
    this.#database.pragma('synchronous = NORMAL');
  }

  /** What was found and perhaps told: to be told as it stands, before anything else. */
  get found(): Batch | undefined {
    const [stored] = this.#statements.found.all() as { sealed: ArrayBuffer }[];
    return stored && (JSON.parse(this.#seal.openText(stored.sealed, foundContext)) as Batch);
  }

  discard(): void {
    this.#pending.clear();
    if (!this.#database.inTransaction) return;
    this.#database.exec('ROLLBACK');
    this.#stated = this.#place().stated;
    this.parked.settle(false);
  }

  /** All of it is kept, or nothing; outside of `apply` and `keep`. */
  within(work: () => void): void {
    this.#begin();
    try {
      work();
      this.#commit();
    } catch (problem) {
      this.discard();
      throw problem;
    }
  }

  /** What rows are looked for by; says nothing of the key. */
  hashOf(key: readonly RowValue[]): string {
    return this.#seal.hash(key);
  }

  find(table: string, key: readonly RowValue[]): Row | undefined {
    const pending = this.#pending.find(table, key);
    if (pending !== undefined) return pending.row;
    const keyHash = this.hashOf(key);
    const stored = this.#stored(table, keyHash);
    return stored === undefined ? undefined : this.#open(table, stored).row;
  }

  /**
   * When something was stated of a row last, as far as that was after `time`; of one that is gone, too. Rows whose times grow,
   * as nearly all do, are not looked for.
   */
  statedAfter(time: string, table: string, key: readonly RowValue[]): string | undefined {
    if (time >= this.#stated) return undefined;
    const pending = this.#pending.find(table, key);
    if (pending !== undefined) return pending.told.statedAt;
    const rows = this.#statements.stated.all({ table, key: this.hashOf(key) }) as { stated: string }[];
    return rows
      .map(({ stated }) => latestOf(stated))
      .sort()
      .at(-1);
  }

  /** What is left of a row that is gone, to lead to its patient those that were told with it. */
  left(table: string, key: readonly RowValue[]): Row | undefined {
    const pending = this.#pending.find(table, key);
    if (pending !== undefined) return pending.left;
    const [stored] = this.#statements.left.all(table, this.hashOf(key)) as Omit<Stored, 'hash'>[];
    return stored && this.#open(table, stored).row;
  }

  booked(table: string, keyHash: string): BookedRow | undefined {
    this.write();
    const [stored] = this.#statements.told.all(table, keyHash) as StoredTold[];
    return stored && this.#booked(table, stored);
  }

  /**
   * Of some rows of a table, in the order of their hashes, those that were told by an earlier mapping; and where to go on,
   * undefined at the end.
   */
  outdated(table: string, after: string, limit: number): { rows: readonly BookedRow[]; last: string | undefined } {
    const stored = this.#statements.some.all(table, after, limit) as StoredTold[];
    const { generation } = this.mappings;
    const rows = stored.filter(({ mapping }) => mapping < generation).map((one) => this.#booked(table, one));
    return { rows, last: stored.at(-1)?.key };
  }

  /** The row was told by the mapping in force. */
  toldAgain({ table, keyHash }: BookedRow): void {
    this.#statements.update.run(this.mappings.generation, table, keyHash);
  }

  /** When all rows were last compared with what was told, ISO 8601 UTC; undefined: never, or it was asked for since. */
  get comparedAt(): string | undefined {
    return this.#place().compared ?? undefined;
  }

  comparisonAsked(): void {
    this.#statements.compared.run([null]);
  }

  /** Its number is that of no comparison before, also none that was not ended. */
  beginReading(at: string): Reading {
    this.#database.exec('DELETE FROM seen_row');
    this.#statements.begin.run(at);
    return { number: this.#place().readings, at };
  }

  /** Notes that a row is there: `same` as known, the row `before` it, or undefined for one that was not known. */
  see(table: string, key: readonly RowValue[], row: Row): 'same' | Row | undefined {
    const keyHash = this.hashOf(key);
    this.#statements.see.run(table, keyHash);
    const stored = this.#stored(table, keyHash);
    if (stored === undefined) return undefined;
    return stored.hash === this.#seal.hash(row) ? 'same' : this.#open(table, stored).row;
  }

  /** Keeps a known row as it is now and tells nothing of it: what was said of it, and by which mapping, stays. */
  reshape(table: string, key: readonly RowValue[], row: Row): void {
    const { keyHash, content } = this.#seal.seal({ table, keyText: canonicalJson(key), rowText: canonicalJson(row) });
    if (content !== undefined) this.#statements.reshape.run(content.hash, content.sealed, table, keyHash);
  }

  /** Nothing is told of it: it is known by another key of the same text. */
  forget(table: string, key: readonly RowValue[]): void {
    this.#statements.forget.run(table, this.hashOf(key));
  }

  /** Known rows of a table that were not seen, up to so many. */
  unseen(table: string, limit: number): readonly KnownRow[] {
    return (this.#statements.unseen.all(table, limit) as Stored[]).map((one) => this.#open(table, one));
  }

  endReading(): void {
    this.#statements.end.run(new Date().toISOString());
    this.#database.exec('DELETE FROM seen_row');
  }

  /** Statements keep the driver's connection, and its locks, beyond `close`: they are given up before it. */
  close(): void {
    this.discard();
    this.#database.pragma('journal_mode = DELETE');
    this.#database.pragma('locking_mode = NORMAL');
    this.#database.pragma('user_version');
    this.#database.close();
  }

  /** All rows of a query, though there is one at most: `get` would leave it open, and the file in use. */
  #stored(table: string, key: string): Stored | undefined {
    return (this.#statements.find.all(table, key) as Stored[])[0];
  }

  #open(table: string, { key, sealed }: Omit<Stored, 'hash'>): KnownRow {
    return this.#seal.open(sealed, table, key);
  }

  #booked(table: string, stored: StoredTold): BookedRow {
    const statedAt = JSON.parse(stored.stated) as ToldRow['statedAt'];
    return { table, ...this.#open(table, stored), statedAt, keyHash: stored.key, generation: stored.mapping };
  }

  #commit(): void {
    this.#database.exec('COMMIT');
    this.parked.settle(true);
  }

  #begin(): void {
    if (!this.#database.inTransaction) this.#database.exec('BEGIN IMMEDIATE');
  }

  #place(): Place {
    const [place] = this.#statements.place.all() as Place[];
    if (place === undefined) throw new Error('the file of known rows has lost its place');
    return place;
  }
}

/** Of a known row by column, of one that is gone a time alone. */
function latestOf(stated: string): string {
  if (!stated.startsWith('{')) return stated;
  return Object.values(JSON.parse(stated) as ToldRow['statedAt']).reduce(laterOf, '');
}

function laterOf(a: string, b: string): string {
  return a > b ? a : b;
}

function prepare(database: Database.Database) {
  return {
    place: database.prepare('SELECT position, reading, readings, compared, stated FROM place'),
    move: database.prepare('UPDATE place SET position = ?, stated = ?'),
    begin: database.prepare('UPDATE place SET reading = ?, readings = readings + 1'),
    end: database.prepare('UPDATE place SET reading = NULL, compared = ?'),
    compared: database.prepare('UPDATE place SET compared = ?'),
    keepFound: database.prepare('INSERT OR REPLACE INTO found VALUES (1, ?)'),
    found: database.prepare('SELECT sealed FROM found'),
    forgetFound: database.prepare('DELETE FROM found'),
    find: database.prepare('SELECT key, hash, sealed FROM known_row WHERE name = ? AND key = ?'),
    stated: database.prepare(
      `SELECT stated FROM known_row WHERE name = :table AND key = :key
        UNION ALL SELECT stated FROM gone_row WHERE name = :table AND key = :key`,
    ),
    left: database.prepare('SELECT key, sealed FROM gone_row WHERE name = ? AND key = ? AND sealed IS NOT NULL'),
    told: database.prepare('SELECT key, hash, sealed, stated, mapping FROM known_row WHERE name = ? AND key = ?'),
    some: database.prepare(
      'SELECT key, hash, sealed, stated, mapping FROM known_row WHERE name = ? AND key > ? ORDER BY key LIMIT ?',
    ),
    update: database.prepare('UPDATE known_row SET mapping = ? WHERE name = ? AND key = ?'),
    reshape: database.prepare('UPDATE known_row SET hash = ?, sealed = ? WHERE name = ? AND key = ?'),
    forget: database.prepare('DELETE FROM known_row WHERE name = ? AND key = ?'),
    see: database.prepare('INSERT OR IGNORE INTO seen_row VALUES (?, ?)'),
    unseen: database.prepare(
      `SELECT key, hash, sealed FROM known_row k WHERE name = ?
        AND NOT EXISTS (SELECT 1 FROM seen_row s WHERE s.name = k.name AND s.key = k.key) LIMIT ?`,
    ),
  };
}
