import { createHash } from 'node:crypto';
import { type DataSource, MigrationExecutor, type QueryRunner } from 'typeorm';
import { Unavailable } from '@anamnesis/core';
import type { Server } from './server.js';

/**
 * Brings the database to the newest schema that this code knows; one that is newer already is left as it is. One process at
 * a time, by a lock of the server that ends with this connection: any number may start at once. Data definition is not
 * undone on MySQL: a migration that was cut short runs again from its start, so each of them looks before it creates.
 */
export async function migrate(
  source: DataSource,
  { collation }: Server,
  { waitMsMax }: { readonly waitMsMax: number },
): Promise<void> {
  const runner = source.createQueryRunner();
  try {
    await lock(runner, waitMsMax);
    await giveCollation(runner, collation);
    const executor = new MigrationExecutor(source, runner);
    executor.transaction = 'each';
    await executor.executePendingMigrations();
    await demandCollation(source, runner, collation);
  } finally {
    await runner.release();
  }
}

/** Let go by the end of the connection. Names of locks are the server's, at most 64 characters. */
async function lock(runner: QueryRunner, waitMsMax: number): Promise<void> {
  const [{ name }] = (await runner.query('SELECT DATABASE() AS name')) as [{ name: string }];
  const lockName = `anamnesis.migrate.${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
  const waitSeconds = Math.ceil(waitMsMax / 1000);
  const sql = 'SELECT GET_LOCK(?, ?) AS isHeld';
  const [{ isHeld }] = (await runner.query(sql, [lockName, waitSeconds])) as [{ isHeld: number | null }];
  if (isHeld !== 1) throw new Unavailable('store', `another process migrates since ${waitSeconds} seconds`);
}

/** Tables take the collation of their database. */
async function giveCollation(runner: QueryRunner, collation: string): Promise<void> {
  const sql = `SELECT DEFAULT_COLLATION_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = DATABASE()`;
  const [found] = (await runner.query(sql)) as { name: string }[];
  if (found?.name === collation) return;
  try {
    await runner.query(`ALTER DATABASE CHARACTER SET utf8mb4 COLLATE ${collation}`);
  } catch (cause) {
    if (cause instanceof Unavailable) throw cause;
    throw new Error(`DATABASE_URL: the database must have COLLATE ${collation}, and this user may not set it`, {
      cause,
    });
  }
}

async function demandCollation(source: DataSource, runner: QueryRunner, collation: string): Promise<void> {
  const tables = source.entityMetadatas.map(({ tableName }) => tableName);
  const sql = `SELECT TABLE_NAME AS tableName, COLUMN_NAME AS columnName FROM information_schema.COLUMNS
    WHERE TABLE_SCHEMA = DATABASE() AND COLLATION_NAME <> ? AND TABLE_NAME IN (${tables.map(() => '?').join(', ')})
    ORDER BY TABLE_NAME, ORDINAL_POSITION`;
  const [wrong] = (await runner.query(sql, [collation, ...tables])) as { tableName: string; columnName: string }[];
  if (wrong === undefined) return;
  const { tableName, columnName } = wrong;
  throw new Error(
    `${tableName}.${columnName} does not compare byte by byte: ALTER TABLE ${tableName} CONVERT TO CHARACTER SET utf8mb4 COLLATE ${collation}`,
  );
}
