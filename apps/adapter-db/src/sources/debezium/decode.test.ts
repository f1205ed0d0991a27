import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Row, RowChange } from '@anamnesis/core';
import { decode, type Decoded, type DecodeOptions } from './decode.js';
import { decodeValue, unscaled } from './logical-types.js';
import { parseLossless } from './lossless-json.js';
import type { FieldTypes } from './read-envelope.js';

const corpus = process.env['CORPUS_DIR'] ?? '../shared/corpus';
const hasCorpus = existsSync(join(corpus, 'dbchange/debezium'));
if (!hasCorpus) console.warn('SKIPPED: recorded Debezium topics, CORPUS_DIR/dbchange is not there');

const debezium = 'io.debezium.';
const connect = 'org.apache.kafka.connect.data.';
const typed = (name: string, more: object = {}) => ({ name, ...more });

describe('values of logical types', () => {
  it.each([
    [typed(`${debezium}time.Date`), -1, '1969-12-31'],
    [typed(`${connect}Date`), 20_000, '2024-10-04'],
    [typed(`${debezium}time.Timestamp`), -1, '1969-12-31 23:59:59.999'],
    [typed(`${debezium}time.MicroTimestamp`), '1767603600500000', '2026-01-05 09:00:00.5'],
    [typed(`${debezium}time.NanoTimestamp`), '1767603600000000001', '2026-01-05 09:00:00.000000001'],
    [typed(`${debezium}time.MicroTime`), -3_661_000_001, '-01:01:01.000001'],
    [typed(`${debezium}time.Time`), 360_000_000, '100:00:00'],
    [typed(`${debezium}time.ZonedTimestamp`), '2026-01-05T09:00:00.120000+05:00', '2026-01-05T04:00:00.12Z'],
    [typed(`${debezium}time.IsoDate`), '2001-02-28Z', '2001-02-28'],
    [typed(`${debezium}time.IsoTimestamp`), '2026-01-05T09:00:00.500000Z', '2026-01-05 09:00:00.5'],
    [typed(`${connect}Decimal`, { scale: 2 }), '+Bc=', '-20.25'],
    [typed(`${connect}Decimal`, { scale: 2 }), 'AA==', '0.00'],
    [typed(`${debezium}data.VariableScaleDecimal`), { scale: 2, value: 'Jw8=' }, '99.99'],
    [typed(`${debezium}data.Bits`), 'AQI=', { base64: 'AgE=' }],
    [typed(`${debezium}data.Enum`), 'OPD', 'OPD'],
    [typed(`${debezium}time.Year`), 2026, 2026],
    [{ type: 'bytes' }, 'AQI=', { base64: 'AQI=' }],
    [{ name: 'unsigned' }, 'AP//////////', '18446744073709551615'],
    [{ type: 'array' }, ['a', 1], '["a",1]'],
    [{}, null, null],
    [typed(`${debezium}time.Date`), -719_162, '0001-01-01'],
    [typed(`${debezium}time.Date`), 2_932_896, '9999-12-31'],
    [typed(`${debezium}time.MicroTimestamp`), '253402300799999999', '9999-12-31 23:59:59.999999'],
    [typed(`${debezium}time.MicroTimestamp`), '-62135596800000000', '0001-01-01 00:00:00'],
  ])('%j %j is %j', (field, wire, value) => {
    expect(decodeValue(wire, field)).toEqual(value);
  });

  it.each([
    ['a date beyond the calendar', `${debezium}time.Date`, 2_932_897],
    ["PostgreSQL's infinite date", `${debezium}time.Date`, -2_147_472_692],
    ['a date before Christ', `${debezium}time.Date`, -735_160],
    ["PostgreSQL's infinite timestamp", `${debezium}time.MicroTimestamp`, '9223372036825200000'],
    ['an infinite instant', `${debezium}time.ZonedTimestamp`, 'infinity'],
    ['an instant on no day', `${debezium}time.ZonedTimestamp`, '2026-13-01T00:00:00Z'],
    ['a text declared as a date', `${debezium}time.Date`, '2026-01-05'],
    ['a text declared as a timestamp', `${debezium}time.MicroTimestamp`, '2026-01-05 09:00:00'],
    ['a text declared as a time', `${debezium}time.MicroTime`, '09:00:00'],
    ['digits declared as a decimal', `${connect}Decimal`, '12.50'],
    ['a number declared as a decimal', `${connect}Decimal`, 12.5],
    ['a number declared as unsigned', 'unsigned', 7],
    ['a text declared as a variable decimal', `${debezium}data.VariableScaleDecimal`, '12.50'],
  ])('keep %s as it came', (_, name, wire) => {
    expect(decodeValue(wire, { name })).toBe(wire);
  });

  it('is the decimal that was written, whatever its digits', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 120n), max: 2n ** 120n }), fc.nat(20), (value, scale) => {
        const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
        const point = digits.length - scale;
        const text = `${value < 0n ? '-' : ''}${digits.slice(0, point)}${scale > 0 ? `.${digits.slice(point)}` : ''}`;
        expect(unscaled(twosComplement(value).toString('base64'), scale)).toBe(text);
      }),
    );
  });

  it('is the integer that was written, at 64 bits, and texts are as they are', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n }), fc.string(), (value, text) => {
        const parsed = parseLossless(`{"n":${value},"t":${JSON.stringify(text)},"a":[${value}]}`) as Record<
          string,
          unknown
        >;
        expect(String(parsed['n'])).toBe(String(value));
        expect(parsed['t']).toBe(text);
      }),
    );
    expect(parseLossless('{"a":-1.5e300,"b":"x\\":9223372036854775807"}')).toEqual({
      a: -1.5e300,
      b: 'x":9223372036854775807',
    });
  });
});

describe('a record', () => {
  const source = {
    connector: 'mysql',
    name: 'x',
    db: 'h',
    table: 'patients',
    file: 'b.1',
    pos: 4,
    row: 0,
    ts_ms: 1_700_000_000_000,
  };
  const inOracle = {
    connector: 'oracle',
    name: 'x',
    table: 'patients',
    txId: '6.28.807',
    scn: '2122185',
    rs_id: '0012.0045',
  };
  const row = { id: 7, name: 'Invented' };
  const said = (value: unknown, key: unknown = { id: 7 }, options: DecodeOptions = {}): Decoded =>
    decode({ key: JSON.stringify(key), value: JSON.stringify(value), timestampMs: 1 }, options);
  const change: RowChange = {
    ...{ op: 'u', table: 'patients', key: [7], before: { id: 7, name: 'Before' }, after: row },
    ...{ at: '2023-11-14T22:13:20.000Z', position: 'x|b.1|4|0' },
  };
  const plain = { op: 'u', before: { id: 7, name: 'Before' }, after: row, source };

  it('is the same change in every envelope', () => {
    const attributes = { iodebeziumop: 'u', iodebeziumname: 'x', iodebeziumtable: 'patients', iodebeziumfile: 'b.1' };
    const more = { iodebeziumpos: '4', iodebeziumrow: 0, iodebeziumtsms: '1700000000000', specversion: '1.0' };
    expect(said(plain)).toEqual({ kind: 'change', change });
    expect(said({ schema: null, payload: plain })).toEqual({ kind: 'change', change });
    expect(said({ ...attributes, ...more, data: { before: plain.before, after: row } })).toEqual({
      kind: 'change',
      change,
    });
    const flat = { ...row, __op: 'u', __table: 'patients', __source_name: 'x', __source_file: 'b.1', __source_pos: 4 };
    const { before: _, ...flattened } = change;
    expect(said({ ...flat, __source_row: 0, __source_ts_ms: source.ts_ms, __deleted: 'false' })).toEqual({
      kind: 'change',
      change: flattened,
    });
  });

  it('is ignored, or said to be of no use, with the reason', () => {
    const because = (value: unknown, key?: unknown, options?: DecodeOptions) => {
      const decoded = said(value, key, options);
      return 'why' in decoded ? `${decoded.kind} ${decoded.why}` : decoded.kind;
    };
    expect(decode({ key: '{"id":7}', value: null, timestampMs: 1 })).toEqual({ kind: 'ignored', why: 'tombstone' });
    expect(decode({ key: null, value: '{', timestampMs: 1 })).toEqual({ kind: 'unusable', why: 'no-json' });
    expect(because({ status: 'BEGIN', id: 'x:1' })).toBe('ignored no-change');
    expect(because({ ts_ms: 1 })).toBe('ignored no-change');
    expect(because({ source, databaseName: 'h', ddl: 'ALTER TABLE patients' })).toBe('ignored no-change');
    expect(because({ op: 'm', source, message: {} })).toBe('ignored message');
    expect(because({ ...plain, op: 't' })).toBe('truncated');
    expect(because({ ...plain, op: 'z' })).toBe('unusable unknown-op');
    expect(because({ ...plain, source: { ...source, table: null } })).toBe('unusable no-table');
    expect(because({ ...plain, after: null })).toBe('unusable no-row');
    expect(because(plain, null)).toBe('unusable no-key');
    expect(because(plain, null, { keys: { 'h.patients': ['id'] } })).toBe('change');
    expect(because(plain, { id: 7 }, { keys: { visits: ['id'] } })).toBe('ignored other-table');
  });

  it('is the same change whether or not the connector was restarted within its transaction', () => {
    const inLog = { ...source, connector: 'postgresql', file: undefined, pos: undefined, row: undefined };
    const counted = (total_order: number) =>
      said({ ...plain, source: { ...inLog, lsn: 900, txId: 766 }, transaction: { id: '766:900', total_order } });
    expect(counted(799)).toEqual(counted(1));
    expect(counted(1)).toMatchObject({ change: { position: 'x|766|900', transaction: '766' } });
  });

  it('of Oracle has its place in the redo log', () => {
    const from = { ...inOracle, ssn: 2 };
    expect(said({ ...plain, source: from })).toMatchObject({ change: { position: 'x|6.28.807|2122185|0012.0045|2' } });
  });

  it('leaves out what a PostgreSQL row does not tell, and what it invents of a deleted one', () => {
    const from = { ...source, connector: 'postgresql', lsn: 5 };
    const updated = said({
      op: 'u',
      before: null,
      after: { id: 7, note: '__debezium_unavailable_value' },
      source: from,
    });
    expect(updated).toMatchObject({ change: { after: { id: 7 } } });
    const deleted = said({ op: 'd', before: { id: 7, name: '' }, after: null, source: from });
    expect(deleted).toMatchObject({ change: { op: 'd', before: { id: 7 } } });
    expect('change' in deleted && 'after' in deleted.change).toBe(false);
  });
});

const I = `${debezium}time.`;
const byName = (types: Record<string, string>): FieldTypes =>
  Object.fromEntries(Object.entries(types).map(([column, name]) => [column, { name }]));
const bits = `${debezium}data.Bits`;
/** What each connector's settings lose, and the types that its records do not tell. */
const variants: Record<string, { lost: readonly string[]; noBefore?: true; declared?: Record<string, FieldTypes> }> = {
  mfull: { lost: ['visit_id'] },
  mlean: {
    lost: ['collected_at', 'discharged_at', 'at_time'],
    declared: {
      patients: byName({ birth_date: `${connect}Date`, updated_at: `${I}ZonedTimestamp` }),
      visits: byName({
        visit_id: 'unsigned',
        admitted_at: `${connect}Timestamp`,
        discharged_at: `${connect}Timestamp`,
        flags: bits,
      }),
      lab_results: byName({ visit_id: 'unsigned', collected_at: `${connect}Timestamp`, attachment: 'bytes' }),
    },
  },
  mflat: {
    ...{ lost: ['visit_id', 'at_time', 'balance', 'value_num'], noBefore: true },
    declared: {
      patients: byName({ birth_date: `${I}IsoDate`, updated_at: `${I}ZonedTimestamp` }),
      visits: byName({ admitted_at: `${I}IsoTimestamp`, discharged_at: `${I}IsoTimestamp`, flags: bits }),
      lab_results: byName({ collected_at: `${I}IsoTimestamp`, attachment: 'bytes' }),
    },
  },
  mce: {
    lost: ['visit_id', 'at_time', 'balance', 'value_num'],
    declared: {
      patients: byName({ birth_date: `${connect}Date`, updated_at: `${I}ZonedTimestamp` }),
      visits: byName({ admitted_at: `${I}Timestamp`, discharged_at: `${I}MicroTimestamp`, flags: bits }),
      lab_results: byName({ collected_at: `${I}MicroTimestamp`, attachment: 'bytes' }),
    },
  },
};
const tables = { patients: 'patient_id', visits: 'visit_id', lab_results: 'result_id', access_log: 'log_id' };

(hasCorpus ? describe : describe.skip)('recorded topics', () => {
  describe.each(Object.entries(variants))('of %s', (prefix, { lost, noBefore, declared = {} }) => {
    it.each(Object.entries(tables))('tell of %s what the binary log told', (table, keyColumn) => {
      const got = changesOf(`${prefix}.hospital.${table}`, { declared });
      const wanted = expectedOf(table);
      expect(new Set(got.map(({ key, position, op }) => JSON.stringify([key, position, op]))).size).toBe(got.length);
      const cut = (row: Row | null | undefined) =>
        row &&
        Object.fromEntries(
          Object.entries(row).filter(([name, value]) => !lost.includes(name) && !(name === 'email' && value === null)),
        );
      const sides = ({ op, before, after }: Sides) => ({
        ...{ op, after: cut(after) ?? null },
        ...(!noBefore && { before: cut(before) ?? null }),
      });
      expect(inOrder(got.map(sides), keyColumn)).toEqual(inOrder(wanted.map(sides), keyColumn));
    });
  });

  it('of PostgreSQL tell exact values, keys alone of what was deleted, and the same change sent twice as one', () => {
    const patients = changesOf('pfull.public.patients');
    expect(patients.map(({ op }) => op).join('')).toBe('rrcuudc');
    expect(patients[5]?.before).toEqual({ patient_id: 4 });
    const results = changesOf('pfull.public.lab_results');
    expect(results[1]?.after).toMatchObject({
      value_num: '123456789012345678901234.0001',
      visit_id: '9223372036854775807',
    });
    for (const prefix of ['pfull', 'plean']) {
      const visits = changesOf(`${prefix}.public.visits`);
      const ids = visits.map(({ op, key, position }) => JSON.stringify([op, key, position]));
      expect([visits.length, new Set(ids).size]).toEqual([9, 6]);
      expect(new Set(visits.map((one) => JSON.stringify(one))).size).toBe(6);
    }
  });

  it('that are not about rows tell nothing', () => {
    const topics = ['pfull.transaction', 'mfull.transaction', 'mlean.transaction', 'mlean', 'mfull', 'mflat', 'mce'];
    const records = [...topics, '__debezium-heartbeat.mlean'].flatMap((topic) => recordsOf(topic));
    expect(records.length).toBeGreaterThan(50);
    for (const record of records) expect(decode(record)).toMatchObject({ kind: 'ignored' });
  });

  it('all of them, and every example of others, are a change or have a reason', () => {
    const counts: Record<string, number> = {};
    const count = (decoded: Decoded) => {
      const what = 'why' in decoded ? `${decoded.kind} ${decoded.why}` : decoded.kind;
      counts[what] = (counts[what] ?? 0) + 1;
    };
    const recorded = readdirSync(join(corpus, 'dbchange/debezium')).filter((name) => name.endsWith('.ndjson'));
    for (const name of recorded) for (const record of recordsOf(name.slice(0, -7))) count(decode(record));
    const own = { ...counts };
    for (const name of readdirSync(join(corpus, 'cdc/debezium-docs')))
      count(
        decode(
          { key: null, value: readFileSync(join(corpus, 'cdc/debezium-docs', name), 'utf8'), timestampMs: 1 },
          everyTable,
        ),
      );
    for (const name of ['debezium-json.txt', 'debezium-json-with-schema.txt'])
      for (const line of readFileSync(join(corpus, 'cdc/flink-cdc', name), 'utf8')
        .split('\n')
        .filter((one) => one.startsWith('{')))
        count(decode({ key: null, value: line, timestampMs: 1 }, everyTable));
    expect(own).toEqual({ change: 128, 'ignored no-change': 100, 'ignored tombstone': 35 });
    // Of the examples those of MongoDB name a collection instead of a table, and a few are cut short by their authors.
    expect(counts).toEqual({
      ...{ change: 193, truncated: 4, 'ignored no-change': 147, 'ignored message': 2, 'ignored tombstone': 35 },
      ...{ 'unusable no-table': 22, 'unusable no-key': 6, 'unusable no-row': 2 },
    });
  });
});

/** Keys of the tables of the examples, which come without the key of their record. */
const everyTable: DecodeOptions = {
  keys: new Proxy(
    {},
    { has: () => true, get: () => ['id'], getOwnPropertyDescriptor: () => ({ configurable: true, value: ['id'] }) },
  ),
};

interface Sides {
  readonly op: string;
  readonly before?: Row | null | undefined;
  readonly after?: Row | null | undefined;
}

function recordsOf(topic: string) {
  const lines = readFileSync(join(corpus, 'dbchange/debezium', `${topic}.ndjson`), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => {
    const { key, value, timestamp } = JSON.parse(line) as {
      key: string | null;
      value: string | null;
      timestamp: number;
    };
    return { key, value, timestampMs: timestamp };
  });
}

function changesOf(topic: string, options: DecodeOptions = {}): RowChange[] {
  return recordsOf(topic).flatMap((record) => {
    const decoded = decode(record, options);
    return decoded.kind === 'change' ? [decoded.change] : [];
  });
}

/** Of the binary log; a changed key is two changes here. */
function expectedOf(table: string): Sides[] {
  interface Event extends Sides {
    readonly table: string;
    readonly keyBefore?: unknown;
  }
  const file = readFileSync(join(corpus, 'dbchange/mysql-hospital/expected-events.json'), 'utf8');
  const { snapshot, events } = JSON.parse(file) as { snapshot: Event[]; events: Event[] };
  const rows = snapshot.filter((one) => one.table === table).map(({ after }) => ({ op: 'r', before: null, after }));
  const changes = events
    .filter((one) => one.table === table)
    .flatMap((one): Sides[] => {
      if (one.keyBefore === undefined || one.keyBefore === null) return [one];
      return [
        { op: 'd', before: one.before, after: null },
        { op: 'c', before: null, after: one.after },
      ];
    });
  return [...rows, ...changes];
}

/** Snapshot rows come in any order. */
function inOrder<Change extends Sides>(changes: readonly Change[], keyColumn: string): Change[] {
  const isRead = ({ op }: Change) => op === 'r';
  const keyText = ({ after }: Change) => JSON.stringify(after?.[keyColumn] ?? after ?? null).padStart(40);
  const read = changes.filter(isRead).sort((a, b) => (keyText(a) < keyText(b) ? -1 : 1));
  return [...read, ...changes.filter((one) => !isRead(one))];
}

function twosComplement(value: bigint): Buffer {
  const bits128 = BigInt.asUintN(128, value).toString(16).padStart(32, '0');
  return Buffer.from(bits128, 'hex');
}
