import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decimal } from './decimal.js';
import { stringifyFhir } from './stringify-fhir.js';
import { numeric } from './v2/datatypes/nm.js';

describe('stringifyFhir', () => {
  it('writes decimals as bare digits, all of them', () => {
    expect(stringifyFhir({ value: decimal('7.10'), low: decimal('-0.50') })).toBe('{"value":7.10,"low":-0.50}');
  });

  it('leaves a text that looks like a decimal alone', () => {
    const text = '{"$decimal":"1"}';
    expect(JSON.parse(stringifyFhir({ text }))).toEqual({ text });
  });

  it('is JSON for any number that HL7 can say', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[+-]?\d{0,9}(\.\d{0,9})?$/), (text) => {
        const value = numeric(text);
        if (value === undefined) expect(text).toMatch(/^[+-]?\.?$/);
        else expect(JSON.parse(stringifyFhir([value]))).toEqual([Number(text)]);
      }),
    );
  });
});

describe('decimal', () => {
  it.each(['0', '-1', '7.10', '1e5', '0.000'])('takes %s', (text) => {
    expect(decimal(text)).toEqual({ $decimal: text });
  });

  it.each(['', '.5', '5.', '+1', '01', '1,5', '<5', 'NaN', '1 '])('refuses %p', (text) => {
    expect(decimal(text)).toBeUndefined();
  });
});
