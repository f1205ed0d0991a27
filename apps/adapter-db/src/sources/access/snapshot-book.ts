import { hkdfSync } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';
import { canonicalJson, type RowChange, type RowValue, seal, unseal } from '@anamnesis/core';
import type { AcceptedFile, Hold } from './hold-back.js';
import { type KnownHashes, packKnown } from './known-rows.js';
import type { TableShapes } from './schema-drift.js';
import { hashOfKey } from './row-hash.js';
import { type BookedRow, type BookSecrets, type KnownRow, openRow } from './sealed-row.js';

/** Of the tables below. */
const layout = 1;

const schema = `
  CREATE TABLE IF NOT EXISTS place (
    id INTEGER PRIMARY KEY CHECK (id = 1), snapshot INTEGER NOT NULL, open INTEGER NOT NULL, file TEXT, shapes TEXT NOT NULL, held TEXT, allowed TEXT);
  CREATE TABLE IF NOT EXISTS known_row (
    name TEXT NOT NULL, key TEXT NOT NULL, hash TEXT NOT NULL, previous TEXT, sealed BLOB NOT NULL, PRIMARY KEY (name, key)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS pending (sequence INTEGER PRIMARY KEY AUTOINCREMENT, sealed BLOB NOT NULL);
  INSERT OR IGNORE INTO place VALUES (1, 0, 0, NULL, '{}', NULL, NULL);`;

/** Held in memory of the file, and of what waits beside it to be folded back: rows are written all over it. */
const cacheKib = 16_000;
const logPagesMax = 8000;
/** Known rows that are read at once. */
const partRows = 5000;
/** And those that are written at once. */
const putRows = 20;

/** What becomes of a row, and the change that tells it. */
export interface RowStep {
  readonly table: string;
  readonly keyHash: string;
  /** JSON of a `RowChange`; absent: nothing is told. */
  readonly change?: string;
  /** Absent: the row is gone. */
  readonly now?: BookedRow;
}

/** A read that waits for a person. */
export interface HeldFile extends Hold {
  /** Of the file that is held: it alone is let in. */
  readonly digest: string;
  readonly since: string;
}

export interface Pending {
  readonly sequence: number;
  readonly changes: readonly RowChange[];
}

/**
 * The last accepted snapshot of one file, and the changes that are not delivered yet. A row moves in the same transaction in
 * which its change becomes pending: what a crash leaves undone is found again by the next comparison, what it leaves
 * pending is delivered as it stands. One SQLite file per source, owned by one process; rows are sealed, keys hashed.
 */
export class SnapshotBook {
  readonly secrets: BookSecrets;
  readonly #database: Database.Database;
  readonly #statements: ReturnType<typeof prepare>;

  /** `secret` is the deployment's. Throws SQLite's error: `SQLITE_BUSY` when another process has the file. */
  constructor(file: string, secret: Uint8Array) {
    this.secrets = {
      hash: derive(secret, 'anamnesis access snapshot hash'),
      seal: derive(secret, 'anamnesis access snapshot seal'),
    };
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    this.#database = new Database(file);
    this.#database.pragma('locking_mode = EXCLUSIVE');
    this.#database.pragma('journal_mode = WAL');
    this.#database.pragma('synchronous = FULL');
    this.#database.pragma(`cache_size = -${cacheKib}`);
    this.#database.pragma(`wal_autocheckpoint = ${logPagesMax}`);
    this.#database.exec(schema);
    this.#database.pragma(`user_version = ${layout}`);
    this.#statements = prepare(this.#database);
  }

  get file(): AcceptedFile | undefined {
    const { file } = this.#place();
    return file === null ? undefined : (JSON.parse(file) as AcceptedFile);
  }

  /** A comparison was begun and not ended: the rows are not all those of `file`. */
  get isOpen(): boolean {
    return this.#place().open === 1;
  }

  get shapes(): TableShapes {
    return JSON.parse(this.#place().shapes) as TableShapes;
  }

  get held(): HeldFile | undefined {
    const { held } = this.#place();
    return held === null ? undefined : (JSON.parse(held) as HeldFile);
  }

  set held(held: HeldFile | undefined) {
    // In an array, as bytes below: the driver takes a value that is an object alone for the list of values.
    this.#statements.hold.run([held === undefined ? null : JSON.stringify(held)]);
  }

  /** Digest of the file that a person let in. */
  get allowed(): string | undefined {
    return this.#place().allowed ?? undefined;
  }

  set allowed(digest: string | undefined) {
    this.#statements.allow.run([digest ?? null]);
  }

  /** Packed for `KnownRows`, a part of them at a time: one by one the rows of a large table need ten times the memory. */
  known(table: string): Uint8Array<ArrayBuffer> {
    const parts: Uint8Array[] = [];
    for (let after = ''; ;) {
      const rows = this.#statements.known.all(table, after, partRows) as KnownHashes[];
      parts.push(packKnown(rows));
      const last = rows.at(-1);
      if (last === undefined || rows.length < partRows) return Uint8Array.from(Buffer.concat(parts));
      [after] = last;
    }
  }

  find(table: string, keyHash: string): KnownRow | undefined {
    const stored = this.#statements.find.get(table, keyHash) as { sealed: Uint8Array } | undefined;
    return stored === undefined ? undefined : openRow(this.secrets.seal, { table, keyHash, sealed: stored.sealed });
  }

  knows(table: string, key: readonly RowValue[]): boolean {
    return this.#statements.find.get(table, hashOfKey(this.secrets.hash, table, canonicalJson(key))) !== undefined;
  }

  /** A number that no comparison had before, also not one that a crash ended. */
  begin(): number {
    this.#statements.begin.run();
    return this.#place().snapshot;
  }

  /** Durable when it returns. */
  step(steps: readonly RowStep[]): void {
    if (steps.length === 0) return;
    this.#within(() => {
      this.#remove(steps.filter(({ now }) => now === undefined));
      this.#put(steps.flatMap(({ now, ...place }) => (now === undefined ? [] : [{ ...place, ...now }])));
      const told = steps.flatMap(({ change }) => (change === undefined ? [] : [change]));
      if (told.length === 0) return;
      const changes = `[${told.join(',')}]`;
      this.#statements.push.run([seal(this.secrets.seal, Buffer.from(changes, 'utf8'), 'pending')]);
    });
  }

  /** The changes that were kept first and not delivered. */
  next(): Pending | undefined {
    const stored = this.#statements.next.get() as { sequence: number; sealed: Uint8Array } | undefined;
    if (stored === undefined) return undefined;
    return { sequence: stored.sequence, changes: this.#opened(stored.sealed) };
  }

  delivered({ sequence }: Pending): void {
    this.#statements.drop.run(sequence);
  }

  /** The whole file is known now. */
  accept(file: AcceptedFile, shapes: TableShapes): void {
    this.#statements.accept.run(JSON.stringify(file), JSON.stringify(shapes));
  }

  /** To read everything as for the first time. Numbers are not given again. */
  forget(): void {
    this.#within(() => {
      for (const table of ['known_row', 'pending']) this.#database.exec(`DELETE FROM ${table}`);
      this.#database.exec("UPDATE place SET file = NULL, shapes = '{}', held = NULL, allowed = NULL");
    });
  }

  /** The driver keeps a closed file open until its statements are collected, so the lock is given back by hand. */
  close(): void {
    try {
      this.#database.pragma('journal_mode = DELETE');
      this.#database.pragma('locking_mode = NORMAL');
      this.#database.pragma('user_version');
    } finally {
      this.#database.close();
    }
  }

  #remove(gone: readonly RowStep[]): void {
    for (const { table, keyHash } of gone) this.#statements.remove.run(table, keyHash);
  }

  #put(rows: readonly (Pick<RowStep, 'table' | 'keyHash'> & BookedRow)[]): void {
    const { putMany, put } = this.#statements;
    for (let at = 0; at < rows.length; at += putRows) {
      const part = rows.slice(at, at + putRows);
      const values = part.map(({ table, keyHash, hash, sealed }) => [table, keyHash, hash, sealed]);
      if (part.length === putRows) putMany.run(values.flat());
      else for (const one of values) put.run(one);
    }
  }

  #within(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #opened(pending: Uint8Array): RowChange[] {
    return JSON.parse(Buffer.from(unseal(this.secrets.seal, pending, 'pending')).toString('utf8')) as RowChange[];
  }

  #place(): Readonly<Record<'file' | 'held' | 'allowed', string | null>> & {
    snapshot: number;
    open: number;
    shapes: string;
  } {
    return this.#statements.place.get() as never;
  }
}

function derive(secret: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), purpose, 32));
}

function putting(rows: number): string {
  return `INSERT INTO known_row (name, key, hash, sealed) VALUES ${Array(rows).fill('(?, ?, ?, ?)').join(', ')}
    ON CONFLICT (name, key) DO UPDATE SET previous = hash, hash = excluded.hash, sealed = excluded.sealed`;
}

function prepare(database: Database.Database) {
  return {
    place: database.prepare('SELECT snapshot, open, file, shapes, held, allowed FROM place'),
    begin: database.prepare('UPDATE place SET snapshot = snapshot + 1, open = 1'),
    accept: database.prepare('UPDATE place SET open = 0, file = ?, shapes = ?, held = NULL, allowed = NULL'),
    hold: database.prepare('UPDATE place SET held = ?'),
    allow: database.prepare('UPDATE place SET allowed = ?'),
    known: database
      .prepare('SELECT key, hash, previous FROM known_row WHERE name = ? AND key > ? ORDER BY key LIMIT ?')
      .raw(true),
    find: database.prepare('SELECT sealed FROM known_row WHERE name = ? AND key = ?'),
    put: database.prepare(putting(1)),
    putMany: database.prepare(putting(putRows)),
    remove: database.prepare('DELETE FROM known_row WHERE name = ? AND key = ?'),
    push: database.prepare('INSERT INTO pending (sealed) VALUES (?)'),
    next: database.prepare('SELECT sequence, sealed FROM pending ORDER BY sequence LIMIT 1'),
    drop: database.prepare('DELETE FROM pending WHERE sequence = ?'),
  };
}
