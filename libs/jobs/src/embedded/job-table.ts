import Database from 'libsql';
import { Unavailable } from '@anamnesis/core';
import { failedKeptMax } from '../jobs.js';

export interface Row {
  readonly seq: number;
  readonly name: string;
  readonly id: string;
  readonly payload: string;
  readonly notBeforeMs: number;
  /** Tries begun. */
  readonly attempts: number;
  readonly defects: number;
}

export interface FailedRow extends Row {
  readonly failedAtMs: number;
  readonly reason: string;
}

/** The job of a schedule; `AddOptions.id` cannot be this. */
export const scheduleId = '@every';

/**
 * The SQLite file of the jobs: synchronous, each call durable when it returns. A row with no attempts is pending, and
 * there is one at most per name and id; with some it is under way or waits to be tried again; with `failed_at` it is
 * kept to be seen. Throws `Unavailable('jobs')` whatever fails.
 */
export class JobTable {
  readonly #database: Database.Database;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(file: string) {
    this.#database = new Database(file);
    this.#database.pragma('locking_mode = EXCLUSIVE');
    this.#database.pragma('journal_mode = WAL');
    this.#database.pragma('synchronous = FULL');
    this.#database.exec(schema);
    this.#statements = prepare(this.#database);
  }

  add(job: Pick<Row, 'name' | 'id' | 'payload' | 'notBeforeMs'>): void {
    this.#transaction(() => {
      this.#statements.forget.run(job.name, job.id);
      this.#statements.add.run(job.name, job.id, job.payload, job.notBeforeMs);
    });
  }

  schedule(name: string, { everyMs, nowMs }: { everyMs: number; nowMs: number }): void {
    this.#transaction(() => {
      this.#statements.schedule.run(name, everyMs);
      this.#statements.hasten.run(nowMs + everyMs, name, scheduleId);
      this.#statements.firstOf.run(name, scheduleId, nowMs, name, scheduleId);
    });
  }

  /**
   * The job of the name that is due first, now or later; of one id only the oldest. What waits longer than it was ever told to,
   * because the clock was set back meanwhile, waits as long as that from now on.
   */
  next(name: string, { nowMs, backOffMsMax }: { nowMs: number; backOffMsMax: number }): Row | undefined {
    return this.#guard(() => {
      this.#statements.runAgain.run(nowMs + backOffMsMax, name, nowMs + backOffMsMax);
      this.#statements.runSchedule.run(nowMs, name, scheduleId, nowMs);
      return (this.#statements.next.all(name) as Row[])[0];
    });
  }

  /** Counts the try before it is made: a process that it kills has tried. Returns its number. */
  begin(row: Row, nowMs: number): number {
    const attempt = row.attempts + 1;
    this.#transaction(() => {
      this.#statements.begin.run(row.seq);
      if (row.id !== scheduleId || attempt > 1) return;
      const [schedule] = this.#statements.everyMs.all(row.name) as { everyMs: number }[];
      if (schedule === undefined) return;
      this.#statements.forget.run(row.name, row.id);
      this.#statements.add.run(row.name, row.id, row.payload, nowMs + schedule.everyMs);
    });
    return attempt;
  }

  finish(row: Row): void {
    this.#guard(() => this.#statements.finish.run(row.seq));
  }

  retry(row: Row, { notBeforeMs, isDefect }: { notBeforeMs: number; isDefect: boolean }): void {
    this.#guard(() => this.#statements.retry.run(notBeforeMs, isDefect ? 1 : 0, row.seq));
  }

  fail(row: Row, { reason, nowMs }: { reason: string; nowMs: number }): void {
    this.#transaction(() => {
      this.#statements.fail.run(nowMs, reason, row.seq);
      this.#statements.keep.run(failedKeptMax);
    });
  }

  failed(): FailedRow[] {
    return this.#guard(() => this.#statements.failed.all() as FailedRow[]);
  }

  /** The driver keeps a closed file open until its statements are collected, so the lock is given back by hand. */
  close(): void {
    if (!this.#database.open) return;
    try {
      this.#database.pragma('journal_mode = DELETE');
      this.#database.pragma('locking_mode = NORMAL');
      this.#database.pragma('user_version');
    } finally {
      this.#database.close();
    }
  }

  #transaction(work: () => void): void {
    this.#guard(() => {
      try {
        this.#database.exec('BEGIN IMMEDIATE');
        work();
        this.#database.exec('COMMIT');
      } catch (error) {
        if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  #guard<Result>(work: () => Result): Result {
    if (!this.#database.open) throw new Unavailable('jobs', 'the jobs are closed');
    try {
      return work();
    } catch (cause) {
      throw new Unavailable('jobs', cause instanceof Error ? cause.message : 'unknown', { cause });
    }
  }
}

const schema = `
  CREATE TABLE IF NOT EXISTS job (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, id TEXT NOT NULL, payload TEXT NOT NULL,
    not_before INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, defects INTEGER NOT NULL DEFAULT 0,
    failed_at INTEGER, reason TEXT);
  CREATE UNIQUE INDEX IF NOT EXISTS job_pending ON job (name, id) WHERE attempts = 0;
  CREATE INDEX IF NOT EXISTS job_id ON job (name, id, seq);
  CREATE INDEX IF NOT EXISTS job_due ON job (name, not_before, seq) WHERE failed_at IS NULL;
  CREATE INDEX IF NOT EXISTS job_failed ON job (failed_at) WHERE failed_at IS NOT NULL;
  CREATE TABLE IF NOT EXISTS schedule (name TEXT PRIMARY KEY, every_ms INTEGER NOT NULL) WITHOUT ROWID;`;

function prepare(database: Database.Database) {
  const row = 'seq, name, id, payload, not_before AS notBeforeMs, attempts, defects';
  return {
    add: database.prepare('INSERT INTO job (name, id, payload, not_before) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING'),
    forget: database.prepare('DELETE FROM job WHERE name = ? AND id = ? AND failed_at IS NOT NULL'),
    schedule: database.prepare(
      'INSERT INTO schedule (name, every_ms) VALUES (?, ?) ON CONFLICT DO UPDATE SET every_ms = excluded.every_ms',
    ),
    hasten: database.prepare(
      'UPDATE job SET not_before = MIN(not_before, ?) WHERE name = ? AND id = ? AND attempts = 0',
    ),
    // A schedule always has its next job, so none at all means that it is new.
    firstOf: database.prepare(`
      INSERT INTO job (name, id, payload, not_before) SELECT ?, ?, 'null', ?
      WHERE NOT EXISTS (SELECT 1 FROM job WHERE name = ? AND id = ? AND failed_at IS NULL)`),
    runAgain: database.prepare(
      'UPDATE job SET not_before = ? WHERE name = ? AND failed_at IS NULL AND attempts > 0 AND not_before > ?',
    ),
    runSchedule: database.prepare(`
      UPDATE job SET not_before = ? + schedule.every_ms FROM schedule
      WHERE schedule.name = job.name AND job.name = ? AND job.id = ? AND job.attempts = 0
      AND job.not_before > ? + schedule.every_ms`),
    everyMs: database.prepare('SELECT every_ms AS everyMs FROM schedule WHERE name = ?'),
    next: database.prepare(`
      SELECT ${row} FROM job WHERE name = ? AND failed_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM job AS older
        WHERE older.name = job.name AND older.id = job.id AND older.seq < job.seq AND older.failed_at IS NULL)
      ORDER BY not_before, seq LIMIT 1`),
    begin: database.prepare('UPDATE job SET attempts = attempts + 1 WHERE seq = ?'),
    finish: database.prepare('DELETE FROM job WHERE seq = ?'),
    retry: database.prepare('UPDATE job SET not_before = ?, defects = defects + ? WHERE seq = ?'),
    fail: database.prepare('UPDATE job SET failed_at = ?, reason = ? WHERE seq = ?'),
    keep: database.prepare(`
      DELETE FROM job WHERE seq IN (
        SELECT seq FROM job WHERE failed_at IS NOT NULL ORDER BY failed_at DESC, seq DESC LIMIT -1 OFFSET ?)`),
    failed: database.prepare(`
      SELECT ${row}, failed_at AS failedAtMs, reason FROM job
      WHERE failed_at IS NOT NULL ORDER BY failed_at DESC, seq DESC`),
  };
}
