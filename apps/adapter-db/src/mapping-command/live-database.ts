import type { Row, RowValue } from '@anamnesis/core';

export interface LiveColumn {
  readonly name: string;
  /** As the database calls it: `varchar`, `date`, `datetime`. */
  readonly type: string;
}

export interface LiveTable {
  /** As a mapping of the database calls it: `table`, or `database.table` of another database of the same server. */
  readonly name: string;
  readonly columns: readonly LiveColumn[];
  /** Columns of its primary key; empty: none, or the database does not tell. */
  readonly primaryKey: readonly string[];
  /** Columns of foreign keys, and the table whose key they hold. */
  readonly parents: readonly { readonly columns: readonly string[]; readonly table: string }[];
}

/** A hospital's database, read for a person who writes its mapping: never written to, and only a few rows of it read. */
export interface LiveDatabase {
  /** Its tables, in the order of their names. Throws `SourceFault`. */
  tables(): Promise<readonly LiveTable[]>;
  /** One table; undefined: there is none that is called so. */
  table(name: string): Promise<LiveTable | undefined>;
  /** What tables there are where `name` is looked for, called as it is. */
  namesBeside(name: string): Promise<readonly string[]>;
  /** The first rows of a table, in the values of a `RowChange`. */
  rows(table: string, count: number): Promise<readonly Row[]>;
  /** The first row whose columns hold these values. */
  find(table: string, columns: readonly string[], values: readonly RowValue[]): Promise<Row | undefined>;
  /** Why these columns do not tell every row of a table apart; undefined: they do. */
  keyProblem(table: string, key: readonly string[]): Promise<string | undefined>;
  close(): Promise<void>;
}
