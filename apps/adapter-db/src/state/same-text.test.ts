import { describe, expect, it } from '@jest/globals';
import { keysOfSameText } from './same-text.js';

describe('keys of the same text', () => {
  it.each([
    [[7], [['7']]],
    [['7'], [[7]]],
    [[7, 'A'], [['7', 'A']]],
    [
      [7, '8'],
      [
        ['7', '8'],
        [7, 8],
        ['7', 8],
      ],
    ],
    [['007'], []],
    [['9007199254740993'], []],
    [['A', null], []],
  ])('of %j are %j', (key, others) => {
    expect(new Set(keysOfSameText(key).map((one) => JSON.stringify(one)))).toEqual(
      new Set(others.map((one) => JSON.stringify(one))),
    );
  });
});
