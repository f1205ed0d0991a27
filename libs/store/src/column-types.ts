import { getMetadataArgsStorage } from 'typeorm';

/**
 * Column type for bytes of any size up to the bus's record limit: SQLite's `blob` has no limit and its driver knows no
 * other name, MySQL's ends at 64 KiB and wants `longblob`. A live binding: migrations read it when they run.
 */
export let bigBlob: 'blob' | 'longblob' = 'blob';

/** Called before a MySQL/MariaDB data source is made: entities and migrations then both say `longblob`. */
export function useMysqlColumnTypes(): void {
  bigBlob = 'longblob';
  for (const { options } of getMetadataArgsStorage().columns) if (options.type === 'blob') options.type = bigBlob;
}

/** Our times are ISO 8601 in UTC with three decimals, as text: they sort and come back exactly as written. */
export const timeLength = 24;
