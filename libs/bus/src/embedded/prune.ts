import type Database from 'libsql';
import { isTopic, settingsOf } from '../topics.js';
import type { PruneStep } from './log-protocol.js';

/** What one step drops or moves, at most: publishes wait for a step. */
const stepRecordsMax = 500;
const stepBytesMax = 8 * 1024 * 1024;
const stepPages = 500;
/** Free pages kept in the file for the next records (64 MiB); what is more goes back to the disk. */
const freePagesMax = 16_384;

interface Row {
  readonly offset: number;
  readonly size: number;
  readonly appendedAtMs: number;
}

/**
 * Drops what nobody needs any more: of a compacted topic the records that a later one of their key replaces, of any
 * other those older than its retention that every group has passed. Then gives free pages back to the disk.
 */
export class Prune {
  readonly #database: Database.Database;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: Database.Database) {
    this.#database = database;
    this.#statements = prepare(database);
  }

  /** To be called inside a DB transaction, until it is done. */
  step(nowMs: number): PruneStep {
    for (const { id, topic } of this.#statements.partitions.all() as { id: number; topic: string }[]) {
      if (!isTopic(topic)) continue; // of another release; nothing is known about who needs it
      const { isCompacted, retentionMs } = settingsOf(topic);
      const dropped = isCompacted ? this.#compact(id) : this.#expire(id, nowMs - retentionMs);
      if (dropped > 0) return { dropped, isDone: false };
    }
    return { dropped: 0, isDone: !this.#shrink() };
  }

  #compact(id: number): number {
    return this.#statements.compact.run(id, stepRecordsMax).changes;
  }

  /** From the oldest on, to the first that must stay: a clock that was wrong for a while makes no holes. */
  #expire(id: number, beforeMs: number): number {
    const [passed] = this.#statements.passed.all(id) as { offset: number | null }[];
    const rows = this.#statements.oldest.all(id, passed?.offset ?? Number.MAX_SAFE_INTEGER, stepRecordsMax) as Row[];
    let last = 0;
    let bytes = 0;
    for (const { offset, size, appendedAtMs } of rows) {
      bytes += size;
      if (appendedAtMs >= beforeMs || (last > 0 && bytes > stepBytesMax)) break;
      last = offset;
    }
    return last === 0 ? 0 : this.#statements.drop.run(id, last).changes;
  }

  #shrink(): boolean {
    const [row] = this.#database.pragma('freelist_count') as { freelist_count: number }[];
    const freePages = row?.freelist_count ?? 0;
    if (freePages <= freePagesMax) return false;
    this.#database.exec(`PRAGMA incremental_vacuum(${Math.min(stepPages, freePages - freePagesMax)})`);
    return true;
  }
}

function prepare(database: Database.Database) {
  return {
    partitions: database.prepare('SELECT id, topic FROM "partition" ORDER BY id'),
    passed: database.prepare('SELECT MIN("offset") AS "offset" FROM position WHERE "partition" = ?'),
    oldest: database.prepare(`
      SELECT "offset", LENGTH(value) AS size, appended_at AS appendedAtMs FROM record
      WHERE "partition" = ? AND "offset" <= ? ORDER BY "offset" LIMIT ?`),
    drop: database.prepare('DELETE FROM record WHERE "partition" = ? AND "offset" <= ?'),
    compact: database.prepare(`
      DELETE FROM record WHERE rowid IN (
        SELECT old.rowid FROM record AS old WHERE old."partition" = ? AND old.is_compacted = 1 AND EXISTS (
          SELECT 1 FROM record AS later WHERE later."partition" = old."partition" AND later.is_compacted = 1
          AND later."key" = old."key" AND later."offset" > old."offset")
        ORDER BY old."offset" LIMIT ?)`),
  };
}
