import type { Connection } from 'mysql2/promise';
import { canonicalJson, type RowChange } from '@anamnesis/core';
import type { SourceWatch } from '../source-watch.js';
import { ask, placeOfTable, quoted } from './mysql-connection.js';

/** A table that is read, and takes rows of another one that is read with it. */
export interface CascadingParent {
  readonly table: string;
  /** By which the others name its rows, where these follow a change of them. */
  readonly columns: readonly string[];
}

export interface CascadeOptions {
  readonly database: string;
  readonly keys: Readonly<Record<string, readonly string[]>>;
  readonly watch: Pick<SourceWatch, 'guard'>;
}

const foreignKey = /CONSTRAINT `([^`]+)` FOREIGN KEY \(.*?\) REFERENCES (?:`[^`]+`\.)?`([^`]+)` \((.*?)\)(.*)/g;

/** Foreign keys by which the engine itself changes rows of a child. What it does so is in no log. */
export async function findCascades(
  connection: Connection,
  { database, keys, watch }: CascadeOptions,
): Promise<readonly CascadingParent[]> {
  const tables = Object.keys(keys);
  const parents: CascadingParent[] = [];
  for (const child of tables) {
    // The tables of constraints in the schema are hidden from who may only read.
    const [made] = await ask(connection, `SHOW CREATE TABLE ${quoted(child, database)}`);
    for (const { constraint, parent, columns } of cascadesOf(String(made?.['Create Table']))) {
      watch.guard('cascade', { table: child, constraint });
      for (const table of tables) if (placeOfTable(table, database)[1] === parent) parents.push({ table, columns });
    }
  }
  return parents;
}

function* cascadesOf(definition: string) {
  for (const [, constraint = '', parent = '', named = '', rules = ''] of definition.matchAll(foreignKey)) {
    if (!/ON (DELETE|UPDATE) (CASCADE|SET NULL)/.test(rules)) continue;
    const isFollowed = /ON UPDATE (CASCADE|SET NULL)/.test(rules);
    const columns = isFollowed ? [...named.matchAll(/`([^`]+)`/g)].map(([, column = '']) => column) : [];
    yield { constraint, parent, columns };
  }
}

/** Does one of these take rows of other tables with it? A changed key is a row that is gone and another one. */
export function isCascading(changes: readonly RowChange[], parents: readonly CascadingParent[]): boolean {
  if (parents.length === 0) return false;
  return changes.some(({ op, table, before = {}, after = {} }) => {
    if (op !== 'd' && op !== 'u') return false;
    const isMoved = (column: string) => canonicalJson(before[column] ?? null) !== canonicalJson(after[column] ?? null);
    return parents.some((parent) => parent.table === table && (op === 'd' || parent.columns.some(isMoved)));
  });
}
