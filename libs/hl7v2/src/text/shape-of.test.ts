import { describe, expect, it } from '@jest/globals';
import { shapeOf } from './shape-of.js';

describe('shapeOf', () => {
  it.each([
    ['', 'empty'],
    ['19620320', '8 digits'],
    ['7', '1 digit'],
    ['EVERYWOMAN', '10 letters'],
    ['مريم بی بی', '8 letters, 2 blanks'],
    ['MR-1001', '4 digits, 2 letters, 1 sign'],
    ['a\u0000b', '2 letters, 1 control character'],
    ['9'.repeat(10_001), 'more than 10000 characters'],
  ])('says of %p that it is %p', (value, shape) => {
    expect(shapeOf(value)).toBe(shape);
  });

  it('is the same for any value of the same classes, so that it repeats none', () => {
    expect(shapeOf('4-56 Xy')).toBe(shapeOf('Qa 12-3'));
  });
});
