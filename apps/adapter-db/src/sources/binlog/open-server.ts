import { createHash } from 'node:crypto';
import type { ConnectionOptions } from 'mysql2/promise';
import type { MysqlConnection } from '@anamnesis/fhir';
import type { SourceWatch } from '../source-watch.js';
import type { ColumnTypes } from './canonical-row.js';
import { demandReadable } from './demand-readable.js';
import { connectionOptions, placeOfTable, withConnection } from './mysql-connection.js';
import { preflight, type Server } from './preflight.js';
import { columnTypes } from './snapshot.js';

export interface OpenServerOptions {
  readonly connection: MysqlConnection;
  /** Names the source among the server's replicas where the connection has no `serverId`. */
  readonly name: string;
  /** Key columns by table, parents before children. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
  /** That the mapping reads, by table. */
  readonly columns?: Readonly<Record<string, readonly string[]>>;
  readonly watch: SourceWatch;
}

export interface OpeningServer extends OpenServerOptions {
  readonly signal: AbortSignal;
}

/** A server that was found fit to be read, and how it is reached. */
export interface OpenedServer extends Server {
  readonly options: ConnectionOptions;
  readonly database: string;
  readonly serverId: number;
  /** By table and column: types that the log's own description of a table does not tell. */
  readonly types: Readonly<Record<string, ColumnTypes>>;
}

const untoldTypes = ['uuid', 'inet4', 'inet6'];

/** Throws `SourceFault` for what is not as it must be, the driver's errors and the signal's reason. */
export async function openServer({
  connection,
  name,
  keys,
  columns,
  watch,
  signal,
}: OpeningServer): Promise<OpenedServer> {
  const options = connectionOptions(connection);
  const { database, serverId = serverIdOf(name) } = connection;
  return withConnection({ options, signal }, async (open) => {
    const server = await preflight(open, { database, keys, serverId, watch });
    const types: Record<string, ColumnTypes> = {};
    for (const table of Object.keys(keys)) {
      const all = Object.entries(await columnTypes(open, placeOfTable(table, database)));
      demandReadable(table, all, server.isMariaDb);
      for (const column of columns?.[table] ?? [])
        if (!all.some(([known]) => known === column)) watch.guard('column-missing', { table, column });
      types[table] = Object.fromEntries(all.filter(([, type]) => untoldTypes.includes(type)));
    }
    return { ...server, options, database, serverId, types };
  });
}

/** In the upper half, where those that people choose are not. */
function serverIdOf(name: string): number {
  return (createHash('sha256').update(name).digest().readUInt32BE(0) | 0x8000_0000) >>> 0;
}
