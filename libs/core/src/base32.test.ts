import { expect, it } from '@jest/globals';
import { base32 } from './base32.js';

it.each([
  ['', ''],
  ['f', 'my'],
  ['fo', 'mzxq'],
  ['foo', 'mzxw6'],
  ['foob', 'mzxw6yq'],
  ['fooba', 'mzxw6ytb'],
  ['foobar', 'mzxw6ytboi'],
])('writes %p as RFC 4648 §10 does, in lower case and without padding', (text, expected) => {
  expect(base32(Buffer.from(text))).toBe(expected);
});
