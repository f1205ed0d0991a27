import { setTimeout as sleep } from 'node:timers/promises';
import Bull from 'bull';
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
import { BullWorker } from './bull-worker.js';
import { answered, type FailedRow, RedisTable } from './redis-table.js';

export interface BullJobsOptions {
  /** `redis://` or `rediss://`, with the password where there is one. */
  readonly redisUrl: string;
  /** In front of every key, where deployments share a Redis. */
  readonly prefix?: string;
  readonly report: ReportJob;
  readonly limits?: JobLimits;
}

/** The one Bull job of a name: a call that something is due. What is due stands in the table. */
const callId = 'call';
/** A process that died with the call in hand is noticed after this, and another one is called. */
const lockMs = 15_000;
/** A call is repeated for as long as processes die of it: the table counts the tries of each job. */
const stalledMax = 1_000_000_000;
const openMsMax = 10_000;
const closeMsMax = 5_000;
/** A call that comes so much too late is brought forward. */
const hastenMs = 20;

/** Jobs of any number of processes, on one Redis. See README.md beside it. Throws `Unavailable('jobs')`. */
export async function openBullJobs({
  redisUrl,
  prefix = '',
  report,
  limits = jobLimits,
}: BullJobsOptions): Promise<Jobs> {
  // In braces: in a Redis cluster all keys of a deployment have to be in one place.
  const place = { redisUrl, prefix: `{${prefix}anamnesis-jobs}` };
  const home = queueOf('table', place);
  try {
    await answered(home.client.ping(), openMsMax);
    return new BullJobs(home, place, { report, limits });
  } catch (error) {
    await letGo(home);
    throw error;
  }
}

interface Place {
  readonly redisUrl: string;
  readonly prefix: string;
}

class BullJobs implements Jobs {
  readonly #table: RedisTable;
  readonly #home: Bull.Queue;
  readonly #place: Place;
  readonly #options: { readonly report: ReportJob; readonly limits: JobLimits };
  readonly #calls = new Map<string, Bull.Queue>();
  readonly #workers = new Map<string, BullWorker>();
  readonly #schedules = new Map<string, number>();
  #isClosed = false;

  constructor(home: Bull.Queue, place: Place, options: { readonly report: ReportJob; readonly limits: JobLimits }) {
    this.#home = home;
    this.#place = place;
    this.#options = options;
    this.#table = new RedisTable(home.client, place.prefix);
  }

  async add(name: string, payload: JsonValue, options: AddOptions): Promise<void> {
    this.#demandOpen();
    const text = checkJob(name, payload, options);
    const notBeforeMs = (options.notBefore ?? new Date()).getTime();
    await this.#table.add({ name, id: options.id, payload: text, notBeforeMs });
    await this.#wake(name);
  }

  async every(name: string, { everyMs }: { readonly everyMs: number }): Promise<void> {
    this.#demandOpen();
    if (!Number.isInteger(everyMs) || everyMs <= 0) throw new TypeError('everyMs is a number of milliseconds');
    // Known from here on, whether or not Redis answers now: the worker asserts it again and again.
    this.#schedules.set(name, everyMs);
    await this.#assertSchedule(name);
    await this.#wake(name);
  }

  process(name: string, handler: JobHandler): Promise<JobWorker> {
    return new Promise((resolve) => {
      this.#demandOpen();
      if (this.#workers.has(name)) throw new Error(`${name}: processed already`);
      const wake = async () => {
        await this.#assertSchedule(name);
        await this.#wake(name);
      };
      const queue = queueOf(name, this.#place);
      const worker = new BullWorker(name, { queue, table: this.#table, handler, wake, ...this.#options });
      this.#workers.set(name, worker);
      const forget = (): unknown => this.#workers.delete(name);
      worker.done.then(forget, forget);
      resolve(worker);
    });
  }

  async failed(): Promise<readonly FailedJob[]> {
    this.#demandOpen();
    return (await this.#table.failed()).map(toFailed);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await Promise.all([...this.#workers.values()].map((worker) => worker.stop()));
    await Promise.all([...this.#calls.values(), this.#home].map(letGo));
  }

  /** A flushed Redis knows no schedules: whoever processes a name says again what it comes by. */
  async #assertSchedule(name: string): Promise<void> {
    const everyMs = this.#schedules.get(name);
    if (everyMs !== undefined) await this.#table.schedule(name, { everyMs, nowMs: Date.now() });
  }

  /** Has Bull call some process when the next row of the name is due. A call that is there already is enough, if it is early enough. */
  async #wake(name: string): Promise<void> {
    const next = await this.#table.next(name);
    if (next === undefined || this.#isClosed) return;
    const queue = this.#callsOf(name);
    const delay = Math.max(0, next.notBeforeMs - Date.now());
    const options = { jobId: callId, delay, removeOnComplete: true, removeOnFail: true };
    await answered(queue.add(null, options));
    const call = await answered(queue.getJob(callId));
    if (call === null || call.timestamp + (call.opts.delay ?? 0) <= next.notBeforeMs + hastenMs) return;
    // Gone, begun or brought forward by somebody else meanwhile: all the same to us.
    await answered(call.promote().catch(() => undefined));
  }

  #callsOf(name: string): Bull.Queue {
    const known = this.#calls.get(name);
    if (known !== undefined) return known;
    const queue = queueOf(name, this.#place);
    this.#calls.set(name, queue);
    return queue;
  }

  #demandOpen(): void {
    if (this.#isClosed) throw new Unavailable('jobs', 'the jobs are closed');
  }
}

function queueOf(name: string, { redisUrl, prefix }: Place): Bull.Queue {
  const settings = { lockDuration: lockMs, stalledInterval: lockMs / 3, maxStalledCount: stalledMax, drainDelay: 2 };
  const queue = new Bull(name, redisUrl, { prefix, settings });
  // Without a listener a lost connection would end the process.
  queue.on('error', () => undefined);
  return queue;
}

/** Does not wait for a Redis that is away. */
async function letGo(queue: Bull.Queue): Promise<void> {
  await Promise.race([queue.close(true).catch(() => undefined), sleep(closeMsMax, undefined, { ref: false })]);
}

function toFailed({ id, name, payload, attempts, failedAt, reason }: FailedRow): FailedJob {
  return { id, name, payload: JSON.parse(payload) as JsonValue, attempts, failedAt: new Date(failedAt), reason };
}
