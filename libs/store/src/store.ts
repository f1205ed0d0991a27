import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import libsql from 'libsql';
import { DataSource, type DataSourceOptions, type EntityManager } from 'typeorm';
import { Unavailable } from '@anamnesis/core';
import { useMysqlColumnTypes } from './column-types.js';
import { unavailableCodeOf } from './database-errors.js';
import { giveBuffers } from './give-buffers.js';
import { GroupCommit } from './group-commit.js';
import { schema } from './schema.js';

export interface StoreOptions {
  /** `mysql://` or `mariadb://`; absent = `store.db` in `directory`. */
  readonly databaseUrl?: string | undefined;
  readonly directory: string;
}

/**
 * The relational store. `writer` and `reader` are TypeORM data sources: on SQLite two connections to one file, so that
 * readers see only what is committed; on MySQL/MariaDB one pool.
 */
export class Store {
  readonly #commits: GroupCommit | undefined;

  private constructor(
    readonly writer: DataSource,
    readonly reader: DataSource,
  ) {
    if (writer.options.type === 'better-sqlite3') this.#commits = new GroupCommit(writer);
  }

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
   * but the database. Resolves when it is durable. On SQLite, whose only writer they share, transactions that wait for
   * their turn are committed together, each in a savepoint of its own: one that fails leaves nothing, and the others
   * all. `isUrgent`: somebody waits for the answer, it goes before what consumers do. What the database cannot do now is
   * `Unavailable('store')`.
   */
  async transaction<Result>(
    work: (manager: EntityManager) => Promise<Result>,
    { isUrgent = false }: { readonly isUrgent?: boolean } = {},
  ): Promise<Result> {
    return translated(this.#commits?.add(work, { isUrgent }) ?? this.writer.transaction(work));
  }

  /** Waits for the transaction in hand. */
  async close(): Promise<void> {
    await this.#commits?.settled();
    await this.writer.destroy();
    if (this.reader !== this.writer) await this.reader.destroy();
  }
}

async function translated<Result>(result: Promise<Result>): Promise<Result> {
  try {
    return await result;
  } catch (error) {
    const code = unavailableCodeOf(error);
    if (code === undefined) throw error;
    throw new Unavailable('store', `the database answered ${code}`, { cause: error });
  }
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
      // Pages: rows of the same patients are rewritten again and again, and a checkpoint copies each page once.
      database.pragma('wal_autocheckpoint = 4000');
      database.pragma('cache_size = -32768'); // KiB
    },
  };
}

function mysqlOptions(url: string): DataSourceOptions {
  return {
    ...schema,
    // The two answer differently about defaults, which decides what the schema is found to lack.
    type: url.startsWith('mariadb:') ? 'mariadb' : 'mysql',
    url,
    timezone: 'Z',
    charset: 'utf8mb4_bin',
    migrationsRun: true,
    extra: { connectionLimit: 10 },
  };
}
