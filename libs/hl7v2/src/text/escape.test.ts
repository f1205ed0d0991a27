import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { standardDelimiters, type Delimiters } from '../message/delimiters.js';
import { escapeText } from './escape-text.js';
import { unescapeText, type EscapeProblem } from './unescape-text.js';

const odd: Delimiters = {
  field: '#',
  component: '*',
  repetition: '!',
  escape: '%',
  subcomponent: '$',
  truncation: '@',
};
const plain = (text: string): string => unescapeText(text, standardDelimiters);
const formatted = (text: string): string => unescapeText(text, standardDelimiters, { isFormatted: true });

function problems(text: string, charset = 'utf-8'): readonly EscapeProblem[] {
  const found: EscapeProblem[] = [];
  unescapeText(text, standardDelimiters, { charset, onProblem: (problem) => found.push(problem) });
  return found;
}

describe('escapes', () => {
  it('writes the delimiters of the message as sequences', () => {
    expect(escapeText('a|b^c&d~e\\f#g\r\n', standardDelimiters)).toBe(
      'a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f#g\\X0D\\\\X0A\\',
    );
    expect(escapeText('a|b#c@d', odd)).toBe('a|b%F%c%P%d');
  });

  it('puts a space for a delimiter when the message has no escape character', () => {
    expect(escapeText('a|b^c\\&', { ...standardDelimiters, escape: undefined, subcomponent: undefined })).toBe(
      'a b c\\&',
    );
  });

  it('gives any text back, for any delimiters', () => {
    const text = fc.string({ unit: fc.constantFrom(...Array.from('a|^&~\\#*!%$@EFX0\r\n\u00E9\u65E5')) });
    fc.assert(
      fc.property(text, fc.constantFrom(standardDelimiters, odd), (one, delimiters) => {
        const escaped = escapeText(one, delimiters);
        expect(unescapeText(escaped, delimiters)).toBe(one);
        for (const separator of [delimiters.field, delimiters.component, delimiters.repetition]) {
          expect(escaped).not.toContain(separator);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['\\F\\\\S\\\\T\\\\R\\\\E\\', '|^&~\\'],
    ['\\X41\\', 'A'],
    ['\\XC3A9\\', '\u00E9'],
    ['\\XC3\\\\XA9\\', '\u00E9'],
    ['\\XE9\\', '\\XE9\\'],
    ['\\X4\\', '\\X4\\'],
    ['\\Q\\F\\', '\\Q\\F\\'],
    ['\\Zlocal\\\\F\\', '\\Zlocal\\|'],
    ['C:\\temp\\.\\F\\', 'C:\\temp\\.\\F\\'],
    ['5 \\ 6 \\T\\ 7', '5 \\ 6 & 7'],
    ['\\\\server', '\\\\server'],
    ['\\P\\', '\\P\\'],
    ['\\f\\', '\\f\\'],
    ['end\\', 'end\\'],
  ])('reads %s in plain text', (sent, read) => {
    expect(plain(sent)).toBe(read);
  });

  it('reads hexadecimal bytes in the character set of the message', () => {
    expect(unescapeText('\\XE9\\', standardDelimiters, { charset: 'iso-8859-1' })).toBe('\u00E9');
    expect(unescapeText('\\X93FA\\', standardDelimiters, { charset: 'shift_jis' })).toBe('\u65E5');
    expect(unescapeText('\\XC3A9\\', standardDelimiters, { charset: 'ascii' })).toBe('\u00E9');
  });

  it.each([
    ['a\\.br\\b', 'a\nb'],
    ['a\\.BR\\b', 'a\nb'],
    ['a\\.sp\\b\\.sp2\\c\\.sp 3\\d', 'a\nb\n\nc\n\n\nd'],
    ['a\\.sk 4\\b', 'a    b'],
    ['\\.fi\\\\.in+4\\\\.ti-2\\text\\.nf\\', 'text'],
    ['\\.ce\\Title', '\nTitle'],
    ['\\H\\bold\\N\\', 'bold'],
    ['a\\X0D0A\\b\\X0D\\c\rd\r\ne', 'a\nb\nc\nd\ne'],
    ['\\.xx\\', '\\.xx\\'],
  ])('reads %j as formatted text', (sent, read) => {
    expect(formatted(sent)).toBe(read);
  });

  it('leaves formatting alone in plain text, and without complaint', () => {
    expect(plain('\\H\\a\\.br\\b\\N\\')).toBe('\\H\\a\\.br\\b\\N\\');
    expect(problems('\\H\\a\\.br\\b\\N\\\\Z1\\')).toEqual([]);
  });

  it('does not let one command fill the memory', () => {
    expect(formatted('\\.sp9999\\')).toHaveLength(100);
    expect(formatted('\\.sk99999999\\')).toBe('\\.sk99999999\\');
  });

  it('names what stays literal', () => {
    expect(problems('\\Q\\')).toEqual(['escape-unknown']);
    expect(problems('\\XFF\\')).toEqual(['escape-undecodable']);
    expect(problems('\\M2442\\x\\C2842\\')).toEqual(['escape-charset-switch', 'escape-charset-switch']);
    expect(problems('a\\')).toEqual(['escape-unterminated']);
  });

  it('reads very many sequences without slowing down', () => {
    const text = '\\X0D\\'.repeat(300_000);
    expect(plain(text)).toHaveLength(300_000);
    expect(plain('\\'.repeat(300_001))).toHaveLength(300_001);
  });
});
