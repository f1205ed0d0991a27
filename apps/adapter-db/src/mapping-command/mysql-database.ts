import mysql, { type Connection } from 'mysql2/promise';
import { type Row, type RowValue, Unavailable } from '@anamnesis/core';
import { keyText, type MysqlConnection } from '@anamnesis/fhir';
import { canonicalRow } from '../sources/binlog/canonical-row.js';
import { judgeFailure } from '../sources/binlog/judge-failure.js';
import { ask, connectionOptions, placeOfTable, quoted } from '../sources/binlog/mysql-connection.js';
import { columnTypes, selectionOf } from '../sources/binlog/snapshot.js';
import type { LiveDatabase, LiveTable } from './live-database.js';

/** The table of another database is named with it. */
const foreignKey = /FOREIGN KEY \(([^)]+)\) REFERENCES ((?:`[^`]+`\.)?`[^`]+`)/g;

/** MySQL or MariaDB, by a connection that changes nothing. */
export class MysqlDatabase implements LiveDatabase {
  private constructor(
    private readonly connection: Connection,
    private readonly database: string,
  ) {}

  /** Throws `SourceFault` where the server does not let us in, and `Unavailable` where none answers. */
  static async open(settings: MysqlConnection): Promise<MysqlDatabase> {
    const { host, port, database } = settings;
    try {
      const connection = await mysql.createConnection(connectionOptions(settings));
      await ask(connection, "SET time_zone = '+00:00'");
      await ask(connection, 'SET SESSION TRANSACTION READ ONLY');
      return new MysqlDatabase(connection, database);
    } catch (cause) {
      const { reason } = judgeFailure(cause);
      throw new Unavailable('database', `${host}:${port} does not answer: ${reason}`, { cause });
    }
  }

  async tables(): Promise<readonly LiveTable[]> {
    const tables: LiveTable[] = [];
    for (const name of await this.namesBeside('')) tables.push(await this.#table(name));
    return tables;
  }

  async table(name: string): Promise<LiveTable | undefined> {
    return (await this.namesBeside(name)).includes(name) ? this.#table(name) : undefined;
  }

  async namesBeside(name: string): Promise<readonly string[]> {
    const [database] = placeOfTable(name, this.database);
    const names = await ask(
      this.connection,
      `SELECT TABLE_NAME AS name FROM information_schema.TABLES
        WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'BASE TABLE' ORDER BY TABLE_NAME`,
      [database],
    );
    return names.map((one) => `${name.includes('.') ? `${database}.` : ''}${String(one['name'])}`);
  }

  async rows(table: string, count: number): Promise<readonly Row[]> {
    return this.#select(table, `LIMIT ${Math.max(0, Math.trunc(count))}`, []);
  }

  async find(table: string, columns: readonly string[], values: readonly RowValue[]): Promise<Row | undefined> {
    const where = columns.map((one) => `${mysql.escapeId(one, true)} = ?`).join(' AND ');
    const [row] = await this.#select(table, `WHERE ${where} LIMIT 1`, values.map(asked));
    return row;
  }

  async keyProblem(table: string, key: readonly string[]): Promise<string | undefined> {
    const indexes = [...(await this.#uniqueIndexes(table)).values()];
    const wanted = key.map((one) => one.toLowerCase());
    const isUnique = indexes.some((columns) => columns.every((one) => wanted.includes(one.toLowerCase())));
    return isUnique ? undefined : 'no primary or unique key of the table lies within these columns';
  }

  async close(): Promise<void> {
    await this.connection.end();
  }

  async #table(name: string): Promise<LiveTable> {
    const types = await columnTypes(this.connection, placeOfTable(name, this.database));
    const [made] = await ask(this.connection, `SHOW CREATE TABLE ${quoted(name, this.database)}`);
    const parents = [...String(made?.['Create Table']).matchAll(foreignKey)].map(([, columns = '', table = '']) => ({
      table: table.replace(/`/g, ''),
      columns: columns.split(',').map((one) => one.trim().replace(/`/g, '')),
    }));
    const columns = Object.entries(types).map(([column, type]) => ({ name: column, type }));
    return { name, columns, primaryKey: (await this.#uniqueIndexes(name)).get('PRIMARY') ?? [], parents };
  }

  /** Those that hold no NULL and no mere beginning of a column. */
  async #uniqueIndexes(table: string): Promise<ReadonlyMap<string, readonly string[]>> {
    const parts = await ask(
      this.connection,
      `SELECT INDEX_NAME AS name, COLUMN_NAME AS part FROM information_schema.STATISTICS
        WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND NON_UNIQUE = 0 AND SUB_PART IS NULL AND NULLABLE <> 'YES'
        ORDER BY INDEX_NAME, SEQ_IN_INDEX`,
      placeOfTable(table, this.database),
    );
    const indexes = new Map<string, string[]>();
    for (const { name, part } of parts) indexes.set(String(name), [...(indexes.get(String(name)) ?? []), String(part)]);
    return indexes;
  }

  async #select(table: string, rest: string, values: readonly (string | Buffer)[]): Promise<readonly Row[]> {
    const types = await columnTypes(this.connection, placeOfTable(table, this.database));
    const sql = `${selectionOf(types, quoted(table, this.database))} ${rest}`;
    const rows = await ask(this.connection, sql, values);
    return rows.map((row) => canonicalRow(row, types));
  }
}

/** As the server compares it with a column. */
function asked(value: RowValue): string | Buffer {
  return typeof value === 'object' && value !== null ? Buffer.from(value.base64, 'base64') : keyText([value]);
}
