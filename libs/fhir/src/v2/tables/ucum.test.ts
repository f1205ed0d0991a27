import { describe, expect, it } from '@jest/globals';
import { isUcum, isUnmistakableUnit } from './ucum.js';

describe('isUcum', () => {
  it.each([
    'mg/dL',
    '10*3/uL',
    'm[IU]/L',
    'mm[Hg]',
    '{beats}/min',
    '/min',
    'kg.m/s2',
    'mL/min/{1.73_m2}',
    '%',
    'mol/(kg.s)',
    'U/g{Hb}',
    'ug/(24.h)',
  ])('takes %s', (text) => {
    expect(isUcum(text)).toBe(true);
  });

  it.each(['', 'MG/DL', 'widgets', 'IU/L', 'mmHg', 'cells', 'mg/', 'x10^3', 'mg dL', '10e3/uL', '//', '{a b}'])(
    'refuses %p',
    (text) => {
      expect(isUcum(text)).toBe(false);
    },
  );
});

describe('isUnmistakableUnit', () => {
  it('lists valid UCUM only', () => {
    const listed = ['mg/dL', 'mm[Hg]', '10*9/L', 'mg/24.h', '[degF]', 'u[IU]/mL'];
    expect(listed.every((unit) => isUnmistakableUnit(unit) && isUcum(unit))).toBe(true);
    expect(['IU/L', 'mmHg', 'K/uL', 'toString'].some(isUnmistakableUnit)).toBe(false);
  });
});
