import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Unavailable } from '@anamnesis/core';
import { checkJob } from '../check-job.js';
import {
  type AddOptions,
  type FailedJob,
  type JobHandler,
  jobLimits,
  type JobLimits,
  type Jobs,
  type JobWorker,
  type JsonValue,
  type ReportJob,
} from '../jobs.js';
import { JobLoop } from './job-loop.js';
import { type FailedRow, JobTable } from './job-table.js';

export interface EmbeddedJobsOptions {
  readonly directory: string;
  readonly report: ReportJob;
  readonly limits?: JobLimits;
}

/** The jobs of one process, in `jobs.db` of the directory. See README.md beside it. */
export async function openEmbeddedJobs(options: EmbeddedJobsOptions): Promise<Jobs> {
  const { directory, report, limits = jobLimits } = options;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return new EmbeddedJobs(openTable(directory), { report, limits });
}

function openTable(directory: string): JobTable {
  try {
    return new JobTable(join(directory, 'jobs.db'));
  } catch (cause) {
    const { code, message } = cause as { code?: unknown; message?: unknown };
    if (code === 'SQLITE_BUSY')
      throw new Unavailable('jobs', `another process owns the jobs in ${directory}`, { cause });
    throw new Error(`cannot open the jobs in ${directory}: ${String(message)}`, { cause });
  }
}

class EmbeddedJobs implements Jobs {
  readonly #table: JobTable;
  readonly #options: { readonly report: ReportJob; readonly limits: JobLimits };
  readonly #loops = new Map<string, JobLoop>();

  constructor(table: JobTable, options: { readonly report: ReportJob; readonly limits: JobLimits }) {
    this.#table = table;
    this.#options = options;
  }

  add(name: string, payload: JsonValue, options: AddOptions): Promise<void> {
    return promised(() => {
      const text = checkJob(name, payload, options);
      const notBeforeMs = (options.notBefore ?? new Date()).getTime();
      this.#table.add({ name, id: options.id, payload: text, notBeforeMs });
      this.#loops.get(name)?.ring();
    });
  }

  every(name: string, { everyMs }: { readonly everyMs: number }): Promise<void> {
    return promised(() => {
      if (!Number.isInteger(everyMs) || everyMs <= 0) throw new TypeError('everyMs is a number of milliseconds');
      this.#table.schedule(name, { everyMs, nowMs: Date.now() });
      this.#loops.get(name)?.ring();
    });
  }

  process(name: string, handler: JobHandler): Promise<JobWorker> {
    return promised(() => {
      if (this.#loops.has(name)) throw new Error(`${name}: processed already`);
      // Closed or unreadable: say so here and not from a loop.
      this.#table.next(name, { nowMs: Date.now(), ...this.#options.limits });
      const loop = new JobLoop(name, { table: this.#table, handler, ...this.#options });
      this.#loops.set(name, loop);
      const forget = (): unknown => this.#loops.delete(name);
      loop.done.then(forget, forget);
      return loop;
    });
  }

  failed(): Promise<readonly FailedJob[]> {
    return promised(() => this.#table.failed().map(toFailed));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#loops.values()].map((loop) => loop.stop()));
    this.#table.close();
  }
}

function toFailed({ id, name, payload, attempts, failedAtMs, reason }: FailedRow): FailedJob {
  return { id, name, payload: JSON.parse(payload) as JsonValue, attempts, failedAt: new Date(failedAtMs), reason };
}

/** The table is synchronous and the port is not: what is thrown becomes a rejection. */
function promised<Result>(work: () => Result): Promise<Result> {
  return new Promise((resolve) => {
    resolve(work());
  });
}
