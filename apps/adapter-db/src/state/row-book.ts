import { hkdfSync } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';
import {
  base32,
  canonicalJson,
  keyedHash,
  type Row,
  type RowChange,
  type RowValue,
  seal,
  unseal,
} from '@anamnesis/core';
import type { Position } from '../sources/row-source.js';

/** Of the tables below. */
const layout = 1;

const schema = `
  CREATE TABLE IF NOT EXISTS place (id INTEGER PRIMARY KEY CHECK (id = 1), position TEXT, reading TEXT, readings INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS known_row (
    name TEXT NOT NULL, key TEXT NOT NULL, hash TEXT NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (name, key)
  ) WITHOUT ROWID;
  CREATE TEMP TABLE seen_row (name TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (name, key)) WITHOUT ROWID;
  INSERT OR IGNORE INTO place VALUES (1, NULL, NULL, 0);`;

/** A comparison of all rows with what is known, as long as it goes on. It keeps number and time when it is begun again. */
export interface Reading {
  readonly number: number;
  readonly at: string;
}

interface Stored {
  readonly key: string;
  readonly hash: string;
  readonly sealed: ArrayBuffer;
}

interface KnownRow {
  readonly key: readonly RowValue[];
  readonly row: Row;
}

/** A row as it was applied, and not yet written; without content: it is gone. */
interface PendingRow {
  readonly table: string;
  readonly keyText: string;
  readonly key: string;
  readonly row: Row | undefined;
}

/** Pages of the file that are held in memory, and those that wait in the log beside it: rows are written all over the file. */
const cacheKib = 16_000;
const logPagesMax = 8000;

interface Place {
  readonly position: string | null;
  readonly reading: string | null;
  readonly readings: number;
}

/**
 * What was told of one source: its position, and each row as it was told last. One SQLite file per source, owned by one
 * process; rows are sealed and keys hashed. It mirrors the tables that are read: a row gone from them is gone from here.
 */
export class RowBook {
  readonly #database: Database.Database;
  readonly #statements: ReturnType<typeof prepare>;
  readonly #hashSecret: Uint8Array;
  readonly #sealSecret: Uint8Array;
  readonly #pending = new Map<string, PendingRow>();

  /** `secret` is the deployment's. Throws SQLite's error: `SQLITE_BUSY` when another process has the file. */
  constructor(file: string, secret: Uint8Array) {
    this.#hashSecret = derive(secret, 'anamnesis known row hash');
    this.#sealSecret = derive(secret, 'anamnesis known row seal');
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    this.#database = new Database(file);
    this.#database.pragma('locking_mode = EXCLUSIVE');
    this.#database.pragma('journal_mode = WAL');
    // What a loss of power takes back is told again, as the same events.
    this.#database.pragma('synchronous = NORMAL');
    this.#database.pragma(`cache_size = -${cacheKib}`);
    this.#database.pragma(`wal_autocheckpoint = ${logPagesMax}`);
    this.#database.exec(schema);
    this.#database.pragma(`user_version = ${layout}`);
    this.#statements = prepare(this.#database);
  }

  get position(): Position | undefined {
    const { position } = this.#place();
    return position === null ? undefined : (JSON.parse(position) as Position);
  }

  /** Rows as they are after these changes; kept with the position by `keep`, forgotten by `discard`. */
  apply({ op, table, key: values, after = {} }: RowChange): void {
    const keyText = canonicalJson(values);
    const key = this.#hash(keyText);
    this.#pending.set(contextOf(table, key), { table, keyText, key, row: op === 'd' ? undefined : after });
  }

  /** Seals and writes what was applied, many rows at once; `keep` does it with what is left. */
  write(): void {
    if (!this.#database.inTransaction) this.#database.exec('BEGIN IMMEDIATE');
    for (const [context, { table, keyText, key, row }] of this.#pending) {
      if (row === undefined) {
        this.#statements.remove.run(table, key);
        continue;
      }
      const rowText = canonicalJson(row);
      const plain = Buffer.from(`{"key":${keyText},"row":${rowText}}`, 'utf8');
      this.#statements.put.run(table, key, this.#hash(rowText), seal(this.#sealSecret, plain, context));
    }
    this.#pending.clear();
  }

  keep(position: Position): void {
    this.write();
    this.#statements.move.run(JSON.stringify(position));
    this.#database.exec('COMMIT');
  }

  discard(): void {
    this.#pending.clear();
    if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
  }

  find(table: string, values: readonly RowValue[]): Row | undefined {
    const key = this.#hash(canonicalJson(values));
    const pending = this.#pending.get(contextOf(table, key));
    if (pending !== undefined) return pending.row;
    const stored = this.#stored(table, key);
    return stored === undefined ? undefined : this.#open(table, stored).row;
  }

  /** The comparison that was begun and not ended, unless something was told `after` it began; else a new one. */
  beginReading(at: string, after: string): Reading {
    this.#database.exec('DELETE FROM seen_row');
    const { reading, readings } = this.#place();
    if (reading !== null && reading > after) return { number: readings, at: reading };
    this.#statements.begin.run(at);
    return { number: readings + 1, at };
  }

  /** Notes that a row is there, once what was applied is kept: `same` as known, the row `before` it, or undefined for one that was not known. */
  see(table: string, key: readonly RowValue[], row: Row): 'same' | Row | undefined {
    const keyHash = this.#hash(canonicalJson(key));
    this.#statements.see.run(table, keyHash);
    const stored = this.#stored(table, keyHash);
    if (stored === undefined) return undefined;
    return stored.hash === this.#hash(canonicalJson(row)) ? 'same' : this.#open(table, stored).row;
  }

  /** Known rows of a table that were not seen, up to so many. */
  unseen(table: string, limit: number): readonly KnownRow[] {
    return (this.#statements.unseen.all(table, limit) as Stored[]).map((one) => this.#open(table, one));
  }

  endReading(): void {
    this.#statements.end.run();
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

  #open(table: string, { key, sealed }: Stored): KnownRow {
    return JSON.parse(
      Buffer.from(unseal(this.#sealSecret, new Uint8Array(sealed), contextOf(table, key))).toString('utf8'),
    ) as KnownRow;
  }

  #hash(canonical: string): string {
    return base32(keyedHash(this.#hashSecret, canonical).subarray(0, 20));
  }

  #place(): Place {
    const [place] = this.#statements.place.all() as Place[];
    if (place === undefined) throw new Error('the file of known rows has lost its place');
    return place;
  }
}

function derive(secret: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), purpose, 32));
}

/** A sealed row moved to another key does not open. */
function contextOf(table: string, key: string): string {
  return `${table}\0${key}`;
}

function prepare(database: Database.Database) {
  return {
    place: database.prepare('SELECT position, reading, readings FROM place'),
    move: database.prepare('UPDATE place SET position = ?'),
    begin: database.prepare('UPDATE place SET reading = ?, readings = readings + 1'),
    end: database.prepare('UPDATE place SET reading = NULL'),
    find: database.prepare('SELECT key, hash, sealed FROM known_row WHERE name = ? AND key = ?'),
    put: database.prepare('INSERT OR REPLACE INTO known_row VALUES (?, ?, ?, ?)'),
    remove: database.prepare('DELETE FROM known_row WHERE name = ? AND key = ?'),
    see: database.prepare('INSERT OR IGNORE INTO seen_row VALUES (?, ?)'),
    unseen: database.prepare(
      `SELECT key, hash, sealed FROM known_row k WHERE name = ?
        AND NOT EXISTS (SELECT 1 FROM seen_row s WHERE s.name = k.name AND s.key = k.key) LIMIT ?`,
    ),
  };
}
