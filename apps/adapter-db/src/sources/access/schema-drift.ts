import type { ColumnShape } from './access-table.js';

export type TableShapes = Readonly<Record<string, readonly ColumnShape[]>>;

/** One way in which a table's columns are not those of the snapshot before. */
export interface Drift {
  readonly table: string;
  readonly column: string;
  readonly change: 'added' | 'removed' | 'retyped';
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
