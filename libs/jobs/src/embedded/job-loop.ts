import { setImmediate as nextTurn } from 'node:timers/promises';
import { Unavailable } from '@anamnesis/core';
import { afterFailure } from '../after-failure.js';
import type { Job, JobHandler, JobLimits, JobWorker, JsonValue, ReportJob } from '../jobs.js';
import { Alarm } from './alarm.js';
import type { JobTable, Row } from './job-table.js';

/** The wall clock may be set while we sleep; timers do not notice. */
const lookAgainMsMax = 60_000;
const tableBackOffMs = 1000;

export interface JobLoopOptions {
  readonly table: JobTable;
  readonly handler: JobHandler;
  readonly report: ReportJob;
  readonly limits: JobLimits;
}

/** The jobs of one name, one after the other. */
export class JobLoop implements JobWorker {
  readonly done: Promise<void>;
  readonly #name: string;
  readonly #options: JobLoopOptions;
  readonly #alarm = new Alarm();
  #isStopping = false;

  constructor(name: string, options: JobLoopOptions) {
    this.#name = name;
    this.#options = options;
    this.done = this.#run();
    this.done.catch(() => undefined);
  }

  /** Something may be due earlier than the loop knows. */
  ring(): void {
    this.#alarm.ring();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#alarm.ring();
    await this.done.catch(() => undefined);
  }

  async #run(): Promise<void> {
    const { table, limits } = this.#options;
    while (!this.#isStopping) {
      const row = await this.#persist(() => table.next(this.#name, { nowMs: Date.now(), ...limits }));
      const waitMs = row === undefined ? lookAgainMsMax : row.notBeforeMs - Date.now();
      if (row !== undefined && waitMs <= 0) await this.#try(row);
      else if (!this.#hasStopped()) await this.#alarm.sleep(Math.min(waitMs, lookAgainMsMax));
    }
  }

  async #try(row: Row): Promise<void> {
    const { table, handler, limits, report } = this.#options;
    const { id, name } = row;
    // Sockets and timers between any two jobs: the table is synchronous, and a long queue must not starve them.
    await nextTurn();
    const attempt = await this.#persist(() => table.begin(row, Date.now()));
    if (attempt === undefined) return;
    try {
      await handler({ id, name, payload: JSON.parse(row.payload) as JsonValue, attempt } satisfies Job);
    } catch (error) {
      const next = afterFailure(error, { attempt, defects: row.defects }, limits);
      if (!(error instanceof Unavailable)) report({ name, id, attempt, isFailed: next.kind === 'fail', error });
      await this.#persist(() => {
        if (next.kind === 'fail') table.fail(row, { reason: next.reason, nowMs: Date.now() });
        else table.retry(row, { notBeforeMs: Date.now() + next.waitMs, isDefect: next.isDefect });
      });
      return;
    }
    await this.#persist(() => {
      table.finish(row);
    });
  }

  /** Waits for a table that cannot be written now; on `stop` gives up, which at worst repeats a job. */
  async #persist<Result>(work: () => Result): Promise<Result | undefined> {
    for (;;) {
      try {
        return work();
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        if (this.#hasStopped()) return undefined;
        await this.#alarm.sleep(tableBackOffMs);
      }
    }
  }

  #hasStopped(): boolean {
    return this.#isStopping;
  }
}
