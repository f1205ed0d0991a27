import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, canonicalWith } from './canonical-json.js';

describe('canonicalJson', () => {
  it('writes the sample of RFC 8785 §3.2.2 and §3.2.3 as the standard does', () => {
    const value = {
      numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('takes members as they were written before, and writes the others', () => {
    const value = { row: { b: 1, a: 'x' }, at: 'now', gone: undefined };
    expect(canonicalWith(value, { row: canonicalJson(value.row) })).toBe(canonicalJson(value));
    expect(canonicalWith(value, { at: undefined })).toBe(canonicalJson(value));
  });

  it('sorts members by UTF-16 code units, not by code points', () => {
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '😀': 5, '\u0080': 6, ö: 7 };
    expect(Object.keys(JSON.parse(canonicalJson(value)) as object)).toEqual([
      '1',
      '\r',
      '\u0080',
      'ö',
      '\u20ac',
      '😀',
      '\ufb33',
    ]);
  });

  it('says the same value whatever the order of members, and reads back', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });

  it('leaves out members that are undefined', () => {
    expect(canonicalJson({ a: undefined, b: [undefined] })).toBe('{"b":[null]}');
  });

  it.each([NaN, Infinity, 10n, () => 1, '\ud800', { ['\ud800']: 1 }])('refuses what JSON cannot say: %p', (value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });
});
