/** A value of a column, exact: decimals and integers beyond 2^53 as text with the digits as stored. */
export type RowValue = null | boolean | number | string | { readonly base64: string };

/**
 * By column name. DATE `YYYY-MM-DD`; times without a zone as the wall clock `YYYY-MM-DD HH:MM:SS[.f]` of the hospital,
 * instants with `Z`; bytes base64. A column that the change does not tell is absent, which is not NULL.
 */
export type Row = Readonly<Record<string, RowValue>>;

/**
 * What a database says of one row: of a log, of two snapshots compared, or of a topic. Changes of a row come in the order
 * in which they were made.
 */
export interface RowChange {
  /** `r`: was there when the table was read; `c`, `u`, `d`: was made, changed, deleted. A new key is `d` and `c`. */
  readonly op: 'r' | 'c' | 'u' | 'd';
  /** `database.table` where a source has several databases, else `table`. */
  readonly table: string;
  /** Values of the key, in the order of the mapping's `key`. */
  readonly key: readonly RowValue[];
  /** The row as it was; absent for `r` and `c`, and where nobody knows. */
  readonly before?: Row;
  /** The row as it is; absent for `d`. */
  readonly after?: Row;
  /** When it was committed or found, ISO 8601 UTC. */
  readonly at: string;
  /** Place in the source's own order; the same change read again has the same. No patient data. */
  readonly position: string;
  /** The database transaction that it was part of, where known. */
  readonly transaction?: string;
}
