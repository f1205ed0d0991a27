import { select } from '../archive/rows.js';
import type { Projection } from '../project/projection.js';

/** The stored row with this key, of a table that has at most one. */
export async function rowOf<Row>(
  { manager }: Projection,
  table: string,
  key: Readonly<Record<string, string>>,
): Promise<Row | undefined> {
  const [entry] = Object.entries(key);
  if (entry === undefined) throw new Error('a row is found by its key');
  const [row] = await select<Row>(manager, `SELECT * FROM ${table} WHERE ${entry[0]} = ?`, [entry[1]]);
  return row;
}
