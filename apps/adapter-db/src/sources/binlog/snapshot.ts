import mysql, { type Connection } from 'mysql2/promise';
import type { Row } from '@anamnesis/core';
import { SourceFault } from '../source-fault.js';
import type { BinlogPlace, ServerLog } from './binlog-place.js';
import { canonicalRow, type ColumnTypes } from './canonical-row.js';
import { ExecutedGtids } from './executed-gtids.js';
import { ask, connect, placeOfTable, quoted, type Reach } from './mysql-connection.js';
import { RowReading } from './stream-rows.js';
import { unlessAborted } from '../unless-aborted.js';

/** So long the hospital's programs may have to wait for us; the shortest that the server knows. */
const lockWaitSeconds = 1;

/** The place in the log that a snapshot belongs to, and when that was by the server's own clock (ISO 8601 UTC). */
export type SnapshotPlace = Pick<BinlogPlace, 'file' | 'offset' | 'gtid' | 'server'> & { readonly at: string };

/**
 * All tables as they were at one place of the log, while writers go on: a transaction of its own that sees no later
 * commit. Tables that know no transactions (MyISAM, Aria) are read as they are then: what was changed in between comes
 * again in the log.
 */
export class Snapshot {
  readonly #reading = new Set<RowReading>();

  private constructor(
    private readonly connection: Connection,
    private readonly database: string,
    readonly place: SnapshotPlace,
  ) {}

  /** Throws the driver's errors, and the signal's reason. */
  static async open({ options, signal }: Reach, database: string, log: ServerLog): Promise<Snapshot> {
    const connection = await connect(options);
    try {
      return new Snapshot(connection, database, await unlessAborted(signal, beginAt(connection, log)));
    } catch (problem) {
      connection.destroy();
      throw problem;
    }
  }

  /** The rows of one table, one after the other, in the order of its key. Throws the driver's errors. */
  async *rows(table: string, key: readonly string[]): AsyncGenerator<Row> {
    const types = await columnTypes(this.connection, placeOfTable(table, this.database));
    const order = key.map((one) => mysql.escapeId(one, true)).join(', ');
    const sql = `${selectionOf(types, quoted(table, this.database))} ORDER BY ${order}`;
    const reading = new RowReading();
    this.#reading.add(reading);
    try {
      for await (const row of reading.rows(this.connection, sql)) yield canonicalRow(row, types);
    } finally {
      this.#reading.delete(reading);
    }
  }

  /** A table that is being read is read no further: whoever waits for its next row gets a `SourceFault`. */
  close(): void {
    for (const one of this.#reading) one.cut(new SourceFault('stopping', 'the snapshot was closed'));
    this.connection.destroy();
  }
}

async function beginAt(connection: Connection, log: ServerLog): Promise<SnapshotPlace> {
  await ask(connection, "SET time_zone = '+00:00'");
  await ask(connection, 'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  const place = log.isMariaDb ? await begin(connection) : await beginLocked(connection, log);
  const [clock] = await ask(connection, 'SELECT UTC_TIMESTAMP(6) AS at');
  return { ...place, at: `${String(clock?.['at']).replace(' ', 'T')}Z` };
}

/** Types of a table's columns, in their order. */
export async function columnTypes(
  connection: Connection,
  [database, table]: readonly [string, string],
): Promise<ColumnTypes> {
  const rows = await ask(
    connection,
    `SELECT COLUMN_NAME AS name, DATA_TYPE AS type FROM information_schema.COLUMNS
      WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION`,
    [database, table],
  );
  if (rows.length === 0) throw new SourceFault('table-missing', `there is no table ${database}.${table} to be read`);
  return Object.fromEntries(rows.map(({ name, type }) => [String(name), String(type).toLowerCase()]));
}

/** Every column, of which `*` leaves some out. */
export function selectionOf(types: ColumnTypes, quotedTable: string): string {
  const columns = Object.entries(types).map(([name, type]) => selected(name, type));
  return `SELECT ${columns.join(', ')} FROM ${quotedTable}`;
}

/** A query shows six digits of a 32-bit number, its widened form all of them. */
function selected(name: string, type: string): string {
  const column = mysql.escapeId(name, true);
  return type === 'float' ? `CAST(${column} AS DOUBLE) AS ${column}` : column;
}

/** MariaDB says which place of the log a consistent snapshot belongs to; nothing is locked. */
async function begin(connection: Connection): Promise<Omit<SnapshotPlace, 'at'>> {
  await ask(connection, 'START TRANSACTION WITH CONSISTENT SNAPSHOT');
  const status = await ask(connection, "SHOW STATUS LIKE 'binlog_snapshot_%'");
  const byName = Object.fromEntries(
    status.map((one) => [String(one['Variable_name']).toLowerCase(), String(one['Value'])]),
  );
  const file = byName['binlog_snapshot_file'] ?? '';
  const offset = Number(byName['binlog_snapshot_position']);
  if (file === '') throw new SourceFault('binlog-off', 'the server keeps no binary log: set log_bin');
  const [found] = await ask(connection, 'SELECT BINLOG_GTID_POS(?, ?) AS gtid', [file, offset]);
  const gtid = found?.['gtid'];
  return { file, offset, ...(typeof gtid === 'string' && { gtid }) };
}

/**
 * MySQL does not: for the moment of one question all writers wait (RELOAD). They wait, too, while this waits for a long
 * statement: so it gives up soon, and is tried again.
 */
async function beginLocked(connection: Connection, { hasGtids, uuid }: ServerLog): Promise<Omit<SnapshotPlace, 'at'>> {
  await ask(connection, `SET SESSION lock_wait_timeout = ${lockWaitSeconds}`);
  await ask(connection, 'FLUSH TABLES WITH READ LOCK');
  try {
    await ask(connection, 'START TRANSACTION WITH CONSISTENT SNAPSHOT');
    // Since 8.4 under its new name alone.
    const [status] = await ask(connection, 'SHOW BINARY LOG STATUS').catch(() => ask(connection, 'SHOW MASTER STATUS'));
    if (status === undefined) throw new SourceFault('binlog-off', 'the server keeps no binary log: set log_bin');
    const place = { file: String(status['File']), offset: Number(status['Position']) };
    const gtid = ExecutedGtids.parse(String(status['Executed_Gtid_Set'])).toString();
    return { ...place, ...(uuid !== undefined && { server: uuid }), ...(hasGtids && { gtid }) };
  } finally {
    await ask(connection, 'UNLOCK TABLES');
  }
}
