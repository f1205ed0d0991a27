import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assembleFragments, beginsWithAddendum } from './assemble-fragments.js';

const head = 'MSH|^~\\&|LAB|HYD|||20260306||ORU^R01^ORU_R01|C1|P|2.5.1';
const continuing = (pointer: string) => `MSH|^~\\&|LAB|HYD|||20260306||ORU^R01^ORU_R01|C2|P|2.5.1||${pointer}`;
const assembled = (...fragments: readonly string[]) =>
  Buffer.from(assembleFragments(fragments.map((one) => Buffer.from(one, 'latin1')))).toString('latin1');

describe('a message in fragments', () => {
  it('is what was sent before it was cut, inside of a field and between segments', () => {
    expect(
      assembled(
        `${head}\rPID|1||H-1\rOBX|1|FT|^Summary||Patient was ad\rDSC|P1|F\r`,
        `${continuing('P1')}\rADD|mitted on Monday||||||F\rOBX|2|ST|^Note||fine||||||F\rDSC|P2|F\r`,
        `${continuing('P2')}\rOBX|3|ST|^Note||well||||||F\r`,
      ),
    ).toBe(
      `${head}\rPID|1||H-1\rOBX|1|FT|^Summary||Patient was admitted on Monday||||||F\r` +
        'OBX|2|ST|^Note||fine||||||F\rOBX|3|ST|^Note||well||||||F\r',
    );
  });

  it('keeps the ADD of a message that is not in fragments, and text lines that begin like a segment', () => {
    expect(assembled(`${head}\r\nNTE|1||one\r\nADD|two\r\nDSCRIPTION\r\n`)).toBe(
      `${head}\rNTE|1||one\rADD|two\rDSCRIPTION\r`,
    );
  });

  it('tells whether it goes on inside of a field', () => {
    const begins = (text: string) => beginsWithAddendum(Buffer.from(text));
    expect([begins(`${head}\rADD|x\r`), begins(`${head}\rPID|1\rADD|x\r`), begins(head)]).toEqual([true, false, false]);
  });

  it('is the same wherever it was cut, byte for byte', () => {
    const tail = 'PID|1||H-1\rOBX|1|FT|^Summary||caf\u00e9 \\.br\\ and more||||||F\rOBX|2|NM|^K||4.2||||||F\r';
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: tail.length - 1 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(cuts, (places) => {
        const bounds = [0, ...places.sort((a, b) => a - b), tail.length];
        const pieces = bounds.slice(1).map((end, at) => tail.slice(bounds[at], end));
        const fragments = pieces.map((piece, at) => {
          const isInside = at > 0 && pieces[at - 1]?.endsWith('\r') !== true;
          const begin = at === 0 ? head : continuing(`P${at - 1}`);
          // A cut just before a line end continues with nothing.
          const text = `${begin}\r${isInside ? 'ADD|' : ''}${piece}`;
          return `${text.replace(/\r$/, '')}\r${at === pieces.length - 1 ? '' : `DSC|P${at}|F\r`}`;
        });
        expect(assembled(...fragments)).toBe(`${head}\r${tail}`);
      }),
    );
  });
});
