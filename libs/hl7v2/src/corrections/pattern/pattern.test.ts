import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Pattern } from './pattern.js';
import { PatternError } from './syntax.js';

const matched = (pattern: string, text: string) => new Pattern(pattern).match(text);

describe('a pattern', () => {
  it('finds the first match with its groups and what stands around it', () => {
    expect(matched('0*([1-9]\\d*)-(\\w+)?', 'MR 00471- x')).toEqual({
      before: 'MR ',
      groups: ['00471-', '471', ''],
      after: ' x',
    });
    expect(matched('^MR', 'a MR')).toBeUndefined();
    expect(matched('[^a-c\\]]+$', 'abc]\u{1F600}z')).toMatchObject({ groups: ['\u{1F600}z'] });
    expect(matched('a{2,3}?', 'aaaa')).toMatchObject({ groups: ['aa'], after: 'aa' });
  });

  it('finds what the engine of the language finds, for any pattern that both read', () => {
    fc.assert(
      fc.property(
        patterns,
        fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', ' '), maxLength: 8 }),
        (pattern, text) => {
          const theirs = new RegExp(pattern, 'u').exec(text);
          const ours = attempt(pattern)?.match(text);
          if (ours === 'refused') return;
          expect(ours?.groups).toEqual(theirs === null ? undefined : Array.from(theirs, (one?: string) => one ?? ''));
          expect(ours?.before.length).toEqual(theirs?.index);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('takes so many steps as characters times states, where backtracking would take years', () => {
    expect(matched('^(a+)+$', `${'a'.repeat(900)}b`)).toBeUndefined();
    expect(matched('^(a|a|a)*(a*)b', 'a'.repeat(900))).toBeUndefined();
  });

  it.each([
    ['(?=a)', 'look-around'],
    ['(?<n>a)', 'look-around'],
    ['(a)\\1', 'escape'],
    ['\\p{L}', 'escape'],
    ['(a*)*', 'empty'],
    ['a**', 'quantifier'],
    ['*a', 'repeated'],
    ['^*', 'repeated'],
    ['a{3,1}', 'order'],
    ['a{', 'count'],
    ['[z-a]', 'order'],
    ['[]', 'empty class'],
    ['[a', 'without'],
    ['(a', 'without'],
    ['a)', 'without'],
    ['\\', 'end'],
    ['(a{100}){100}', 'states'],
    ['a'.repeat(201), 'longer'],
  ])('%s is refused, saying why', (pattern, reason) => {
    expect(() => new Pattern(pattern)).toThrow(PatternError);
    expect(() => new Pattern(pattern)).toThrow(reason);
  });

  it('that is any text is read or refused, and never anything else', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from('ab\\()[]{}|?*+.^$-1,d:')), maxLength: 15 }),
        (text) => {
          attempt(text)?.match('ab1 ab');
        },
      ),
      { numRuns: 2000 },
    );
  });
});

/** `refused` as a pattern that says so. */
function attempt(text: string): { match(text: string): ReturnType<Pattern['match']> | 'refused' } | undefined {
  try {
    return new Pattern(text);
  } catch (error) {
    if (error instanceof PatternError) return { match: () => 'refused' };
    throw error;
  }
}

const quantifiers = ['', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{0,2}?'];
const atoms = fc.constantFrom('a', 'b', 'c', '.', '\\d', '\\w', '\\s', '[ab]', '[^a]', '[a-c1]', '\\W', '^', '$');
const sequences = (atom: fc.Arbitrary<string>) =>
  fc
    .array(fc.tuple(atom, fc.constantFrom(...quantifiers)), { minLength: 1, maxLength: 3 })
    .map((parts) => parts.map(([one, quantifier]) => ('^$'.includes(one) ? one : one + quantifier)))
    .chain((parts) => fc.constantFrom(parts.join(''), `${parts.join('')}|${parts[0] ?? ''}`));
const grouped = (inner: fc.Arbitrary<string>) =>
  fc.oneof(
    atoms,
    inner.map((one) => `(${one})`),
    inner.map((one) => `(?:${one})`),
  );
/** Groups in groups, no deeper: their engine goes back and forth for ever. */
const patterns = sequences(grouped(sequences(grouped(sequences(atoms)))));
