import { DataSource } from 'typeorm';
import { giveColumnTypes } from '../column-types.js';
import { guardQueries } from '../guard-queries.js';
import { schema } from '../schema.js';
import type { StoreLimits } from '../store-limits.js';
import { type Address, parseAddress } from './address.js';
import { migrate } from './migrate.js';
import { poolDriver } from './pool-driver.js';
import { inspectServer, type Server } from './server.js';
import { idleMsOf, sessionOf } from './session.js';

interface Pool {
  readonly address: Address;
  readonly server: Server;
  readonly poolMax: number;
  readonly limits: StoreLimits;
}

export interface MysqlOptions {
  readonly poolMax: number;
  readonly limits: StoreLimits;
  /** PEM. */
  readonly tlsCa?: string | undefined;
}

/** A day: longer than an `ALTER TABLE` of the largest archive takes. */
const migrationStatementMsMax = 24 * 60 * 60 * 1000;

/**
 * One pool for transactions and one for what is read beside them: a reader never waits for a connection that a
 * transaction holds, which may itself be waiting for its turn.
 */
export async function openMysql(
  databaseUrl: string,
  { poolMax, limits, tlsCa }: MysqlOptions,
): Promise<{ writer: DataSource; reader: DataSource }> {
  const address = parseAddress(databaseUrl, tlsCa);
  const server = await inspectServer(address, limits);
  await migrateFirst(address, server, limits);
  const readersMax = Math.max(1, Math.floor(poolMax / 2));
  const writer = await connect({ address, server, limits, poolMax: Math.max(1, poolMax - readersMax) });
  try {
    return { writer, reader: await connect({ address, server, limits, poolMax: readersMax }) };
  } catch (error) {
    await writer.destroy();
    throw error;
  }
}

async function migrateFirst(address: Address, server: Server, limits: StoreLimits): Promise<void> {
  const patient: StoreLimits = {
    ...limits,
    statementMsMax: migrationStatementMsMax,
    answerMsMax: migrationStatementMsMax,
  };
  const source = await connect({ address, server, poolMax: 1, limits: patient });
  try {
    await migrate(source, server, { waitMsMax: limits.migrationWaitMsMax });
  } finally {
    await source.destroy();
  }
}

function connect({ address, server, poolMax, limits }: Pool): Promise<DataSource> {
  const { user: username, ...place } = address;
  const source = new DataSource({
    ...schema,
    ...place,
    type: server.kind,
    username,
    driver: poolDriver({ session: sessionOf(server, limits), acquireMsMax: limits.acquireMsMax }),
    connectTimeout: limits.connectMsMax,
    timezone: 'Z',
    charset: 'utf8mb4_bin',
    poolSize: poolMax,
    // As SQLite gives them: numbers, exact up to 2^53, which no count here comes near.
    supportBigNumbers: true,
    bigNumberStrings: false,
    // A stack for an error that hardly ever comes costs more than the statement; TypeORM's own error has one.
    extra: { decimalNumbers: true, trace: false, maxIdle: poolMax - 1, idleTimeout: idleMsOf(server, limits) },
  });
  giveColumnTypes(source);
  guardQueries(source, { answerMsMax: limits.answerMsMax });
  return source.initialize();
}
