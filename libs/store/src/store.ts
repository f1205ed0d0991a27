import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import libsql from 'libsql';
import { DataSource, type DataSourceOptions, type EntityManager } from 'typeorm';
import { Unavailable } from '@anamnesis/core';
import { useMysqlColumnTypes } from './column-types.js';
import { giveBuffers } from './give-buffers.js';
import { schema } from './schema.js';

export interface StoreOptions {
  /** `mysql://` or `mariadb://`; absent = `store.db` in `directory`. */
  readonly databaseUrl?: string | undefined;
  readonly directory: string;
}

/** SQLite's and MySQL's words for "not now": disk full, file locked or gone, connection lost. */
const unavailableCodes =
  /^(SQLITE_(FULL|BUSY|IOERR|CANTOPEN|READONLY|NOMEM)|ECONN|ETIMEDOUT|EPIPE|PROTOCOL_|ER_(LOCK_|DISK_FULL|CON_COUNT|SERVER_SHUTDOWN))/;

/**
 * The relational store. `writer` and `reader` are TypeORM data sources: on SQLite two connections to one file, so that
 * readers see only what is committed; on MySQL/MariaDB one pool.
 */
export class Store {
  #last: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly writer: DataSource,
    readonly reader: DataSource,
  ) {}

  /** Opens, and migrates to the newest schema. Throws when the file or server cannot be had: a wrong setting. */
  static async open(options: StoreOptions): Promise<Store> {
    if (options.databaseUrl !== undefined) {
      useMysqlColumnTypes();
      const pool = await new DataSource(mysqlOptions(options.databaseUrl)).initialize();
      return new Store(pool, pool);
    }
    await mkdir(options.directory, { recursive: true });
    const writer = await new DataSource({ ...sqliteOptions(options.directory), migrationsRun: true }).initialize();
    return new Store(writer, await new DataSource(sqliteOptions(options.directory)).initialize());
  }

  /**
   * Runs `work` in one database transaction; use `manager` for everything inside, and nothing that waits for anything
   * but the database. SQLite has one writer: there they queue. What the database cannot do now is `Unavailable('store')`.
   */
  async transaction<Result>(work: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    if (this.writer.options.type !== 'better-sqlite3') return translated(this.writer.transaction(work));
    const result = this.#last.then(() => this.writer.transaction(work));
    this.#last = result.catch(() => undefined); // the caller has the error; the next one must not inherit it
    return translated(result);
  }

  /** Waits for the transaction in hand. */
  async close(): Promise<void> {
    await this.#last;
    await this.writer.destroy();
    if (this.reader !== this.writer) await this.reader.destroy();
  }
}

async function translated<Result>(result: Promise<Result>): Promise<Result> {
  try {
    return await result;
  } catch (error) {
    const code = codeOf(error);
    if (code !== undefined && unavailableCodes.test(code))
      throw new Unavailable('store', `the database answered ${code}`, { cause: error });
    throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, driverError } = error as Error & { code?: unknown; driverError?: { code?: unknown } };
  const found = driverError?.code ?? code;
  return typeof found === 'string' ? found : undefined;
}

function sqliteOptions(directory: string): DataSourceOptions {
  return {
    ...schema,
    type: 'better-sqlite3',
    driver: libsql,
    database: join(directory, 'store.db'),
    enableWAL: true,
    prepareDatabase: (database: libsql.Database) => {
      giveBuffers(database);
      database.pragma('synchronous = FULL');
      database.pragma('busy_timeout = 5000');
      database.pragma('cache_size = -32768'); // KiB
    },
  };
}

function mysqlOptions(url: string): DataSourceOptions {
  return {
    ...schema,
    type: 'mysql',
    url,
    timezone: 'Z',
    charset: 'utf8mb4_bin',
    migrationsRun: true,
    extra: { connectionLimit: 10 },
  };
}
