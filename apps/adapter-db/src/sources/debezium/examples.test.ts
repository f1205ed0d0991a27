import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Row } from '@anamnesis/core';
import { decode, type Decoded, type DecodeOptions } from './decode.js';
import { parseLossless } from './lossless-json.js';

const folder = join(process.env['CORPUS_DIR'] ?? '../shared/corpus', 'cdc');
const hasCorpus = existsSync(folder);
if (!hasCorpus) console.warn('SKIPPED: change events of others, CORPUS_DIR/cdc is not there');

type Json = Readonly<Record<string, unknown>>;

const textOf = (name: string) => readFileSync(join(folder, name), 'utf8');
const jsonOf = (name: string): unknown => JSON.parse(textOf(name));
const said = (value: unknown, options?: DecodeOptions) =>
  decode({ key: keyOf(value), value: JSON.stringify(value), timestampMs: 1 }, options);
const what = (decoded: Decoded) => ('why' in decoded ? `${decoded.kind} ${decoded.why}` : decoded.kind);

/** So many of each. */
function counted(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is inside a schema or a CloudEvent. */
function payloadOf(value: unknown): Json {
  if (!isObject(value)) return {};
  const inner = value['specversion'] === undefined ? value : { ...value, ...payloadOf(value['data']) };
  return isObject(inner['payload']) && 'schema' in inner ? inner['payload'] : inner;
}

/** The examples come without the keys of their records: the first column is taken for it. */
function keyOf(value: unknown): string | null {
  const { after, before } = payloadOf(value);
  const [first] = Object.entries(isObject(after) ? after : isObject(before) ? before : {});
  return first === undefined ? null : JSON.stringify(Object.fromEntries([first]));
}

/** What Debezium's documentation says of such a record, whatever our decoder makes of it. */
function meantBy(payload: Json): string {
  const { op, source, before, after, iodebeziumop, iodebeziumtable } = payload;
  const table = isObject(source) ? source['table'] : iodebeziumtable;
  const done = op ?? iodebeziumop;
  if (done === undefined) return 'ddl' in payload ? 'ignored no-change' : 'unusable no-envelope';
  if (done === 'm') return 'ignored message';
  if (table === undefined) return 'unusable no-table';
  if (done === 't') return 'truncated';
  if (iodebeziumop !== undefined && typeof payload['data'] === 'string') return 'unusable no-envelope';
  return isObject(after) || isObject(before) ? 'change' : 'unusable no-row';
}

(hasCorpus ? describe : describe.skip)('change events of others', () => {
  it('of the documentation of Debezium are what it says they are', () => {
    const examples = readdirSync(join(folder, 'debezium-docs')).map((name) => {
      const value = jsonOf(`debezium-docs/${name}`);
      return { name, value, decoded: said(value) };
    });
    expect(examples.map(({ name, decoded }) => [name, what(decoded)])).toEqual(
      examples.map(({ name, value }) => [name, meantBy(payloadOf(value))]),
    );
    for (const { name, value, decoded } of examples) {
      if (decoded.kind !== 'change') continue;
      const { op, after } = payloadOf(value);
      expect([name, decoded.change.op]).toEqual([name, op ?? payloadOf(value)['iodebeziumop']]);
      if (op !== 'd')
        expect([name, Object.keys(decoded.change.after ?? {})]).toEqual([name, Object.keys(after as Json)]);
    }
    // In no envelope: keys of records, schemas, settings, an event in Avro, and two whose schema their authors cut off.
    expect(counted(examples.map(({ decoded }) => what(decoded)))).toEqual({
      ...{ change: 32, truncated: 4, 'ignored message': 2, 'ignored no-change': 6 },
      ...{ 'unusable no-envelope': 41, 'unusable no-table': 22, 'unusable no-row': 1 },
    });
  });

  it('of the tests of its deserializer are changes, but the row alone that says not of what it is a change', () => {
    const row = { id: 1004, first_name: 'Anne', last_name: 'Kretchmar', email: 'annek@noanswer.org' };
    const former = { ...row, first_name: 'Anne-Marie' };
    const place = { table: 'customers', key: [1004], position: 'mysql-server-1|mysql-bin.000003|154|0' };
    const at = '1970-01-01T00:00:00.001Z'; // an old version, which says 0
    const change = (sides: object) => ({ kind: 'change', change: { ...place, at, ...sides } });
    const of = (name: string) => said(jsonOf(`debezium-tests/serde-${name}.json`));
    expect(of('without-schema')).toEqual(change({ op: 'c', after: row }));
    expect(of('with-schema')).toEqual(change({ op: 'c', after: row }));
    expect(of('update')).toEqual(change({ op: 'u', before: former, after: row }));
    const more = { middle_name: 'L' };
    expect(of('unknown-property')).toEqual(
      change({ op: 'u', before: { ...former, ...more }, after: { ...row, ...more } }),
    );
    expect(what(of('unwrapped'))).toBe('unusable no-envelope');
  });

  it('of the tests of its engine are records of a program of their own, and are told to be none of Debezium', () => {
    const outcomes = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].flatMap((name) => {
      const records = jsonOf(`debezium-tests/${name}__expected-records.json`) as readonly Json[];
      // Two entries are no records: they say that the engine has to fail there.
      const written = records.filter((one) => 'value' in one);
      return written.map(({ keySchema, key, valueSchema, value }) =>
        decode({
          key: JSON.stringify({ schema: keySchema, payload: key }),
          value: JSON.stringify({ schema: valueSchema, payload: value }),
          timestampMs: 1,
        }),
      );
    });
    expect(counted(outcomes.map(what))).toEqual({ 'unusable no-envelope': 61 });
  });

  it.each(['debezium-json.txt', 'debezium-json-with-schema.txt'])('of %s are the changes that are in it', (name) => {
    for (const line of linesOf(name)) {
      const { op, before, after, source } = payloadOf(JSON.parse(line));
      const decoded = said(JSON.parse(line));
      const { table } = source as { readonly table: string };
      const sides = { ...(before !== null && { before }), ...(after !== null && { after }) };
      expect(decoded).toMatchObject({ kind: 'change', change: { op, table, ...sides } });
    }
    expect(linesOf(name)).toHaveLength(20);
  });

  it('in the format of Canal are told to be none of Debezium, each one', () => {
    const outcomes = linesOf('canal-json.txt').map((line) => what(said(JSON.parse(line))));
    expect(counted(outcomes)).toEqual({ 'unusable no-envelope': 20 });
  });

  it.each(['expected_snapshot', 'expected_binlog'])('with each type of MySQL are exact: %s', (event) => {
    const numeric = recordOf('debezium-data-schema-exclude-with-numeric-decimal.json', event);
    const expected = exact(payloadOf(numeric)['after'] as Json);
    const withSchema = decodedRow(recordOf('debezium-data-schema-include.json', event));
    const bare = recordOf('debezium-data-schema-exclude.json', event) as Json;
    expect(what(said(bare))).toBe('unusable no-table');
    const withoutSchema = decodedRow({ ...bare, source: { db: 'h', table: 'full_types' } });
    expect(withoutSchema).toEqual(expected);
    // Their schema says of these that they are something else than they are.
    const wrong = ['id', 'big_un_c', 'big_un_z_c', 'big_decimal_c', ...shapes];
    expect(without(withSchema, wrong)).toEqual(without(expected, wrong));
  });
});

function linesOf(name: string): readonly string[] {
  return textOf(`flink-cdc/${name}`)
    .split('\n')
    .filter((line) => line.startsWith('{'));
}

/** Integers beyond 2^53 as text. */
function recordOf(name: string, event: string): unknown {
  return (parseLossless(textOf(`flink-cdc/${name}`)) as Json)[event];
}

const connect = 'org.apache.kafka.connect.data.';
const time = 'io.debezium.time.';
const decimal = (scale: number) => ({ name: `${connect}Decimal`, scale });
const bytes = { name: 'bytes' };
const point = { name: 'io.debezium.data.geometry.Geometry' };
const shapes = [
  'point',
  'geometry',
  'linestring',
  'polygon',
  'multipoint',
  'multiline',
  'multipolygon',
  'geometrycollection',
].map((name) => `${name}_c`);
const blobs = ['file_uuid', 'bit_c', 'tiny_blob_c', 'blob_c', 'medium_blob_c', 'long_blob_c'];
/** What a mapping file says where the records have no schema. */
const declared = {
  full_types: {
    ...{ id: decimal(0), big_un_c: { name: 'unsigned' }, big_un_z_c: { name: 'unsigned' } },
    ...{ decimal_c: decimal(4), decimal_un_c: decimal(4), decimal_un_z_c: decimal(4) },
    ...{ numeric_c: decimal(0), big_decimal_c: decimal(1) },
    ...{ date_c: { name: `${time}Date` }, time_c: { name: `${time}MicroTime` } },
    ...{ datetime3_c: { name: `${time}Timestamp` }, datetime6_c: { name: `${time}MicroTimestamp` } },
    timestamp_c: { name: `${time}ZonedTimestamp` },
    ...Object.fromEntries(blobs.map((name) => [name, bytes])),
    ...Object.fromEntries(shapes.map((name) => [name, point])),
  },
};

function decodedRow(record: unknown): Row {
  // As on the wire, where integers have their digits and no quotes.
  const value = JSON.stringify(record).replace(/"(\d{17,})"/g, '$1');
  const decoded = decode({ key: null, value, timestampMs: 1 }, { declared, keys: { full_types: ['varchar_c'] } });
  return decoded.kind === 'change' ? (decoded.change.after ?? {}) : {};
}

/** The same row, from the file in which decimals are numbers; what they hold beside is the same. */
function exact(row: Json): Row {
  const asText = ['id', 'decimal_c', 'decimal_un_c', 'decimal_un_z_c', 'numeric_c', 'big_decimal_c'];
  return {
    ...(row as Row),
    ...Object.fromEntries(asText.map((name) => [name, String(row[name])])),
    ...{ date_c: '2020-07-17', time_c: '18:00:22', datetime3_c: '2020-07-17 18:00:22.123' },
    datetime6_c: '2020-07-17 18:00:22.123456',
    ...Object.fromEntries(blobs.map((name) => [name, { base64: String(row[name]) }])),
    ...Object.fromEntries(shapes.map((name) => [name, { base64: (row[name] as { readonly wkb: string }).wkb }])),
  };
}

function without(row: Row, columns: readonly string[]): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !columns.includes(name)));
}
