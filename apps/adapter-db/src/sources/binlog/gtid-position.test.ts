import { describe, expect, it } from '@jest/globals';
import { GtidPosition } from './gtid-position.js';

const at = (text: string) => GtidPosition.parse(text);

describe('GtidPosition', () => {
  it('keeps the last transaction of each domain, exactly', () => {
    expect(at('').with('0-1-5').with('3-2-18446744073709551615').with('0-7-6').toString()).toBe(
      '0-7-6,3-2-18446744073709551615',
    );
  });

  it('reaches what is behind it in every domain', () => {
    expect(at('0-1-5,1-1-9').reaches(at('0-1-5'))).toBe(true);
    expect(at('0-1-5').reaches(at('0-1-6'))).toBe(false);
    expect(at('0-1-9').reaches(at('0-1-5,1-1-1'))).toBe(false);
    expect(at('').reaches(at(''))).toBe(true);
    expect(at('0-1-10').reaches(at('0-1-9'))).toBe(true);
  });

  it.each(['0-1', 'x', '0-1-2-3', 'a-b-c'])('refuses %p', (text) => {
    expect(() => at(text)).toThrow(TypeError);
  });
});
