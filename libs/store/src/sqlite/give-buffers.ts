import { isAnyArrayBuffer } from 'node:util/types';
import type libsql from 'libsql';

/**
 * TypeORM's driver is written for better-sqlite3, which gives a blob as `Buffer`; libsql 0.5 gives the rows of `all` with
 * `ArrayBuffer`s. Every statement of this connection gives buffers, so that entities and plain queries read alike.
 */
export function giveBuffers(database: libsql.Database): void {
  const prepare = database.prepare.bind(database);
  const prepareWithBuffers = (sql: string) => {
    const statement = prepare(sql);
    const all = statement.all.bind(statement);
    statement.all = (...parameters: unknown[]) => all(...parameters).map(withBuffers);
    return statement;
  };
  Object.assign(database, { prepare: prepareWithBuffers });
}

function withBuffers(row: unknown): unknown {
  if (typeof row !== 'object' || row === null) return row;
  for (const [name, value] of Object.entries(row))
    if (isAnyArrayBuffer(value)) Object.assign(row, { [name]: Buffer.from(value) });
  return row;
}
