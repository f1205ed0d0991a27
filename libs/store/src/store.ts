import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import { isDeadlock } from './database-errors.js';
import { GroupCommit } from './sqlite/group-commit.js';
import { openSqlite } from './sqlite/open-sqlite.js';
import { poolMaxDefault, type StoreLimits, storeLimits } from './store-limits.js';

export interface StoreOptions {
  /** `mysql://` or `mariadb://`; absent = `store.db` in `directory`. */
  readonly databaseUrl?: string | undefined;
  readonly directory: string;
  /** PEM: authority that the server's certificate has to lead to. Without it the connection is not encrypted. */
  readonly tlsCa?: string | undefined;
  /** Connections to the server, at most; default `poolMaxDefault`. SQLite has two, always. */
  readonly poolMax?: number | undefined;
  /** Instead of those of `storeLimits`. */
  readonly limits?: Partial<StoreLimits> | undefined;
}

/** Before a transaction that met a deadlock is tried again: up to so long, times the try. */
const deadlockWaitMs = 20;

export interface TransactionOptions {
  /** Somebody waits for the answer: it goes before what consumers do. */
  readonly isUrgent?: boolean;
  /** It changes hundreds of rows. */
  readonly isLarge?: boolean;
}

type Work<Result> = (manager: EntityManager) => Promise<Result>;

/**
 * The relational store. `writer` and `reader` are TypeORM data sources: on SQLite two connections to one file, on
 * MySQL/MariaDB two pools. Readers see what is committed. Whatever goes through them throws `Unavailable('store')` when
 * the database is not there, does not answer in time, or is closed.
 */
export class Store {
  readonly #commits: GroupCommit | undefined;
  readonly #undone: (() => void)[] = [];

  private constructor(
    readonly writer: DataSource,
    readonly reader: DataSource,
    private readonly limits: StoreLimits,
  ) {
    const undone = () => {
      this.#tellUndone();
    };
    if (writer.options.type === 'better-sqlite3') this.#commits = new GroupCommit(writer, undone);
  }

  /**
   * Opens, and migrates to the newest schema that this code knows; a newer one is taken as it is (docs/schema-changes.md).
   * Any number of processes may do so at once. Throws `Unavailable` while the server is away, and an `Error` that names
   * what is wrong with the file, the server or the setting.
   */
  static async open(options: StoreOptions): Promise<Store> {
    const { databaseUrl, directory, tlsCa, poolMax = poolMaxDefault } = options;
    const limits = { ...storeLimits, ...options.limits };
    // Loaded when asked for: the embedded profile has no server to speak to.
    const { writer, reader } =
      databaseUrl === undefined
        ? await openSqlite(directory)
        : await (await import('./mysql/open-mysql.js')).openMysql(databaseUrl, { poolMax, limits, tlsCa });
    return new Store(writer, reader, limits);
  }

  /**
   * Runs `work` in one database transaction; use `manager` for everything inside, and nothing that waits for anything
   * but the database. Resolves when it is durable. What the database cannot do now is `Unavailable('store')`; then the
   * transaction may nevertheless be committed, when the answer to the commit was lost: whoever tries again finds it so.
   *
   * `work` may run more than once: MySQL/MariaDB end one of two transactions that wait for each other, and it is tried
   * again, `deadlockAttemptsMax` times in all. So it changes nothing but the database, and builds what it returns anew.
   *
   * On SQLite, whose only writer they share, transactions that wait for their turn are committed together: one that fails
   * leaves nothing, and the others all.
   */
  transaction<Result>(
    work: Work<Result>,
    { isUrgent = false, isLarge = false }: TransactionOptions = {},
  ): Promise<Result> {
    return this.#commits?.add(work, { isUrgent, isLarge }) ?? this.#untilNoDeadlock(work);
  }

  /**
   * `listener` hears that a transaction came to nothing: what was read in it, or on SQLite in one that shares its commit, may
   * never have been there. On SQLite it hears before another is begun; on MySQL/MariaDB others may be under way, which
   * keep what they have read.
   */
  onUndone(listener: () => void): void {
    this.#undone.push(listener);
  }

  /** Waits for the transaction in hand. */
  async close(): Promise<void> {
    await this.#commits?.settled();
    await this.writer.destroy();
    await this.reader.destroy();
  }

  #tellUndone(): void {
    for (const listener of this.#undone) listener();
  }

  async #untilNoDeadlock<Result>(work: Work<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.writer.transaction(work);
      } catch (error) {
        this.#tellUndone();
        if (!isDeadlock(error) || attempt >= this.limits.deadlockAttemptsMax) throw error;
        await sleep(Math.random() * deadlockWaitMs * attempt);
      }
    }
  }
}
