import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import libsql from 'libsql';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { guardQueries } from '../guard-queries.js';
import { schema } from '../schema.js';
import { giveBuffers } from './give-buffers.js';

/** Two connections to one file, so that readers see only what is committed. Migrated to the newest schema. */
export async function openSqlite(directory: string): Promise<{ writer: DataSource; reader: DataSource }> {
  await mkdir(directory, { recursive: true });
  const writer = await connect({ ...optionsOf(directory), migrationsRun: true });
  return { writer, reader: await connect(optionsOf(directory)) };
}

function connect(options: DataSourceOptions): Promise<DataSource> {
  const source = new DataSource(options);
  guardQueries(source);
  return source.initialize();
}

function optionsOf(directory: string): DataSourceOptions {
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
