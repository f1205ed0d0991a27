import type Bull from 'bull';
import { Unavailable } from '@anamnesis/core';
import { failedKeptMax } from '../jobs.js';
import { jobScripts } from './job-scripts.js';

/** A command that takes longer has no answer: Redis is away, and the driver would wait for it. */
const commandMsMax = 5000;
/** The job of a schedule; `AddOptions.id` cannot be this. */
const scheduleId = '@every';

export interface Row {
  readonly seq: number;
  readonly name: string;
  readonly id: string;
  readonly payload: string;
  /** Tries begun. */
  readonly attempts: number;
  readonly defects: number;
}

export interface FailedRow extends Row {
  readonly failedAt: number;
  readonly reason: string;
}

/**
 * The jobs as Redis holds them. A row with no attempts is pending, and there is one at most per name and id; with some it
 * is under way or waits to be tried again; with `failedAt` it is kept to be seen. Throws `Unavailable('jobs')` whatever
 * fails; what was asked may then have happened all the same.
 */
export class RedisTable {
  constructor(
    private readonly client: Bull.Queue['client'],
    private readonly prefix: string,
  ) {}

  async add(job: Pick<Row, 'name' | 'id' | 'payload'> & { readonly notBeforeMs: number }): Promise<void> {
    await this.#run('add', job.name, [job.name, job.id, job.payload, job.notBeforeMs]);
  }

  async schedule(name: string, { everyMs, nowMs }: { everyMs: number; nowMs: number }): Promise<void> {
    await this.#run('schedule', name, [name, scheduleId, everyMs, nowMs]);
  }

  /** The job of the name that is due first, now or later. */
  async next(name: string): Promise<{ readonly row: Row; readonly notBeforeMs: number } | undefined> {
    const found = (await this.#run('next', name, [])) as [string, string] | null;
    if (found === null) return undefined;
    return { row: JSON.parse(found[0]) as Row, notBeforeMs: Number(found[1]) };
  }

  /** Counts the try. Undefined when somebody else has begun it meanwhile. */
  async begin({ name, seq, attempts }: Row, nowMs: number): Promise<number | undefined> {
    return ((await this.#run('begin', name, [seq, attempts, scheduleId, nowMs])) as number | null) ?? undefined;
  }

  async finish({ name, seq }: Row, attempt: number): Promise<void> {
    await this.#run('finish', name, [seq, attempt]);
  }

  async retry({ name, seq }: Row, attempt: number, next: { notBeforeMs: number; defects: number }): Promise<void> {
    await this.#run('retry', name, [seq, attempt, next.notBeforeMs, next.defects]);
  }

  async fail({ name, seq }: Row, attempt: number, { reason, nowMs }: { reason: string; nowMs: number }): Promise<void> {
    await this.#run('fail', name, [seq, attempt, reason, nowMs, failedKeptMax]);
  }

  async failed(): Promise<readonly FailedRow[]> {
    const texts = (await this.#run('failed', '', [])) as string[];
    return texts.map((text) => JSON.parse(text) as FailedRow);
  }

  async #run(step: keyof typeof jobScripts, name: string, values: readonly (string | number)[]): Promise<unknown> {
    const keys = ['counter', 'rows', `due:${name}`, 'pending', 'failed', 'schedules'];
    const named = keys.map((key) => `${this.prefix}:table:${key}`);
    return answered(this.client.eval(jobScripts[step], named.length, ...named, ...values));
  }
}

/** The answer of Redis, or `Unavailable('jobs')`. */
export async function answered<Answer>(asking: PromiseLike<Answer>, withinMs = commandMsMax): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const never = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer in ${withinMs} ms`));
    }, withinMs);
  });
  try {
    return await Promise.race([asking, never]);
  } catch (cause) {
    throw new Unavailable('jobs', `Redis: ${cause instanceof Error ? cause.message : 'unknown'}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}
