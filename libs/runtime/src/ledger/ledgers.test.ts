import { describe, expect, it } from '@jest/globals';
import type { Ledger } from '@anamnesis/ledger';
import { Ledgers } from './ledgers.js';

const ledger = {} as Ledger;
const one = (organisation: string, facilities: readonly string[], isDefault = false) => ({
  organisation,
  facilities,
  isDefault,
  ledger,
});

describe('the ledgers of a process', () => {
  it('know under whose identity a facility is anchored, and take every other one as the default', () => {
    const ledgers = new Ledgers([one('A', ['MPK'], true), one('B', ['HYD', 'LABHYD'])]);
    expect(['MPK', 'HYD', 'LABHYD', 'unknown'].map((name) => ledgers.organisationOf(name))).toEqual([
      'A',
      'B',
      'B',
      'A',
    ]);
    expect(ledgers.organisations).toEqual(['A', 'B']);
    expect(() => ledgers.of('C')).toThrow('no ledger for the organisation C');
  });

  it('are refused where it is not clear whose a facility is', () => {
    expect(() => new Ledgers([one('A', []), one('B', [])])).toThrow('exactly one');
    expect(() => new Ledgers([one('A', [], true), one('B', [], true)])).toThrow('exactly one');
    expect(() => new Ledgers([one('A', ['X'], true), one('B', ['X'])])).toThrow('in two organisations');
    expect(() => new Ledgers([one('A', [], true), one('A', ['X'])])).toThrow('named twice');
  });
});
