import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { base32 } from './base32.js';
import { keyedHash, keyedName } from './keyed-hash.js';

describe('keyedHash', () => {
  it.each([
    ['0b'.repeat(20), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
    ['4a656665', 'what do ya want for nothing?', '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'],
    [
      'aa'.repeat(131),
      'Test Using Larger Than Block-Size Key - Hash Key First',
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    ],
  ])('is what RFC 4231 has for the key %s', (key, text, expected) => {
    expect(keyedHash(Buffer.from(key, 'hex'), text).toString('hex')).toBe(expected);
  });

  it('is the HMAC of text and bytes, of any length, one after the other', () => {
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ minLength: 1300, maxLength: 5000 }));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), text, fc.uint8Array({ maxLength: 100 }), (key, said, bytes) => {
        const expected = createHmac('sha256', key).update(said, 'utf8').update(bytes).digest();
        expect(keyedHash(key, said, bytes)).toEqual(expected);
        expect(keyedName(key, said, bytes)).toBe(base32(expected.subarray(0, 20)));
      }),
    );
  });
});
