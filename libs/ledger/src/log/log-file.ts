import Database from 'libsql';
import type { Digest } from '@anamnesis/core';
import type { BatchId } from '../anchor-entry.js';

const pageBytes = 4096;

export interface EntryRow {
  readonly position: number;
  readonly batchId: string;
  /** Canonical bytes of the entry, as text: what its leaf hashes. */
  readonly body: string;
  readonly anchoredAtMs: number;
}

export interface CheckpointRow {
  readonly size: number;
  readonly note: string;
}

/** `ledger.db`: entries, the hashes of every complete subtree, and one signed checkpoint per commit. Insert-only. */
export class LogFile {
  readonly #database: Database.Database;
  readonly #statements: ReturnType<typeof prepare>;

  /** Throws when the file cannot be opened or another process owns it. */
  constructor(path: string, fileBytesMax?: number) {
    this.#database = new Database(path);
    // One owner: a second process on this file fails at once, and a killed one leaves no lock behind.
    this.#database.pragma('locking_mode = EXCLUSIVE');
    this.#database.pragma('journal_mode = WAL');
    this.#database.pragma('synchronous = FULL');
    if (fileBytesMax !== undefined)
      this.#database.pragma(`max_page_count = ${Math.max(1, Math.floor(fileBytesMax / pageBytes))}`);
    this.#database.exec(schema);
    this.#statements = prepare(this.#database);
  }

  /** All or nothing, and on the disk when it returns. */
  transaction<Result>(run: () => Result): Result {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = run();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      // A full disk has rolled back by itself.
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Verifier key of the log that this file holds; undefined in a new file. */
  verifierKey(): string | undefined {
    return (this.#statements.vkey.get() as { vkey: string } | undefined)?.vkey;
  }

  insertVerifierKey(vkey: string): void {
    this.#statements.insertVkey.run(vkey);
  }

  entryAt(position: number): EntryRow | undefined {
    return toEntryRow(this.#statements.entryAt.get(position));
  }

  entryOf(batchId: BatchId): EntryRow | undefined {
    return toEntryRow(this.#statements.entryOf.get(batchId));
  }

  /** One more than the last position: what the signed size must say. */
  entriesEnd(): number {
    return (this.#statements.entriesEnd.get() as { end: number }).end;
  }

  insertEntry({ position, batchId, body, anchoredAtMs }: EntryRow): void {
    this.#statements.insertEntry.run(position, batchId, body, anchoredAtMs);
  }

  node(level: number, position: number): Digest | undefined {
    const row = this.#statements.node.get(level, position) as { hash: Uint8Array } | undefined;
    return row === undefined ? undefined : new Uint8Array(row.hash);
  }

  insertNode(level: number, position: number, hash: Digest): void {
    this.#statements.insertNode.run(level, position, hash);
  }

  /** The first checkpoint that covers at least `size` entries. */
  checkpointFrom(size: number): CheckpointRow | undefined {
    return toCheckpointRow(this.#statements.checkpointFrom.get(size));
  }

  /** The last checkpoint that covers at most `sizeMax` entries. */
  lastCheckpoint(sizeMax = Number.MAX_SAFE_INTEGER): CheckpointRow | undefined {
    return toCheckpointRow(this.#statements.lastCheckpoint.get(sizeMax));
  }

  insertCheckpoint({ size, note }: CheckpointRow): void {
    this.#statements.insertCheckpoint.run(size, note);
  }

  /** Leaves everything in the one file, so that it can be copied or moved alone, and lets go of it. */
  close(): void {
    this.#database.pragma('journal_mode = DELETE');
    // The driver holds the file until its statements are collected; the lock goes with the next read in this mode.
    this.#database.pragma('locking_mode = NORMAL');
    this.verifierKey();
    this.#database.close();
  }
}

const schema = `
  CREATE TABLE IF NOT EXISTS log (id INTEGER PRIMARY KEY CHECK (id = 1), vkey TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS entry (
    position INTEGER PRIMARY KEY, batch_id TEXT NOT NULL UNIQUE, body TEXT NOT NULL, anchored_at INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS node (
    level INTEGER NOT NULL, position INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (level, position)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS checkpoint (size INTEGER PRIMARY KEY, note TEXT NOT NULL);
`;

function prepare(database: Database.Database) {
  const entry = 'SELECT position, batch_id AS batchId, body, anchored_at AS anchoredAtMs FROM entry';
  return {
    vkey: database.prepare('SELECT vkey FROM log'),
    insertVkey: database.prepare('INSERT INTO log (id, vkey) VALUES (1, ?)'),
    entryAt: database.prepare(`${entry} WHERE position = ?`),
    entryOf: database.prepare(`${entry} WHERE batch_id = ?`),
    entriesEnd: database.prepare('SELECT COALESCE(MAX(position) + 1, 0) AS "end" FROM entry'),
    insertEntry: database.prepare('INSERT INTO entry (position, batch_id, body, anchored_at) VALUES (?, ?, ?, ?)'),
    node: database.prepare('SELECT hash FROM node WHERE level = ? AND position = ?'),
    insertNode: database.prepare('INSERT INTO node (level, position, hash) VALUES (?, ?, ?)'),
    checkpointFrom: database.prepare('SELECT size, note FROM checkpoint WHERE size >= ? ORDER BY size LIMIT 1'),
    lastCheckpoint: database.prepare('SELECT size, note FROM checkpoint WHERE size <= ? ORDER BY size DESC LIMIT 1'),
    insertCheckpoint: database.prepare('INSERT INTO checkpoint (size, note) VALUES (?, ?)'),
  };
}

// Field by field: the driver adds members of its own to a row.
function toEntryRow(row: unknown): EntryRow | undefined {
  if (row === undefined) return undefined;
  const { position, batchId, body, anchoredAtMs } = row as EntryRow;
  return { position, batchId, body, anchoredAtMs };
}

function toCheckpointRow(row: unknown): CheckpointRow | undefined {
  if (row === undefined) return undefined;
  const { size, note } = row as CheckpointRow;
  return { size, note };
}
