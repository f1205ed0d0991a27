import type { Row, RowChange, RowValue } from '@anamnesis/core';
import { isAboutNoRow } from './about-no-row.js';
import { isUnavailable } from './is-unavailable.js';
import { decodeValue } from './logical-types.js';
import { parseLossless } from './lossless-json.js';
import {
  type Envelope,
  type FieldTypes,
  isObject,
  type Json,
  readEnvelope,
  typesOf,
  unwrapSchema,
} from './read-envelope.js';

/** A record of a topic: the texts as they are on the wire. */
export interface TopicRecord {
  readonly key: string | null;
  readonly value: string | null;
  /** Of the record, in milliseconds; counts when the source says no time. */
  readonly timestampMs: number;
}

export interface DecodeOptions {
  /** Columns of the key by table, `table` or `database.table`; a table that is not here is not read. Absent: all are. */
  readonly keys?: Readonly<Record<string, readonly string[]>>;
  /** Types of columns by table, where records have no schema. */
  readonly declared?: Readonly<Record<string, FieldTypes>>;
}

export type Decoded =
  | { readonly kind: 'change'; readonly change: RowChange }
  /** Says nothing of a row, by intention. */
  | { readonly kind: 'ignored'; readonly why: 'tombstone' | 'no-change' | 'other-table' | 'message' }
  /** All rows of the table are gone; no row event tells which. */
  | ({ readonly kind: 'truncated'; readonly table: string } & Pick<RowChange, 'at' | 'position'>)
  /** Should have been a change. */
  | {
      readonly kind: 'unusable';
      readonly why: 'no-json' | 'no-envelope' | 'no-table' | 'no-key' | 'no-row' | 'unknown-op';
    };

const ignored = (why: Extract<Decoded, { kind: 'ignored' }>['why']): Decoded => ({ kind: 'ignored', why });
const unusable = (why: Extract<Decoded, { kind: 'unusable' }>['why']): Decoded => ({ kind: 'unusable', why });

/**
 * A record of Debezium, of any connector and in any of its JSON envelopes, as a change of a row: with schema and without,
 * CloudEvents, flattened. The same change sent again is the same change.
 */
export function decode(record: TopicRecord, options: DecodeOptions = {}): Decoded {
  if (record.value === null) return ignored('tombstone');
  let value: unknown;
  let key: unknown;
  try {
    value = parseLossless(record.value);
    key = record.key === null ? undefined : parseLossless(record.key);
  } catch {
    return unusable('no-json');
  }
  if (value === null) return ignored('tombstone');
  const envelope = readEnvelope(value);
  if (envelope === undefined) return isAboutNoRow(value) ? ignored('no-change') : unusable('no-envelope');
  return decodeEnvelope(envelope, { key, timestampMs: record.timestampMs }, options);
}

interface Beside {
  readonly key: unknown;
  readonly timestampMs: number;
}

function decodeEnvelope(envelope: Envelope, beside: Beside, options: DecodeOptions): Decoded {
  const { op, source } = envelope;
  if (op === 'm') return ignored('message');
  const table = tableOf(source, options);
  if (table === undefined) return typeof source['table'] === 'string' ? ignored('other-table') : unusable('no-table');
  if (op === 't')
    return { kind: 'truncated', table, at: timeOf(source, beside.timestampMs), position: positionOf(envelope) };
  if (!isRowOp(op)) return unusable('unknown-op');
  return decodeRowOf({ op, table }, { envelope, beside, options });
}

function decodeRowOf(
  { op, table }: Pick<RowChange, 'op' | 'table'>,
  {
    envelope,
    beside,
    options,
  }: { readonly envelope: Envelope; readonly beside: Beside; readonly options: DecodeOptions },
): Decoded {
  const sides = sidesOf(envelope, beside.key, options.declared?.[table] ?? {});
  const { before, after, keyRow } = sides;
  const row = op === 'd' ? (before ?? keyRow) : after;
  if (row === undefined) return unusable('no-row');
  const key = keyOf({ ...before, ...row, ...keyRow }, options.keys?.[table] ?? Object.keys(keyRow ?? {}));
  if (key === undefined) return unusable('no-key');
  return { kind: 'change', change: { op, table, key, ...told(op, sides), ...placeOf(envelope, beside.timestampMs) } };
}

interface Sides {
  readonly before: Row | undefined;
  readonly after: Row | undefined;
  readonly keyRow: Row | undefined;
}

function sidesOf(envelope: Envelope, key: unknown, declared: FieldTypes): Sides {
  const keyRow = decodeKey(key, declared);
  const before = decodeRow(envelope.before, { ...declared, ...envelope.beforeTypes });
  const after = decodeRow(envelope.after, { ...declared, ...envelope.afterTypes });
  return { before: knownBefore(envelope, before, keyRow), after, keyRow };
}

function told(op: RowChange['op'], { before, after }: Sides): Pick<RowChange, 'before' | 'after'> {
  return { ...(before !== undefined && { before }), ...(after !== undefined && op !== 'd' && { after }) };
}

function placeOf(envelope: Envelope, recordMs: number): Pick<RowChange, 'at' | 'position' | 'transaction'> {
  const transaction = transactionOf(envelope);
  return {
    at: timeOf(envelope.source, recordMs),
    position: positionOf(envelope),
    ...(transaction !== undefined && { transaction }),
  };
}

function isRowOp(op: string): op is RowChange['op'] {
  return op === 'c' || op === 'r' || op === 'u' || op === 'd';
}

function tableOf({ db, schema, table }: Json, { keys }: DecodeOptions): string | undefined {
  if (typeof table !== 'string') return undefined;
  if (keys === undefined) return table;
  return [`${String(db)}.${table}`, `${String(schema)}.${table}`, table].find((name) => Object.hasOwn(keys, name));
}

function decodeRow(row: Json | undefined, types: FieldTypes): Row | undefined {
  if (row === undefined) return undefined;
  // Not told is not NULL: the value that is known stays.
  const told = Object.entries(row).filter(([, value]) => !isUnavailable(value));
  return Object.fromEntries(told.map(([column, value]) => [column, decodeValue(value, types[column])]));
}

function decodeKey(key: unknown, declared: FieldTypes): Row | undefined {
  const { payload, schema } = unwrapSchema(key);
  return isObject(payload) ? decodeRow(payload, { ...declared, ...typesOf(schema) }) : undefined;
}

/**
 * PostgreSQL with REPLICA IDENTITY DEFAULT tells the key alone of a deleted row, and invents 0, '' and 1970 for columns
 * that may not be NULL: of a deletion only the key is taken.
 */
function knownBefore({ op, source }: Envelope, before: Row | undefined, keyRow: Row | undefined): Row | undefined {
  if (op === 'c' || op === 'r') return undefined;
  if (source['connector'] !== 'postgresql' || op !== 'd' || keyRow === undefined) return before;
  return keyRow;
}

function keyOf(row: Row, columns: readonly string[]): readonly RowValue[] | undefined {
  const values = columns.map((column) => row[column] ?? null);
  return values.length === 0 || values.includes(null) ? undefined : values;
}

/**
 * In the connector's own order; the key of the row and its table are told beside it. The place in the database's log alone:
 * `transaction.total_order` of a change is another one when the connector was restarted within its transaction.
 */
function positionOf({ source }: Envelope): string {
  const place = source['pos'] ?? source['lsn'] ?? source['scn'] ?? source['change_lsn'] ?? source['sequence'];
  const row = source['row'] ?? source['event_serial_no'] ?? source['ssn'];
  const parts = [source['name'], source['gtid'] ?? source['txId'], source['file'], place, source['rs_id'], row];
  return parts
    .filter((part) => typeof part === 'string' || typeof part === 'number')
    .map(String)
    .join('|');
}

/** The source's own name first: PostgreSQL's `transaction.id` ends in the place of the row. */
function transactionOf({ source, transaction }: Envelope): string | undefined {
  const id = source['gtid'] ?? source['txId'] ?? transaction?.['id'];
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined;
}

/**
 * Of the commit; the record's own only where the source says none (of a snapshot old versions say 0), as it is another one
 * when the record comes again.
 */
function timeOf(source: Json, recordMs: number): string {
  const said = Number(source['ts_ms'] ?? Number.NaN);
  return instantText(said > 0 && said < endOfYear9999Ms ? said : recordMs);
}

/** Later ones are of another unit, and are no times that anybody can read. */
const endOfYear9999Ms = Date.UTC(10_000, 0);

/** ISO 8601 UTC of a record's time, which whoever wrote it may have said in another unit, or not at all (-1). */
export function instantText(ms: number): string {
  return new Date(Math.min(Math.max(0, ms), endOfYear9999Ms - 1)).toISOString();
}
