import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RowChange } from '@anamnesis/core';
import { decode, type Decoded, type DecodeOptions } from './decode.js';
import { decodeValue, unscaled } from './logical-types.js';
import { parseLossless } from './lossless-json.js';

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
    expect(because({ id: '1', aggregate_type: 'x', type: 'STARTED', additional_data: {} })).toBe('ignored no-change');
    expect(because({ specversion: '1.0', data: { status: 'END', id: 'x:1' } })).toBe('ignored no-change');
    expect(because({ op: 'm', source, message: {} })).toBe('ignored message');
    expect(because({ ...plain, op: 't' })).toBe('truncated');
    expect(because({ ...plain, op: 'z' })).toBe('unusable unknown-op');
    expect(because({ ...plain, source: { ...source, table: null } })).toBe('unusable no-table');
    expect(because({ op: 'c', before: null, after: row })).toBe('unusable no-table');
    expect(because({ ...plain, after: null })).toBe('unusable no-row');
    expect(because(plain, null)).toBe('unusable no-key');
    expect(because(plain, null, { keys: { 'h.patients': ['id'] } })).toBe('change');
    expect(because(plain, { id: 7 }, { keys: { visits: ['id'] } })).toBe('ignored other-table');
  });

  it('keeps a text of any length, and what no other JSON can hold', () => {
    const scan = 'A'.repeat(12_000_000);
    expect(said({ ...plain, after: { id: 7, scan } })).toMatchObject({ change: { after: { id: 7, scan } } });
    const value = JSON.stringify({ ...plain, after: { id: 7, list: ['a\ud800'], name: 'b\udc00', weight: 0.5 } });
    const odd = decode({ key: JSON.stringify({ id: 7 }), value: value.replace('0.5', '1e999'), timestampMs: 1 });
    expect(odd).toMatchObject({
      change: { after: { id: 7, list: '["a\ufffd"]', name: 'b\ufffd', weight: '1e999' } },
    });
  });

  it.each([
    ['a row unwrapped without a field of the envelope', row],
    ['Canal', { type: 'INSERT', database: 'h', table: 'patients', data: [row], old: null, pkNames: ['id'] }],
    ['Maxwell', { type: 'insert', database: 'h', table: 'patients', ts: 1_700_000_000, xid: 7, data: row }],
    ['a binary CloudEvent', { specversion: '1.0', iodebeziumop: 'c', data: 'AAAA' }],
    ['somebody else', 'text'],
  ])('of %s is not passed over in silence', (_, value) => {
    expect(said(value)).toEqual({ kind: 'unusable', why: 'no-envelope' });
  });

  it.each([0, 1_700_000_000_000_000])('has the time of its own where the source says %d', (milliseconds) => {
    const decoded = said({ ...plain, source: { ...source, ts_ms: milliseconds } });
    expect(decoded).toMatchObject({ change: { at: '1970-01-01T00:00:00.001Z' } });
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

  it.each([
    ['bytes', 'X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ=='],
    ['a list of texts', ['__debezium_unavailable_value']],
    ['a list of bytes', ['X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==']],
    ['a list of numbers', [...Buffer.from('__debezium_unavailable_value')]],
    ['a map', { __debezium_unavailable_value: '__debezium_unavailable_value' }],
    ['a map as text', '{"__debezium_unavailable_value":"__debezium_unavailable_value"}'],
  ])('leaves out what a PostgreSQL row does not tell of a column of %s', (_, scan) => {
    const from = { ...source, connector: 'postgresql', lsn: 5 };
    const updated = said({ op: 'u', before: null, after: { id: 7, scan }, source: from });
    expect('change' in updated && updated.change.after).toEqual({ id: 7 });
  });
});

function twosComplement(value: bigint): Buffer {
  const bits128 = BigInt.asUintN(128, value).toString(16).padStart(32, '0');
  return Buffer.from(bits128, 'hex');
}
