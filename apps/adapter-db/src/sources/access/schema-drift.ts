import type { ColumnShape, TableSpec } from './access-table.js';

export type TableShapes = Readonly<Record<string, readonly ColumnShape[]>>;

export interface MissingColumn {
  readonly table: string;
  readonly column: string;
}

/** One way in which a table's columns are not those of the snapshot before. */
export interface Drift {
  readonly table: string;
  readonly column: string;
  readonly change: 'added' | 'removed' | 'retyped';
}

/** Columns that the mapping reads and a table has not: what is to be made of them is missing of each row. */
export function findMissing(shapes: TableShapes, specs: readonly TableSpec[]): readonly MissingColumn[] {
  return specs.flatMap(({ table, columns = [] }) => {
    const names = new Set(shapes[table]?.map(({ name }) => name));
    return columns.filter((column) => !names.has(column)).map((column) => ({ table, column }));
  });
}

/** Tables that were not read before have no drift. */
export function findDrift(before: TableShapes, after: TableShapes): readonly Drift[] {
  return Object.entries(after).flatMap(([table, columns]) => {
    const old = before[table];
    if (old === undefined) return [];
    const types = new Map(old.map(({ name, type }) => [name, type]));
    const names = new Set(columns.map(({ name }) => name));
    return [
      ...columns.flatMap(({ name, type }): Drift[] => {
        if (!types.has(name)) return [{ table, column: name, change: 'added' }];
        return types.get(name) === type ? [] : [{ table, column: name, change: 'retyped' }];
      }),
      ...old.flatMap(({ name }): Drift[] => (names.has(name) ? [] : [{ table, column: name, change: 'removed' }])),
    ];
  });
}
