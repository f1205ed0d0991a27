import mysql, { type Connection, type ConnectionOptions, type RowDataPacket } from 'mysql2/promise';
import type { MysqlConnection } from '@anamnesis/fhir';
import { passwordOf, readOrFail } from '../password-of.js';
import { unlessAborted } from '../unless-aborted.js';

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

/** A server to be asked, until `signal` fires. */
export interface Reach {
  readonly options: ConnectionOptions;
  readonly signal: AbortSignal;
}

/** Opens a connection for as long as `work` takes. */
export async function withConnection<Result>(
  { options, signal }: Reach,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const connection = await connect(options);
  try {
    return await unlessAborted(signal, work(connection));
  } finally {
    connection.destroy();
  }
}

/** A connection whose loss ends no process: whoever asks hears of it. */
export async function connect(options: ConnectionOptions): Promise<Connection> {
  const connection = await mysql.createConnection(options);
  connection.on('error', () => undefined);
  return connection;
}

/** The rows of one query. */
export async function ask(
  connection: Connection,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  // The driver's own clock goes on for its time when the connection is lost, and holds the process.
  let clock: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    clock = setTimeout(() => {
      reject(Object.assign(new Error('the server does not answer'), { code: 'SILENT' }));
    }, silentMs);
    clock.unref();
  });
  try {
    const [rows] = await Promise.race([connection.query<RowDataPacket[]>(sql, [...values]), silence]);
    return rows;
  } finally {
    clearTimeout(clock);
  }
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
