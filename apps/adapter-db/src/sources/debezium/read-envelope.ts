import type { FieldType } from './logical-types.js';

export type Json = Readonly<Record<string, unknown>>;

/** One change in whatever envelope, as it stands on the wire. */
export interface Envelope {
  readonly op: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  /** Of the connector: `db`, `schema`, `table`, `gtid`, `file`, `pos`, `lsn`, … */
  readonly source: Json;
  readonly transaction: Json | undefined;
  /** Types of the columns by name, where the record has a schema. */
  readonly beforeTypes: FieldTypes;
  readonly afterTypes: FieldTypes;
}

export type FieldTypes = Readonly<Record<string, FieldType>>;

interface Schema {
  readonly fields?: readonly (FieldType & {
    readonly field?: string;
    readonly fields?: Schema['fields'];
    readonly parameters?: { readonly scale?: string };
  })[];
}

/** The payload of a record, with its schema where it has one (`schemas.enable`). */
export function unwrapSchema(value: unknown): { payload: unknown; schema: Schema | undefined } {
  if (isObject(value) && 'schema' in value && 'payload' in value)
    return { payload: value['payload'], schema: value['schema'] as Schema | undefined };
  return { payload: value, schema: undefined };
}

/** Undefined for what is in no envelope: what is not about rows, and what is not Debezium's. */
export function readEnvelope(value: unknown): Envelope | undefined {
  const { payload, schema } = unwrapSchema(value);
  if (!isObject(payload)) return undefined;
  if (typeof payload['specversion'] === 'string') return readCloudEvent(payload);
  if ('__op' in payload) return readFlattened(payload, schema);
  return readPlain(payload, schema);
}

function readPlain(payload: Json, schema: Schema | undefined): Envelope | undefined {
  const { op, source, transaction } = payload;
  if (typeof op !== 'string') return undefined;
  return {
    ...{ op, source: objectOf(source) ?? {}, transaction: objectOf(transaction) },
    before: objectOf(payload['before']),
    after: objectOf(payload['after']),
    beforeTypes: typesOf(schema, 'before'),
    afterTypes: typesOf(schema, 'after'),
  };
}

/**
 * CloudEvents, structured JSON. Where `data` has no `op` and `source` of its own, the attributes `iodebezium…` say them. The
 * event's own id is that of a statement, not of a row.
 */
function readCloudEvent(event: Json): Envelope | undefined {
  const { payload, schema } = unwrapSchema(event['data']);
  if (!isObject(payload)) return undefined;
  const attributes = Object.entries(event).flatMap(([name, value]) =>
    name.startsWith('iodebezium') ? [[name.slice(10), value] as const] : [],
  );
  const { tsms, txid, ...said } = Object.fromEntries(attributes);
  const source = { ...said, ts_ms: tsms, txId: txid, ...objectOf(payload['source']) };
  return readPlain({ op: said['op'], ...payload, source }, schema);
}

/** By `ExtractNewRecordState`: the row alone, and what `add.fields` keeps of the envelope as `__…`. */
function readFlattened(payload: Json, schema: Schema | undefined): Envelope {
  const entries = Object.entries(payload);
  const meta = Object.fromEntries(entries.filter(([name]) => name.startsWith('__')));
  const row = Object.fromEntries(entries.filter(([name]) => !name.startsWith('__')));
  const isDeleted = meta['__op'] === 'd' || meta['__deleted'] === 'true' || meta['__deleted'] === true;
  const source: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(meta)) source[name.replace(/^__(source_)?/, '')] = value;
  const types = typesOf(schema);
  return {
    ...{ op: isDeleted ? 'd' : String(meta['__op']), source, transaction: undefined },
    ...{ before: isDeleted ? row : undefined, after: isDeleted ? undefined : row },
    ...{ beforeTypes: types, afterTypes: types },
  };
}

/** Of the struct, or of the struct in one of its fields. */
export function typesOf(schema: Schema | undefined, side?: string): FieldTypes {
  const fields = side === undefined ? schema?.fields : schema?.fields?.find(({ field }) => field === side)?.fields;
  const types = (fields ?? []).map(({ field = '', type, name, parameters }) => {
    const scale = parameters?.scale;
    return [
      field,
      { ...(type !== undefined && { type }), ...(name && { name }), ...(scale && { scale: Number(scale) }) },
    ] as const;
  });
  return Object.fromEntries(types);
}

function objectOf(value: unknown): Json | undefined {
  return isObject(value) ? value : undefined;
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
