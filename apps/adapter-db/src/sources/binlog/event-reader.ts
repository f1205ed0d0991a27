import type { BinlogEvent, RowsEvent } from '@vlasky/zongji';
import type { Row } from '@anamnesis/core';
import type { Unread } from './binlog-client.js';
import { canonicalRow, type ColumnTypes } from './canonical-row.js';
import { guardOf } from './statement-guard.js';

/** What the log says, in its order. */
export type LogItem =
  | {
      readonly kind: 'row';
      readonly op: 'c' | 'u' | 'd';
      readonly table: string;
      readonly before?: Row;
      readonly after?: Row;
      /** Milliseconds since 1970. */
      readonly atMs: number;
      /** The transaction, and the row's number in it. */
      readonly transaction: string;
      readonly number: number;
    }
  | { readonly kind: 'commit'; readonly gtid?: string; readonly file: string; readonly offset: number }
  /** Only a comparison of all rows tells what happened. */
  | { readonly kind: 'guard'; readonly guard: string; readonly tables?: readonly string[] };

export interface LogOffset {
  readonly file: string;
  readonly offset: number;
}

export interface EventReaderOptions {
  /** As the mapping names them. */
  readonly tables: readonly string[];
  /** Of tables named without one. */
  readonly database: string;
  /** By table and column: types that the log's own description of a table does not tell. */
  readonly types: Readonly<Record<string, ColumnTypes>>;
  /** Where this begins: after a commit, and so many rows of the next transaction were told before. */
  readonly from: LogOffset & { readonly skip: number };
}

/** Events of the client as this uses them; the published types leave some of it out. */
type AnyEvent = BinlogEvent & {
  readonly preparedXa?: boolean;
  readonly query?: string;
  readonly columns_present_bitmap?: Buffer;
  readonly columns_present_bitmap2?: Buffer;
  readonly rows?: readonly (Readonly<Record<string, unknown>> | Readonly<Record<'before' | 'after', never>>)[];
};

/** In the middle of a transaction; MySQL makes a table and fills it in one. */
const isWithin = /^(BEGIN|SAVEPOINT|ROLLBACK\s+TO|XA\s+(START|END))\b|^CREATE\s+TABLE\b.*\bSTART\s+TRANSACTION$/is;

const operations: Readonly<Record<string, 'c' | 'u' | 'd'>> = { WriteRows: 'c', UpdateRows: 'u', DeleteRows: 'd' };

/** Turns events of the log into rows, ends of transactions and guards. One per connection. */
export class EventReader {
  /** Of the commit before: names a transaction that has no GTID. */
  #before: string;
  #gtid: string | undefined;
  #rows = 0;
  #skip: number;
  /** The rows of an XA transaction come before its decision: they are compared when that comes. */
  #isUndecided = false;

  constructor(private readonly options: EventReaderOptions) {
    const { file, offset, skip } = options.from;
    this.#before = `${file}:${offset}`;
    this.#skip = skip;
  }

  /** `at`: the end of the event in the log. */
  read(event: BinlogEvent, at: LogOffset): readonly LogItem[] {
    const any = event as AnyEvent;
    const type = event.getTypeName();
    const op = operations[type];
    if (op !== undefined) return this.#readRows(op, any);
    switch (type) {
      case 'MariadbGtid':
      case 'Gtid':
      case 'AnonymousGtid':
        return this.#open(any);
      case 'PreviousGtids':
        return this.#beginFile(at);
      case 'XaPrepare':
      case 'Xid':
        return this.#close(at);
      case 'Query':
        return this.#readStatement(any, at);
      default:
        return [];
    }
  }

  /** Rows of which nothing but this is known. */
  readUnread(guard: Unread, at: LogOffset): readonly LogItem[] {
    const item: LogItem = { kind: 'guard', guard };
    return guard === 'transaction-too-large' ? [item, ...this.#close(at)] : [item];
  }

  /**
   * MySQL begins each file with what came before it. A file and offset in the one before may by now be gone, or beyond what
   * a server can be asked for.
   */
  #beginFile(at: LogOffset): readonly LogItem[] {
    return this.#skip > 0 ? [] : this.#close(at);
  }

  #open(event: AnyEvent): readonly LogItem[] {
    this.#gtid = event.gtid;
    this.#rows = 0;
    this.#isUndecided = event.preparedXa === true;
    return [];
  }

  #close({ file, offset }: LogOffset): readonly LogItem[] {
    const gtid = this.#gtid === undefined ? {} : { gtid: this.#gtid };
    const commit: LogItem = { kind: 'commit', file, offset, ...gtid };
    this.#gtid = undefined;
    this.#rows = 0;
    this.#skip = 0;
    this.#isUndecided = false;
    this.#before = `${file}:${offset}`;
    return [commit];
  }

  #readStatement(event: AnyEvent, at: LogOffset): readonly LogItem[] {
    const statement = (event.query ?? '').trim();
    if (/^XA\s+START\b/i.test(statement)) this.#isUndecided = true;
    if (isWithin.test(statement)) return [];
    const guard = /^XA\s+COMMIT\b/i.test(statement) ? { guard: 'xa' } : guardOf(statement, this.options.tables);
    const guards: readonly LogItem[] = guard === undefined ? [] : [{ kind: 'guard', ...guard }];
    return [...guards, ...this.#close(at)];
  }

  #readRows(op: 'c' | 'u' | 'd', event: AnyEvent): readonly LogItem[] {
    const { tableId, tableMap, numberOfColumns } = event as unknown as RowsEvent;
    const map = tableMap[tableId];
    if (map === undefined || this.#isUndecided) return [];
    const table = this.#nameOf(map.parentSchema, map.tableName);
    if (table === undefined) return [];
    const images = [event.columns_present_bitmap, event.columns_present_bitmap2];
    if (!images.every((one) => one === undefined || isWhole(one, numberOfColumns)))
      return [{ kind: 'guard', guard: 'partial-row-image', tables: [table] }];
    const own = Object.fromEntries(map.columnSchemas.map((one) => [one.COLUMN_NAME, firstWord(one.COLUMN_TYPE)]));
    const types = { ...own, ...this.options.types[table] };
    const transaction = this.#gtid ?? this.#before;
    const items: LogItem[] = [];
    for (const row of event.rows ?? []) {
      const number = ++this.#rows;
      if (number <= this.#skip) continue;
      items.push({ kind: 'row', op, table, ...imagesOf(op, row, types), atMs: event.timestamp, transaction, number });
    }
    return items;
  }

  #nameOf(database: string, table: string): string | undefined {
    const { tables, database: own } = this.options;
    const whole = `${database}.${table}`;
    if (tables.includes(whole)) return whole;
    return database === own && tables.includes(table) ? table : undefined;
  }
}

function imagesOf(
  op: 'c' | 'u' | 'd',
  row: object,
  types: ColumnTypes,
): { readonly before?: Row; readonly after?: Row } {
  if (op === 'c') return { after: canonicalRow(row as Record<string, unknown>, types) };
  if (op === 'd') return { before: canonicalRow(row as Record<string, unknown>, types) };
  const { before, after } = row as { before: Record<string, unknown>; after: Record<string, unknown> };
  return { before: canonicalRow(before, types), after: canonicalRow(after, types) };
}

export function firstWord(columnType: string): string {
  return /^\w+/.exec(columnType)?.[0].toLowerCase() ?? '';
}

function isWhole(bitmap: Buffer, columns: number): boolean {
  for (let at = 0; at < columns; at++) if (((bitmap[at >> 3] ?? 0) & (1 << (at & 7))) === 0) return false;
  return true;
}
