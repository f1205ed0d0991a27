/** A statement in a log of rows that changed rows, or a table's shape, without telling which. */
export type StatementKind = 'statement-logged' | 'truncate' | 'table-gone' | 'alter';

const kinds: readonly (readonly [RegExp, StatementKind])[] = [
  [/^(INSERT|UPDATE|DELETE|REPLACE|LOAD)\b/i, 'statement-logged'],
  [/^TRUNCATE\b/i, 'truncate'],
  [/^(DROP|RENAME)\s+TABLE\b|^CREATE\s+OR\s+REPLACE\s+TABLE\b|^DROP\s+DATABASE\b/i, 'table-gone'],
  [/^ALTER\s+(ONLINE\s+|IGNORE\s+)*TABLE\b/i, 'alter'],
];

/** What such a statement means for the tables that are read; undefined where it is about none of them. */
export function guardOf(statement: string, tables: readonly string[]): StatementKind | undefined {
  const sql = statement.replace(/\/\*[^!M][\s\S]*?\*\//g, ' ').trim();
  const kind = kinds.find(([pattern]) => pattern.test(sql))?.[1];
  if (kind === undefined) return undefined;
  // A name of the table anywhere in it is enough: to read a table once too often is harmless.
  const isAbout = /^DROP\s+DATABASE/i.test(sql) || tables.some((table) => mentions(sql, table));
  return isAbout ? kind : undefined;
}

function mentions(sql: string, table: string): boolean {
  const name = table.slice(table.lastIndexOf('.') + 1).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(^|[^\\p{L}\\p{N}_$])${name}($|[^\\p{L}\\p{N}_$])`, 'iu').test(sql);
}
