import { describe, expect, it } from '@jest/globals';
import { canonicalRow, canonicalValue } from './canonical-row.js';

describe('canonicalValue', () => {
  it.each([
    ['tinyint', 1, 1],
    ['bigint', '42', 42],
    ['bigint', '9007199254740993', '9007199254740993'],
    ['bigint', '18446744073709551615', '18446744073709551615'],
    ['decimal', '00.500000', '00.500000'],
    ['year', '2026', 2026],
    ['year', 1900, 0],
    ['year', '0000', 0],
    ['enum', undefined, ''],
    ['enum', null, null],
    ['float', 0.10000000149011612, 0.1],
    ['float', '16777216', 16777216],
    ['float', 3.4028234663852886e38, 3.4028235e38],
    ['double', '0.1', 0.1],
    ['date', '0000-00-00', '0000-00-00'],
    ['datetime', '2026-01-07 10:00:00.500000', '2026-01-07 10:00:00.5'],
    ['datetime', '2026-01-07 10:00:00', '2026-01-07 10:00:00'],
    ['datetime', '2026-01-07 10:00:00.000', '2026-01-07 10:00:00'],
    ['timestamp', '2026-01-07 10:00:00.120', '2026-01-07T10:00:00.12Z'],
    ['time', '-12:34:56.789000', '-12:34:56.789'],
    ['time', '-00:63:64.000', '-01:00:00'],
    ['time', '-837:58:64', '-837:59:00'],
    ['time', '-99:63:64', '-100:00:00'],
    ['blob', Buffer.from([0, 255]), { base64: 'AP8=' }],
    ['uuid', Buffer.from('0b5a2a2e6a1c4d7c9d3e000000000001', 'hex'), '0b5a2a2e-6a1c-4d7c-9d3e-000000000001'],
    ['inet4', Buffer.from([10, 0, 0]), '10.0.0.0'],
    ['inet6', Buffer.from('20010db8', 'hex'), '2001:db8::'],
    ['inet6', Buffer.from('20010db8000000000001000000000001', 'hex'), '2001:db8::1:0:0:1'],
    ['inet6', Buffer.from('00000000000000000000ffff0a000001', 'hex'), '::ffff:10.0.0.1'],
    ['inet6', Buffer.from('20010db8000000010001000100010001', 'hex'), '2001:db8::1:1:1:1:1'],
    ['inet6', Buffer.alloc(0), '::'],
    ['varchar', '', ''],
    ['varchar', 'a\ud800', 'a\ufffd'],
    ['point', { x: 1, y: 2 }, '{"x":1,"y":2}'],
    ['varchar', null, null],
    ['varchar', undefined, null],
  ])('%s %p is %p', (type, value, expected) => {
    expect(canonicalValue(value, type)).toEqual(expected);
  });

  it('takes each column by its own type, and a column of no known type as it is', () => {
    const row = { id: '7', at: '2026-01-07 10:00:00', other: 'x' };
    expect(canonicalRow(row, { id: 'int', at: 'timestamp' })).toEqual({
      id: 7,
      at: '2026-01-07T10:00:00Z',
      other: 'x',
    });
  });
});
