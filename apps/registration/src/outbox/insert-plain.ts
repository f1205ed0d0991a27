import { statementRows } from '@anamnesis/store';
import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';

/** Under the limits of both engines. */
const parametersMax = 900;

/** Rows as the entity has them; every column given. */
export type PlainRow<Row> = { readonly [Column in keyof Row]: Row[Column] };

/**
 * Inserts rows that are known to be new, many a statement. The query builder spends more time on a row than the
 * database does: on the path of every event the statement is written out. Throws on a duplicate.
 */
export async function insertPlain<Row extends ObjectLiteral>(
  manager: EntityManager,
  target: EntityTarget<Row>,
  rows: readonly PlainRow<Row>[],
): Promise<void> {
  const { driver } = manager.dataSource;
  const { tableName, columns } = manager.dataSource.getMetadata(target);
  const names = columns.map(({ databaseName }) => databaseName);
  const rowsMax = Math.max(1, Math.floor(parametersMax / names.length));
  // A name may be a word of the database (`system` is one of MySQL's).
  const list = names.map((name) => driver.escape(name)).join(', ');
  const marks = `(${names.map(() => '?').join(', ')})`;
  for (const some of statementRows(rows, rowsMax)) {
    const statement = `INSERT INTO ${driver.escape(tableName)} (${list}) VALUES ${some.map(() => marks).join(', ')}`;
    await manager.query(
      statement,
      some.flatMap((row) => names.map((name) => valueOf(row[name]))),
    );
  }
}

/** SQLite's driver knows no booleans. */
function valueOf(value: unknown): unknown {
  return typeof value === 'boolean' ? Number(value) : value;
}
