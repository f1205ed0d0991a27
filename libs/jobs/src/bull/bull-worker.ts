import { setTimeout as sleep } from 'node:timers/promises';
import type Bull from 'bull';
import { Unavailable } from '@anamnesis/core';
import { afterFailure } from '../after-failure.js';
import type { JobHandler, JobLimits, JobWorker, JsonValue, ReportJob } from '../jobs.js';
import { type RedisTable, type Row } from './redis-table.js';

/** Whatever was missed (a flushed Redis, a process that died between two steps) is noticed so late. */
const lookAgainMs = 10_000;
/** While Redis does not answer. */
const tableBackOffMs = 1000;

export interface BullWorkerOptions {
  readonly queue: Bull.Queue;
  readonly table: RedisTable;
  readonly handler: JobHandler;
  readonly report: ReportJob;
  readonly limits: JobLimits;
  /** Makes sure that somebody is called when the next row of the name is due. */
  readonly wake: () => Promise<void>;
}

/**
 * The jobs of one name. Bull calls one process at a time, when something is due; that one works off what is due in the
 * order of the table.
 */
export class BullWorker implements JobWorker {
  readonly done: Promise<void>;
  readonly #name: string;
  readonly #options: BullWorkerOptions;
  readonly #stopping = new AbortController();
  #settle!: (defect?: Error) => void;

  constructor(name: string, options: BullWorkerOptions) {
    this.#name = name;
    this.#options = options;
    this.done = new Promise((resolve, reject) => {
      this.#settle = (defect) => {
        if (defect === undefined) resolve();
        else reject(defect);
      };
    });
    this.done.catch(() => undefined);
    const { queue } = options;
    const lookSoon = (): void => void this.#look();
    queue.on('completed', lookSoon);
    queue.on('failed', lookSoon);
    // Lost connections come back by themselves; what it means for a job is decided where its answer is missing.
    queue.on('error', () => undefined);
    queue
      .process(() => this.#drain())
      .catch((cause: unknown) => this.#end(new Error(`${name}: Bull stopped`, { cause })));
    void this.#keepLooking();
  }

  async stop(): Promise<void> {
    await this.#end();
  }

  async #end(defect?: Error): Promise<void> {
    if (!this.#stopping.signal.aborted) {
      this.#stopping.abort();
      // Waits for the job in hand, then for Redis, which may be away.
      await Promise.race([this.#options.queue.close(), sleep(lookAgainMs, undefined, { ref: false })]);
      this.#settle(defect);
    }
    await this.done.catch(() => undefined);
  }

  async #keepLooking(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#look();
      await sleep(lookAgainMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #look(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    try {
      await this.#options.wake();
    } catch (error) {
      // Redis is away: the next look comes anyway.
      if (!(error instanceof Unavailable)) await this.#end(new Error(`${this.#name}: cannot go on`, { cause: error }));
    }
  }

  /** Called by Bull, in one process at a time. */
  async #drain(): Promise<void> {
    const { table } = this.#options;
    while (!this.#stopping.signal.aborted) {
      const next = await this.#persist(() => table.next(this.#name));
      if (next === undefined || next.notBeforeMs > Date.now()) return;
      await this.#try(next.row);
    }
  }

  async #try(row: Row): Promise<void> {
    const { table, handler, limits, report } = this.#options;
    const { id, name } = row;
    const attempt = await this.#persist(() => table.begin(row, Date.now()));
    if (attempt === undefined) return;
    try {
      await handler({ id, name, payload: JSON.parse(row.payload) as JsonValue, attempt });
    } catch (error) {
      const next = afterFailure(error, { attempt, defects: row.defects }, limits);
      if (!(error instanceof Unavailable)) report({ name, id, attempt, isFailed: next.kind === 'fail', error });
      await this.#persist(() => {
        if (next.kind === 'fail') return table.fail(row, attempt, { reason: next.reason, nowMs: Date.now() });
        const defects = row.defects + (next.isDefect ? 1 : 0);
        return table.retry(row, attempt, { notBeforeMs: Date.now() + next.waitMs, defects });
      });
      return;
    }
    await this.#persist(() => table.finish(row, attempt));
  }

  /** Waits for a Redis that does not answer; on `stop` gives up, which at worst repeats a job. */
  async #persist<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    const { signal } = this.#stopping;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        if (signal.aborted) return undefined;
        await sleep(tableBackOffMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}
