import { isAnyArrayBuffer } from 'node:util/types';
import { statementRows } from '@anamnesis/store';
import type { DataSource, EntityManager, ObjectLiteral } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';

/** Rows in one statement of SQLite: few sizes, so that the driver finds each statement prepared. */
const rowsAtOnce = [64, 16, 4, 1] as const;
/** To a server, where each statement is a round trip and none is prepared. */
const rowsAtOnceMax = 500;
const keysMax = 200;

type Target<Row extends ObjectLiteral> = new () => Row;

/** Inserts rows that are known to be new, many a statement. TypeORM's builder costs ten times as much a value. */
export async function insertAll<Row extends ObjectLiteral>(
  manager: EntityManager,
  target: Target<Row>,
  rows: readonly Row[],
): Promise<void> {
  await write(manager, { target, rows });
}

/**
 * Writes rows over those with the same primary key. Not by `REPLACE`, which deletes the row and writes it anew, in all of
 * its indices: what changes seldom stays as it is.
 */
export async function replaceAll<Row extends ObjectLiteral>(
  manager: EntityManager,
  target: Target<Row>,
  rows: readonly Row[],
): Promise<void> {
  await write(manager, { target, rows, isOver: true });
}

interface Writing<Row extends ObjectLiteral> {
  readonly target: Target<Row>;
  readonly rows: readonly Row[];
  /** Over rows that are there. */
  readonly isOver?: boolean;
}

async function write<Row extends ObjectLiteral>(
  manager: EntityManager,
  { target, rows, isOver = false }: Writing<Row>,
): Promise<void> {
  if (rows.length === 0) return;
  const { dataSource } = manager;
  const { tableName, columns } = dataSource.getMetadata(target);
  const names = columns.map(({ propertyName }) => propertyName);
  const quoted = names.map((name) => dataSource.driver.escape(name)).join(', ');
  const tuple = `(${names.map(() => '?').join(', ')})`;
  const over = isOver ? overSql(dataSource, target) : '';
  for (const chunk of isServer(dataSource) ? statementRows(rows, rowsAtOnceMax) : inFewSizes(rows)) {
    const values = chunk.flatMap((row) => names.map((name) => bound((row as Readonly<Record<string, unknown>>)[name])));
    const tuples = chunk.map(() => tuple).join(', ');
    await manager.query(`INSERT INTO ${tableName} (${quoted}) VALUES ${tuples}${over}`, values);
  }
}

/** What becomes of a row whose primary key is there; each engine has words of its own for it. */
function overSql<Row extends ObjectLiteral>(dataSource: DataSource, target: Target<Row>): string {
  const { columns, primaryColumns } = dataSource.getMetadata(target);
  const nameOf = ({ propertyName }: ColumnMetadata) => dataSource.driver.escape(propertyName);
  const [before, valueOf] = isServer(dataSource)
    ? ['ON DUPLICATE KEY UPDATE', (name: string) => `VALUES(${name})`]
    : [`ON CONFLICT (${primaryColumns.map(nameOf).join(', ')}) DO UPDATE SET`, (name: string) => `excluded.${name}`];
  const changes = columns.filter(({ isPrimary }) => !isPrimary).map(nameOf);
  return ` ${before} ${changes.map((name) => `${name} = ${valueOf(name)}`).join(', ')}`;
}

function isServer({ options }: DataSource): boolean {
  return options.type !== 'better-sqlite3';
}

function* inFewSizes<Row extends object>(rows: readonly Row[]): Generator<readonly Row[]> {
  for (const some of statementRows(rows, rowsAtOnce[0]))
    for (let from = 0; from < some.length;) {
      const size = rowsAtOnce.find((one) => one <= some.length - from) ?? 1;
      yield some.slice(from, from + size);
      from += size;
    }
}

/** Rows as they are stored: bytes as `Buffer`, booleans as 0 and 1. */
export async function select<Row>(
  manager: EntityManager,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const rows = await manager.query<Record<string, unknown>[]>(sql, [...values]);
  for (const row of rows)
    for (const [name, value] of Object.entries(row)) if (isAnyArrayBuffer(value)) row[name] = Buffer.from(value);
  return rows as Row[];
}

/** Rows of `sql`, which ends where a list of keys in brackets is to follow, for all keys. */
export async function selectIn<Row>(
  manager: EntityManager,
  sql: string,
  { keys, first = [], last = '' }: { keys: readonly unknown[]; first?: readonly unknown[]; last?: string },
): Promise<Row[]> {
  const found: Row[] = [];
  for (const chunk of chunksOf([...new Set(keys)], keysMax)) {
    const marks = chunk.map(() => '?').join(', ');
    found.push(...(await select<Row>(manager, `${sql} (${marks}) ${last}`, [...first, ...chunk])));
  }
  return found;
}

/** Runs `sql`, which ends where a list of keys in brackets is to follow, for all keys. */
export async function runIn(manager: EntityManager, sql: string, keys: readonly unknown[]): Promise<void> {
  for (const chunk of chunksOf([...new Set(keys)], keysMax))
    await manager.query(`${sql} (${chunk.map(() => '?').join(', ')})`, chunk);
}

export function chunksOf<One>(all: readonly One[], size: number): One[][] {
  const chunks: One[][] = [];
  for (let from = 0; from < all.length; from += size) chunks.push(all.slice(from, from + size));
  return chunks;
}

/** SQLite's driver takes no booleans. */
function bound(value: unknown): unknown {
  if (typeof value === 'boolean') return Number(value);
  return value ?? null;
}

/** A boolean as a raw row has it: 0 or 1 on SQLite, whatever the entity says. */
export function isSet(value: boolean): boolean {
  return Number(value) === 1;
}
