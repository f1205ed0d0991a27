import type { Socket } from 'node:net';
import type { DataSource, QueryRunner } from 'typeorm';
import { Unavailable } from '@anamnesis/core';
import { unavailableCodeOf } from './database-errors.js';

type Query = (sql: string, parameters?: unknown[], isStructured?: boolean) => Promise<unknown>;

/**
 * Every statement of a data source, whether a transaction's or a reader's, goes through its query runners: there the
 * database's "not now" becomes `Unavailable('store')`, and a server that says nothing is given up. With it, nobody who
 * reads through `store.reader` has to know.
 */
export function guardQueries(source: DataSource, { answerMsMax }: { readonly answerMsMax?: number } = {}): void {
  const { driver } = source;
  const create = driver.createQueryRunner.bind(driver);
  const guarded = new WeakSet<QueryRunner>(); // SQLite has one runner, given again and again
  driver.createQueryRunner = (mode) => {
    const runner = create(mode);
    if (guarded.has(runner)) return runner;
    guarded.add(runner);
    const query: Query = runner.query.bind(runner);
    const bounded: Query = answerMsMax === undefined ? query : withDeadline(runner, query, answerMsMax);
    return Object.assign(runner, { query: translated(source, bounded) });
  };
}

function translated(source: DataSource, query: Query): Query {
  return async (...statement) => {
    try {
      return await query(...statement);
    } catch (error) {
      // `isInitialized` is false as soon as the store is being closed.
      const code = unavailableCodeOf(error) ?? (source.isInitialized ? undefined : 'STORE_CLOSED');
      if (code === undefined) throw error;
      throw new Unavailable('store', `the database answered ${code}`, { cause: error });
    }
  };
}

/** Cuts the connection: whoever waits on it is told, the pool drops it, and the server undoes its transaction. */
function withDeadline(runner: QueryRunner, query: Query, answerMsMax: number): Query {
  return async (...statement) => {
    const connection = (await runner.connect()) as { readonly stream: Socket };
    const timer = setTimeout(() => {
      const message = `no answer in ${answerMsMax} ms`;
      connection.stream.destroy(Object.assign(new Error(message), { code: 'ETIMEDOUT' }));
    }, answerMsMax);
    try {
      return await query(...statement);
    } finally {
      clearTimeout(timer);
    }
  };
}
