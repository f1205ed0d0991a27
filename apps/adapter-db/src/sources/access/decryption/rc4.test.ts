import { describe, expect, it } from '@jest/globals';
import { rc4 } from './rc4.js';

/** Keystreams at their beginning. */
describe('rc4', () => {
  it.each([
    ['0102030405', 'b2396305f03dc027ccc3524a0a1118a8'],
    ['0102030405060708090a0b0c0d0e0f10', '9ac7cc9a609d1ef7b2932899cde41b97'],
    ['833222772a', '80ad97bdc973df8a2e879e92a497efda'],
  ])('has for the key %s the keystream of RFC 6229', (key, stream) => {
    const bytes = new Uint8Array(16);
    rc4(Buffer.from(key, 'hex'), bytes);
    expect(Buffer.from(bytes).toString('hex')).toBe(stream);
  });
});
