import mysql, { type RowDataPacket } from 'mysql2/promise';
import { Unavailable } from '@anamnesis/core';
import { unavailableCodeOf } from '../database-errors.js';
import { type StoreLimits, valueBytesMax } from '../store-limits.js';
import type { Address } from './address.js';

/** What is at the other end of DATABASE_URL. */
export interface Server {
  /** They differ in what defaults look like, in timeouts, and in the names of collations. */
  readonly kind: 'mariadb' | 'mysql';
  /** Compares text byte by byte, trailing spaces too: what is a key on SQLite is one here. */
  readonly collation: string;
}

/** MariaDB's since 10.2, MySQL's since 8.0.17. Their `utf8mb4_bin` takes 'x' and 'x ' for one key. */
const exactCollations = ['utf8mb4_nopad_bin', 'utf8mb4_0900_bin'];

/** The driver writes bytes into statements as hexadecimal digits: two for one. */
const packetBytesMin = 2 * valueBytesMax + 1024 * 1024;

/** Asks the server what it is. Throws an `Error` that names what an operator has to change, or `Unavailable`. */
export async function inspectServer(address: Address, { connectMsMax, answerMsMax }: StoreLimits): Promise<Server> {
  const connection = await mysql
    .createConnection({ ...address, connectTimeout: connectMsMax })
    .catch((error: unknown) => {
      throw asUnavailable(error);
    });
  try {
    const found = await connection
      .query<RowDataPacket[]>({ sql: 'SHOW COLLATION WHERE Collation LIKE "utf8mb4%bin"', timeout: answerMsMax })
      .then(([rows]) => rows.map((row) => String(row['Collation'])));
    const [rows] = await connection.query<RowDataPacket[]>({ sql: variablesSql, timeout: answerMsMax });
    const variables = new Map(rows.map((row) => [String(row['Variable_name']), String(row['Value'])]));
    return judge(variables, found);
  } catch (error) {
    throw asUnavailable(error);
  } finally {
    connection.destroy();
  }
}

const variablesSql =
  "SHOW VARIABLES WHERE Variable_name IN ('version', 'max_allowed_packet', 'log_bin', 'binlog_format')";

function judge(variables: ReadonlyMap<string, string>, collations: readonly string[]): Server {
  const version = variables.get('version') ?? 'unknown';
  const collation = exactCollations.find((one) => collations.includes(one));
  if (collation === undefined)
    throw new Error(
      `DATABASE_URL: version ${version} cannot tell 'x' from 'x ': MariaDB 10.3 or MySQL 8.0.17 at least`,
    );
  const packetBytes = Number(variables.get('max_allowed_packet'));
  if (packetBytes < packetBytesMin)
    throw new Error(
      `DATABASE_URL: max_allowed_packet is ${packetBytes} bytes, too small for the largest record: set it to 64M on the server`,
    );
  if (variables.get('log_bin') === 'ON' && variables.get('binlog_format') === 'STATEMENT')
    throw new Error(
      'DATABASE_URL: binlog_format=STATEMENT cannot log READ COMMITTED: set it to ROW or MIXED on the server',
    );
  return { kind: /mariadb/i.test(version) ? 'mariadb' : 'mysql', collation };
}

function asUnavailable(error: unknown): unknown {
  const code = unavailableCodeOf(error);
  return code === undefined ? error : new Unavailable('store', `the database answered ${code}`, { cause: error });
}
