import type { Connection } from 'mysql2/promise';
import { SourceFault } from '../source-fault.js';
import type { SourceWatch } from '../source-watch.js';
import type { ServerLog } from './binlog-place.js';
import { type CascadingParent, findCascades } from './cascades.js';
import { ask, placeOfTable, quoted } from './mysql-connection.js';
import { readReplica, type ReplicaState } from './replica-state.js';

type Required = Readonly<Record<string, readonly [value: string, why: string]>>;

/** By setting: what it must be, and why. */
const required: Required = {
  binlog_format: ['ROW', 'statements do not tell which rows they changed'],
  binlog_row_image: ['FULL', 'columns that are left out look like NULL'],
  binlog_row_metadata: ['FULL', 'without the names of columns a changed table is read wrongly'],
};
const requiredOfMysql: Required = {
  ...required,
  binlog_row_value_options: ['', 'a part of a JSON document does not tell the whole'],
};

/** Of a server that is a replica; MariaDB, MySQL. */
const ofReplicas = ['log_slave_updates', 'log_replica_updates'];

export interface PreflightOptions {
  readonly database: string;
  readonly keys: Readonly<Record<string, readonly string[]>>;
  readonly serverId: number;
  readonly watch: Pick<SourceWatch, 'guard'>;
}

export interface Server extends ServerLog {
  /** Undefined: no replica, or none that our user may ask about. */
  readonly replica: ReplicaState | undefined;
  readonly cascadingParents: readonly CascadingParent[];
}

/**
 * Is everything as it must be for nothing to be missed? Throws `SourceFault` saying what is not; what can be lived with
 * is told as a guard.
 */
export async function preflight(connection: Connection, options: PreflightOptions): Promise<Server> {
  const variables = await globalVariables(connection);
  const isMariaDb = /mariadb/i.test(variables.get('version') ?? '');
  if (variables.get('log_bin') !== 'ON')
    throw new SourceFault('binlog-off', 'the server keeps no binary log: set log_bin and start it again');
  if (Number(variables.get('server_id')) === options.serverId)
    throw new SourceFault('server-id-taken', `serverId ${options.serverId} is the server's own: choose another`);
  checkSettings(variables, isMariaDb ? required : requiredOfMysql);
  await checkGrants(connection, isMariaDb);
  for (const [table, key] of Object.entries(options.keys)) await checkTable(connection, table, { ...options, key });
  const replica = await readReplica(connection);
  if (replica !== undefined) checkReplica(variables);
  return {
    isMariaDb,
    hasGtids: isMariaDb || variables.get('gtid_mode') === 'ON',
    uuid: variables.get('server_uuid'),
    replica,
    cascadingParents: logsCascades(variables) ? [] : await findCascades(connection, options),
  };
}

const variablesAsked = [
  ...['version', 'server_id', 'server_uuid', 'log_bin', 'gtid_mode', 'innodb_native_foreign_keys'],
  ...Object.keys(requiredOfMysql),
  ...ofReplicas,
];

/** By name; those that the server does not know are not in it. */
async function globalVariables(connection: Connection): Promise<ReadonlyMap<string, string>> {
  const rows = await ask(connection, 'SHOW GLOBAL VARIABLES WHERE Variable_name IN (?)', [variablesAsked]);
  return new Map(rows.map((row) => [String(row['Variable_name']).toLowerCase(), String(row['Value'])]));
}

function checkSettings(variables: ReadonlyMap<string, string>, settings: Required): void {
  const wrong: string[] = [];
  for (const [name, [value, why]] of Object.entries(settings)) {
    const found = variables.get(name) ?? 'unknown to the server';
    if (found.toUpperCase() !== value)
      wrong.push(`${name} is ${found}, must be ${value === '' ? 'empty' : value}: ${why}`);
  }
  if (wrong.length > 0) throw new SourceFault('binlog-settings', wrong.join('; '));
}

function checkReplica(variables: ReadonlyMap<string, string>): void {
  const name = ofReplicas.find((one) => variables.get(one) === 'OFF');
  if (name !== undefined)
    throw new SourceFault('binlog-settings', `${name} is OFF, must be ON: the log of a replica lacks what it is sent`);
}

async function checkGrants(connection: Connection, isMariaDb: boolean): Promise<void> {
  const rows = await ask(connection, 'SHOW GRANTS');
  const grants = rows.flatMap((row) => Object.values(row).map((text) => String(text).toUpperCase()));
  const isGlobal = (...names: readonly string[]) =>
    grants.some((one) => / ON \*\.\* /.test(one) && ['ALL PRIVILEGES', ...names].some((name) => one.includes(name)));
  const lacking = [
    ...(isGlobal('REPLICATION SLAVE', 'REPLICATION REPLICA') ? [] : ['REPLICATION SLAVE']),
    ...(isGlobal('REPLICATION CLIENT', 'BINLOG MONITOR') ? [] : ['REPLICATION CLIENT (MariaDB: BINLOG MONITOR)']),
    ...(isMariaDb || isGlobal('RELOAD', 'FLUSH_TABLES') ? [] : ['RELOAD']),
  ];
  if (lacking.length > 0) throw new SourceFault('grants-missing', `the user lacks ${lacking.join(' and ')} on *.*`);
}

interface TableCheck extends PreflightOptions {
  readonly key: readonly string[];
}

async function checkTable(connection: Connection, table: string, { database, key, watch }: TableCheck): Promise<void> {
  const place = placeOfTable(table, database);
  const [known] = await ask(
    connection,
    `SELECT ENGINE AS engine, TABLE_TYPE AS type, CONCAT(TABLE_SCHEMA, '.', TABLE_NAME) AS name
      FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?`,
    place,
  );
  if (known === undefined)
    throw new SourceFault('table-missing', `there is no table ${place.join('.')}, or the user may not see it`);
  // With `lower_case_table_names` a query finds it by any spelling, and the log has one.
  if (String(known['name']) !== place.join('.'))
    throw new SourceFault('table-missing', `${place.join('.')} is ${String(known['name'])} to the server: case counts`);
  if (String(known['type']) !== 'BASE TABLE')
    throw new SourceFault('table-missing', `${place.join('.')} is no table: the log does not tell of it`);
  await ask(connection, `SELECT 1 FROM ${quoted(table, database)} LIMIT 0`);
  await checkKey(connection, table, { database, key });
  const engine = String(known['engine']);
  if (!/^innodb$/i.test(engine)) watch.guard('no-transactions', { table, engine });
}

async function checkKey(
  connection: Connection,
  table: string,
  { database, key }: Pick<TableCheck, 'database' | 'key'>,
): Promise<void> {
  const parts = await ask(
    connection,
    `SELECT INDEX_NAME AS name, COLUMN_NAME AS part FROM information_schema.STATISTICS
      WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND NON_UNIQUE = 0 AND SUB_PART IS NULL AND NULLABLE <> 'YES'`,
    placeOfTable(table, database),
  );
  const indexes = new Map<string, string[]>();
  for (const { name, part } of parts)
    indexes.set(String(name), [...(indexes.get(String(name)) ?? []), String(part).toLowerCase()]);
  const wanted = key.map((one) => one.toLowerCase());
  // A unique index over some of the columns makes all of them together unique, too.
  const isUnique = [...indexes.values()].some((columns) => columns.every((one) => wanted.includes(one)));
  if (!isUnique)
    throw new SourceFault(
      'table-without-key',
      `${table}: no primary or unique key over ${key.join(', ')}, so that a row cannot be told from another`,
    );
}

/** MySQL since 9.6: the server itself carries out what a foreign key says, and logs it, unless this tells it not to. */
function logsCascades(variables: ReadonlyMap<string, string>): boolean {
  return variables.get('innodb_native_foreign_keys') === 'OFF';
}
