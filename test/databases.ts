import { randomBytes } from 'node:crypto';
import { afterAll, it } from '@jest/globals';
import mysql from 'mysql2/promise';

/** A database that a suite runs on. */
export interface Database {
  readonly name: string;
  /** DATABASE_URL of an empty database of one's own; undefined where the fresh directory is the database. */
  readonly fresh: () => Promise<string | undefined>;
}

const sqlite: Database = { name: 'SQLite', fresh: () => Promise.resolve(undefined) };
const serverUrl = process.env['TEST_DATABASE_URL'];
const mysqlUrl = process.env['TEST_MYSQL_URL'];

/** SQLite, the MariaDB of TEST_DATABASE_URL and the MySQL of TEST_MYSQL_URL: what runs on one has to run on the others. */
export const databases: readonly Database[] = [
  sqlite,
  ...(serverUrl === undefined ? [] : [onServer('MariaDB', serverUrl)]),
  ...(mysqlUrl === undefined ? [] : [onServer('MySQL', mysqlUrl)]),
];

if (serverUrl === undefined) {
  const text = 'suites on MariaDB: TEST_DATABASE_URL is not set';
  if (process.env['CI'] === 'true') throw new Error(text);
  console.warn(`SKIPPED ${text}`);
}
// Counted once a suite; whoever starts the services says why.
if (mysqlUrl === undefined) it.skip('on MySQL: TEST_MYSQL_URL is not set', () => undefined);

function onServer(name: string, url: string): Database {
  const made: string[] = [];
  afterAll(async () => {
    for (const name of made.splice(0)) await run(url, `DROP DATABASE IF EXISTS ${name}`);
    await (await connections.get(urlOf(url, '')))?.end();
    connections.delete(urlOf(url, ''));
  });
  const fresh = async () => {
    const unused = await firstUnused(url, made);
    if (unused !== undefined) {
      await empty(url, unused);
      return urlOf(url, unused);
    }
    const own = `anamnesis_test_${randomBytes(6).toString('hex')}`;
    await run(url, `CREATE DATABASE ${own}`);
    made.push(own);
    return urlOf(url, own);
  };
  return { name, fresh };
}

function urlOf(url: string, name: string): string {
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.href;
}

/** Making fifty tables costs a test more than all it does: a database that no connection uses is used again. */
async function firstUnused(url: string, names: readonly string[]): Promise<string | undefined> {
  const rows = await run(url, 'SELECT DISTINCT DB AS name FROM information_schema.PROCESSLIST WHERE DB IS NOT NULL');
  const used = new Set(rows.map(({ name }) => name));
  return names.find((name) => !used.has(name));
}

/** As the migrations leave it: rows gone, and what counts them at its beginning. */
async function empty(url: string, name: string): Promise<void> {
  const tables = await run(
    url,
    `SELECT TABLE_NAME AS tableName, AUTO_INCREMENT AS next FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = '${name}' AND TABLE_NAME NOT IN ('migrations', 'registration_turn')`,
  );
  const namesOf = (some: readonly Record<string, unknown>[]) => some.map(({ tableName }) => String(tableName));
  const counting = tables.filter(({ next }) => next !== null);
  for (const table of namesOf(counting)) await run(url, `TRUNCATE TABLE ${name}.${table}`);
  // One question about fifty tables, most of which are empty.
  const others = namesOf(tables.filter(({ next }) => next === null));
  const firstRows = others.map((table) => `(SELECT '${table}' AS tableName FROM ${name}.${table} LIMIT 1)`);
  for (const table of namesOf(await run(url, firstRows.join(' UNION ALL '))))
    await run(url, `DELETE FROM ${name}.${table}`);
  const first = 'turn = 0, registryVersion = 0, lastOrdinal = 0, relayBy = NULL, relayUntil = NULL';
  await run(url, `UPDATE ${name}.registration_turn SET ${first}`);
}

/** One to each server, by URL. */
const connections = new Map<string, Promise<mysql.Connection>>();

/** One statement, as the user of the URL. */
export async function run(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const server = urlOf(url, '');
  const connection = connections.get(server) ?? mysql.createConnection(server);
  connections.set(server, connection);
  const [rows] = await (await connection).query<mysql.RowDataPacket[]>(sql);
  return rows;
}
