import mysql, { type Connection, type ConnectionOptions, type RowDataPacket } from 'mysql2/promise';
import type { MysqlConnection } from '@anamnesis/fhir';
import { passwordOf, readOrFail } from '../password-of.js';

const connectMs = 10_000;
/** A query that takes longer has lost its server; reading a table is not one query but a stream of rows. */
const silentMs = 60_000;

/** What both clients, that of queries and that of the log, are opened with. Throws `SourceFault`. */
export function connectionOptions(connection: MysqlConnection): ConnectionOptions {
  const { host, port, user, caFile } = connection;
  return {
    host,
    port,
    user,
    password: passwordOf(connection),
    connectTimeout: connectMs,
    ...(caFile !== undefined && { ssl: { ca: readOrFail(caFile, 'caFile') } }),
    // Values as the log has them: exact digits, times as text in UTC.
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    jsonStrings: true,
    timezone: 'Z',
    enableKeepAlive: true,
    keepAliveInitialDelay: 10_000,
  };
}

/** Opens a connection for as long as `work` takes. */
export async function withConnection<Result>(
  options: ConnectionOptions,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const connection = await mysql.createConnection(options);
  connection.on('error', () => undefined); // the query in hand fails with it
  try {
    return await work(connection);
  } finally {
    connection.destroy();
  }
}

/** The rows of one query. */
export async function ask(
  connection: Connection,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const [rows] = await connection.query<RowDataPacket[]>({ sql, timeout: silentMs }, [...values]);
  return rows;
}

/** `database.table` or `table`, quoted. */
export function quoted(table: string, database: string): string {
  return placeOfTable(table, database)
    .map((part) => mysql.escapeId(part, true))
    .join('.');
}

/** The database and the table that a mapping's name means. */
export function placeOfTable(table: string, database: string): readonly [database: string, table: string] {
  const at = table.indexOf('.');
  return at < 0 ? [database, table] : [table.slice(0, at), table.slice(at + 1)];
}
