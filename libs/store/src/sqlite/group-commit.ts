import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { Unavailable } from '@anamnesis/core';

/** Transactions committed together, at most. */
const groupMax = 16;
/** A group takes no further one when it has run so long: whoever asks next waits for it. */
const groupMs = 50;
/** After a rest, how long the first waits for others. */
const gatherMs = 5;

type Work<Result> = (manager: EntityManager) => Promise<Result>;

interface TransactionOptions {
  readonly isUrgent: boolean;
  readonly isLarge: boolean;
}

interface Waiting {
  readonly isLarge: boolean;
  readonly run: (manager: EntityManager) => Promise<() => void>;
  readonly reject: (error: unknown) => void;
}

/**
 * The one writer of a SQLite file: transactions queue, and those that wait share a COMMIT, hence a flush of the disk,
 * which costs far more than what most of them do. Each runs in the order of arrival; urgent ones, somebody waits for,
 * before the others. The first of a group is the transaction's own, each further one has a savepoint, for which SQLite keeps
 * every page as it was and goes through all that it keeps at the end of each statement: large ones are always the first.
 */
export class GroupCommit {
  readonly #writer: DataSource;
  readonly #undone: () => void;
  readonly #urgent: Waiting[] = [];
  readonly #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  /** The first of `#waiting` is large and ended the group before. */
  #isPassedOver = false;

  /** `undone` hears that a transaction, or a whole group, came to nothing, before another is begun. */
  constructor(writer: DataSource, undone: () => void) {
    this.#writer = writer;
    this.#undone = undone;
  }

  /** Resolves with the work's result when it is durable. */
  add<Result>(work: Work<Result>, { isUrgent, isLarge }: TransactionOptions): Promise<Result> {
    return new Promise((resolve, reject) => {
      const run = async (manager: EntityManager) => {
        const result = await work(manager);
        return () => {
          resolve(result);
        };
      };
      (isUrgent ? this.#urgent : this.#waiting).push({ isLarge, run, reject });
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
    while (this.#urgent.length + this.#waiting.length > 0) await this.#commit();
    this.#running = undefined;
  }

  async #commit(): Promise<void> {
    const taken: Waiting[] = [];
    const settle: (() => void)[] = [];
    try {
      await this.#writer.transaction(async (manager) => {
        const end = performance.now() + groupMs;
        do {
          const next = this.#next({ isFirst: taken.length === 0 });
          if (next === undefined) return;
          settle.push(await (taken.push(next) === 1 ? next.run(manager) : this.#runInSavepoint(manager, next)));
        } while (taken.length < groupMax && performance.now() < end);
      });
      for (const one of settle) one();
    } catch (error) {
      this.#undone();
      // A transaction that cannot even begin takes nobody: whoever waits is told, instead of being tried for ever.
      const failed = taken.length > 0 ? taken : [...this.#urgent.splice(0), ...this.#waiting.splice(0)];
      for (const { reject } of failed) reject(error);
    }
  }

  /** Undefined when none waits, or a large one that has to be the first: it is that of the next group, whatever is urgent then. */
  #next({ isFirst }: { readonly isFirst: boolean }): Waiting | undefined {
    const isOwed = isFirst && this.#isPassedOver;
    const queue = this.#urgent.length > 0 && !isOwed ? this.#urgent : this.#waiting;
    this.#isPassedOver = !isFirst && queue === this.#waiting && queue[0]?.isLarge === true;
    return this.#isPassedOver ? undefined : queue.shift();
  }

  /** What the database cannot do now ends the whole group: it may have undone the others too. */
  async #runInSavepoint(manager: EntityManager, { run, reject }: Waiting): Promise<() => void> {
    try {
      return await manager.transaction(run);
    } catch (error) {
      if (error instanceof Unavailable) throw error;
      this.#undone();
      return () => {
        reject(error);
      };
    }
  }
}
