import { describe, expect, it } from '@jest/globals';
import { admission, oddDelimiters, result } from '../sample-messages.js';
import type { Message } from './message.js';
import { parseMessage } from './parse-message.js';

const parse = (text: string): Message => parseMessage(Buffer.from(text, 'utf8'));

/** Everything that views say of the first segments, read in the given order. */
function valuesOf(message: Message, order: readonly number[]): unknown {
  const values: unknown[] = [];
  for (const index of order) {
    const segment = message.segments[index];
    if (segment === undefined) throw new Error('no such segment');
    for (let n = 0; n <= segment.fieldCount + 1; n++) {
      const field = segment.field(n);
      const { isEmpty, isNull, formatted, repetitions } = field;
      values[index * 1000 + n] = [isEmpty, isNull, formatted, field.text(2), repetitions.map(({ texts }) => texts)];
    }
  }
  return values;
}

describe('segments', () => {
  it.each([
    ['an admission', admission],
    ['a result', result],
  ])('of %s read the same in a small message, in one of 100 KB and in one of 400 KB, in any order', (_, text) => {
    const count = parse(text).segments.length;
    const forward = Array.from({ length: count }, (__, index) => index);
    const expected = valuesOf(parse(text), forward);
    for (const moreBytes of [0, 100_000, 400_000]) {
      const grown = parse(`${text}NTE|9||${'x'.repeat(moreBytes)}|last\r`);
      expect(grown.segments.at(-1)?.field(4).text()).toBe('last');
      expect(valuesOf(grown, forward)).toEqual(expected);
      expect(valuesOf(grown, [...forward].reverse())).toEqual(expected);
    }
  });
});

describe('a repetition', () => {
  it.each([10, 2000])('of %i characters has the same parts whether they are read together or one by one', (length) => {
    const long = 'x'.repeat(length);
    const [xpn] =
      parse(admission.replace(/PID\|.*\r/, `PID|1||1||${long}^GIVEN&SECOND^^""\r`))
        .first('PID')
        ?.field(5).repetitions ?? [];
    expect([1, 2, 3, 4, 5].map((n) => xpn?.text(n))).toEqual([long, 'GIVEN', '', '', '']);
    expect(xpn?.texts).toEqual([long, 'GIVEN', '', '']);
    expect(xpn?.text(2, 2)).toBe('SECOND');
  });
});

describe('the plain text of a repetition', () => {
  const usual =
    'MSH|^~\\&|LAB|SOUTH|||202601020304||ORU^R01|S-7|P|2.3.1\rPID|||88^^^SOUTH^MR||TESTPATIENT^TOM\rOBX|1|NM|A|||g/dL\r';
  const pid3 = (message: Message) => message.first('PID')?.field(3).repetitions[0]?.plain;

  it('is what stands there', () => {
    expect(pid3(parse(usual))).toBe('88^^^SOUTH^MR');
    expect(parse(usual).first('OBX')?.field(6).plain).toBe('g/dL');
  });

  it.each([
    ['has an escape sequence anywhere', usual.replace('TOM', 'T\\T\\M')],
    ['is not all ASCII', usual.replace('TOM', 'TÖM')],
    ['has delimiters of its own', oddDelimiters],
  ])('is not told of a message that %s', (_, text) => {
    expect(parse(text).first('PID')).toBeDefined();
    expect(pid3(parse(text))).toBeUndefined();
  });
});
