import { Column, type ColumnOptions, getMetadataArgsStorage } from 'typeorm';

/**
 * Column type for bytes of any size up to the bus's record limit: SQLite's `blob` has no limit and its driver knows no
 * other name, MySQL's ends at 64 KiB and wants `longblob`. A live binding: migrations read it when they run.
 */
export let bigBlob: 'blob' | 'longblob' = 'blob';

/** Likewise for text: MySQL's `text` ends at 64 KiB, which a ledger's evidence may exceed. */
export let bigText: 'text' | 'longtext' = 'text';
const bigTextColumns = new Map<unknown, Set<string>>();

/** A column of text of any size. */
export function BigTextColumn(options: ColumnOptions = {}): PropertyDecorator {
  return (target, property) => {
    const columns = bigTextColumns.get(target.constructor) ?? new Set();
    bigTextColumns.set(target.constructor, columns.add(String(property)));
    Column({ ...options, type: bigText })(target, property);
  };
}

/** Called before a MySQL/MariaDB data source is made: entities and migrations then both say `longblob`, `longtext`. */
export function useMysqlColumnTypes(): void {
  bigBlob = 'longblob';
  bigText = 'longtext';
  for (const { target, propertyName, options } of getMetadataArgsStorage().columns) {
    if (options.type === 'blob') options.type = bigBlob;
    if (bigTextColumns.get(target)?.has(propertyName)) options.type = bigText;
  }
}

/** Our times are ISO 8601 in UTC with three decimals, as text: they sort and come back exactly as written. */
export const timeLength = 24;
