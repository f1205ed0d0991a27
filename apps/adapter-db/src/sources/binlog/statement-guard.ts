/** A statement in a log of rows that changed rows, or a table's shape, without telling which. */
export type StatementKind = 'statement-logged' | 'truncate' | 'table-gone' | 'alter';

const kinds: readonly (readonly [RegExp, StatementKind])[] = [
  [/^(INSERT|UPDATE|DELETE|REPLACE|LOAD)\b/i, 'statement-logged'],
  [/^TRUNCATE\b/i, 'truncate'],
  [/^(DROP|RENAME)\s+TABLES?\b|^CREATE\s+OR\s+REPLACE\s+TABLE\b|^DROP\s+DATABASE\b/i, 'table-gone'],
  [/^ALTER\s+(ONLINE\s+|IGNORE\s+)*TABLE\b/i, 'alter'],
];

export interface StatementGuard {
  readonly guard: StatementKind;
  /** That it is about, of those that are read. */
  readonly tables: readonly string[];
}

/** What such a statement means for the tables that are read; undefined where it is about none of them. */
export function guardOf(statement: string, all: readonly string[]): StatementGuard | undefined {
  const command = commandOf(statement);
  const guard = kinds.find(([pattern]) => pattern.test(command))?.[1];
  if (guard === undefined) return undefined;
  // A name of the table anywhere in it is enough: to read a table once too often is harmless.
  const isOfAll = /^DROP\s+DATABASE/i.test(command);
  const tables = isOfAll ? all : all.filter((table) => mentions(statement, table));
  return tables.length === 0 ? undefined : { guard, tables };
}

/** Within this the first words stand, whatever comments are before them. */
const headLength = 16_384;

/** The statement from its first word on: programs write comments before it, and MariaDB knows settings for one statement. */
function commandOf(statement: string): string {
  return statement
    .slice(0, headLength)
    .replace(/\/\*M?!\d*([\s\S]*?)\*\//g, ' $1 ') // this one the server runs
    .replace(/\/\*[\s\S]*?\*\//g, ' ')
    .replace(/--(?=\s|$).*|#.*/gm, ' ')
    .trim()
    .replace(/^SET\s+STATEMENT\s[\s\S]*?\sFOR\s+/i, '')
    .replace(/^ANALYZE\s+(FORMAT\s*=\s*JSON\s+)?(?!TABLE)/i, '');
}

function mentions(sql: string, table: string): boolean {
  const name = table.slice(table.lastIndexOf('.') + 1).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(^|[^\\p{L}\\p{N}_$])${name}($|[^\\p{L}\\p{N}_$])`, 'iu').test(sql);
}
