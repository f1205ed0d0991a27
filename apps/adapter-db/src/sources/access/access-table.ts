import type { Column, Table } from 'mdb-reader';
import type { Row, RowValue } from '@anamnesis/core';
import { SourceFault } from '../source-fault.js';
import type { AccessFile } from './access-file.js';
import { rowValue } from './row-value.js';

/** What of a table is read. */
export interface TableSpec {
  readonly table: string;
  /** Columns that tell its rows apart; empty: equal rows are counted, and a change is a delete and an insert. */
  readonly key: readonly string[];
  /** That the mapping reads. */
  readonly columns?: readonly string[];
}

/** Of a table as it is now, to be compared with what it was. */
export interface ColumnShape {
  readonly name: string;
  /** Of mdb-reader: `text`, `long`, `datetime`, … */
  readonly type: string;
}

/** Rows in one call of mdb-reader: it walks the table's pages from the first at each call, and all it gives is held at once. */
const sliceRowsMin = 2000;
const slicesMax = 50;

/** A table that is there with every column that is asked for, and the columns that are read. */
export class AccessTable {
  readonly columns: readonly Column[];
  /** Multi-value and attachment columns: what they hold is rows of hidden tables, not a value. */
  readonly skipped: readonly string[];
  readonly #table: Table;

  constructor(
    file: AccessFile,
    readonly spec: TableSpec,
  ) {
    const { table: name, key } = spec;
    if (!file.tableNames.includes(name))
      throw new SourceFault('access-table-missing', `table ${name} is not in the file`);
    const { table, columns } = guarded(name, () => file.table(name));
    for (const column of key)
      if (!columns.some((one) => one.name === column))
        throw new SourceFault('access-column-missing', `table ${name} has no column ${column}`);
    this.#table = table;
    this.columns = columns.filter(({ type }) => type !== 'complex');
    this.skipped = columns.flatMap(({ type, name: column }) => (type === 'complex' ? [column] : []));
  }

  get shape(): readonly ColumnShape[] {
    return this.columns.map(({ name, type }) => ({ name, type }));
  }

  /** Every row, in the order of the file. Throws when there are not as many as the table's own count says: a torn copy. */
  *rows(): Generator<Row> {
    const { table } = this.spec;
    const columns = this.columns.map(({ name }) => name);
    const expected = this.#table.rowCount;
    const sliceRows = Math.max(sliceRowsMin, Math.ceil(expected / slicesMax));
    let count = 0;
    for (;;) {
      const slice = guarded(table, () =>
        this.#table
          .getData<Record<string, never>>({ columns, rowOffset: count, rowLimit: sliceRows })
          .map((raw) => this.#row(raw)),
      );
      yield* slice;
      count += slice.length;
      if (slice.length < sliceRows) break;
    }
    if (count !== expected)
      throw new SourceFault('access-torn', `table ${table}: ${count} rows, its own count is ${expected}`);
  }

  #row(raw: Record<string, unknown>): Row {
    const row: Record<string, RowValue> = {};
    for (const column of this.columns) row[column.name] = rowValue(raw[column.name], column);
    return row;
  }
}

/** The reader throws whatever a wrong byte leads it to. */
function guarded<Result>(table: string, read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    throw new SourceFault('access-torn', `table ${table} cannot be read: its pages do not fit together`, { cause });
  }
}
