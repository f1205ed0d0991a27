import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { seal, unseal } from './seal.js';

const key = randomBytes(32);

describe('seal', () => {
  it('gives back any bytes, under the same key and context', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), (plain, context) => {
        expect([...unseal(key, seal(key, plain, context), context)]).toEqual([...plain]);
      }),
    );
  });

  it('does not open with one bit changed anywhere', () => {
    const sealed = seal(key, Buffer.from('EVERYWOMAN'), 'row 1');
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const altered = Buffer.from(sealed);
      altered.writeUInt8(altered.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(() => unseal(key, altered, 'row 1')).toThrow();
    }
  });

  it('does not open under another key or in another row', () => {
    const sealed = seal(key, Buffer.from('EVERYWOMAN'), 'row 1');
    expect(() => unseal(randomBytes(32), sealed, 'row 1')).toThrow();
    expect(() => unseal(key, sealed, 'row 2')).toThrow();
  });

  it('never seals the same bytes to the same value', () => {
    const sealed = Array.from({ length: 1000 }, () => seal(key, Buffer.from('a'), ''));
    const nonces = sealed.map((one) => Buffer.from(one.subarray(1, 13)).toString('hex'));
    expect(new Set(nonces).size).toBe(1000);
    expect(sealed.every((one) => Buffer.from(unseal(key, one, '')).toString() === 'a')).toBe(true);
  });
});
