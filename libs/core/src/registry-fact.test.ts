import { expect, it } from '@jest/globals';
import { permitsType } from './registry-fact.js';

it.each([
  [[], true],
  [['*'], true],
  [['ADT^*'], true],
  [['ADT^A04'], true],
  [['ADT^A01', 'ORU^*'], false],
  [['ADT'], false],
])('a list of permitted types %j permits ADT^A04: %p', (permitted, expected) => {
  expect(permitsType(permitted, 'ADT', 'A04')).toBe(expected);
});
