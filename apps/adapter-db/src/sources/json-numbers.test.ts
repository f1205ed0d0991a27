import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { rewriteNumbers } from './json-numbers.js';

const marked = (json: string) => rewriteNumbers(json, (digits) => `<${digits}>`);

describe('the numbers of a JSON text', () => {
  it('are found outside of its texts alone', () => {
    expect(marked('{"a1":-2.5e+3,"b":["7","\\"8",0],"\\\\":9}')).toBe(
      '{"a1":<-2.5e+3>,"b":["7","\\"8",<0>],"\\\\":<9>}',
    );
    expect(marked('{"a":1,"open 2')).toBe('{"a":<1>,"open 2');
  });

  it('leave everything else as it is, whatever it says', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(rewriteNumbers(json, (digits) => digits)).toBe(json);
        expect(JSON.parse(rewriteNumbers(json, (digits) => `[${digits}]`))).toEqual(wrapped(JSON.parse(json)));
      }),
    );
  });

  it('are found beside a text of any length', () => {
    for (const text of ['x'.repeat(30_000_000), '\n'.repeat(15_000_000)]) {
      const json = JSON.stringify([text, 5]);
      expect(marked(json) === `${json.slice(0, -2)}<5>]`).toBe(true);
    }
  });
});

function wrapped(value: unknown): unknown {
  if (typeof value === 'number') return [value];
  if (Array.isArray(value)) return value.map(wrapped);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, wrapped(one)]));
}
