import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { unavailableCodeOf } from './database-errors.js';

/** Transactions committed together, at most. */
const groupMax = 16;
/** After a rest, how long the first waits for others. */
const gatherMs = 5;

type Work<Result> = (manager: EntityManager) => Promise<Result>;

interface Waiting {
  readonly run: (manager: EntityManager) => Promise<() => void>;
  readonly reject: (error: unknown) => void;
}

/**
 * The one writer of a SQLite file: transactions queue, and those that wait share a COMMIT, hence a flush of the disk,
 * which costs far more than what most of them do. Each runs in a savepoint, in the order of arrival.
 */
export class GroupCommit {
  readonly #writer: DataSource;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  constructor(writer: DataSource) {
    this.#writer = writer;
  }

  /** Resolves with the work's result when it is durable. */
  add<Result>(work: Work<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const run = async (manager: EntityManager) => {
        const result = await work(manager);
        return () => {
          resolve(result);
        };
      };
      this.#waiting.push({ run, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // Consumers of several partitions ask within milliseconds of each other: they share one flush of the disk.
    await sleep(gatherMs);
    while (this.#waiting.length > 0) await this.#commit(this.#waiting.splice(0, groupMax));
    this.#running = undefined;
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    const [first, ...others] = group;
    if (first === undefined) return;
    try {
      const settle = await this.#writer.transaction(async (manager) =>
        others.length === 0 ? [await first.run(manager)] : runEach(manager, group),
      );
      for (const one of settle) one();
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }
}

/** Each in its savepoint. What the database cannot do now ends the whole group: it may have undone the others too. */
async function runEach(manager: EntityManager, group: readonly Waiting[]): Promise<(() => void)[]> {
  const settle: (() => void)[] = [];
  for (const { run, reject } of group) {
    try {
      settle.push(await manager.transaction(run));
    } catch (error) {
      if (unavailableCodeOf(error) !== undefined) throw error;
      settle.push(() => {
        reject(error);
      });
    }
  }
  return settle;
}
