import { describe, expect, it } from '@jest/globals';
import type { Row, RowValue } from '@anamnesis/core';
import type { ConverterName, ConverterOptions, LocalCodes } from '../mapping-file.js';
import { rowContext } from '../row-test-context.js';
import { converterFor } from './converters.js';
import { Fault, type Place } from './converter.js';

interface Given {
  readonly type?: Place['type'];
  readonly options?: ConverterOptions;
  readonly codes?: LocalCodes;
  readonly row?: Row;
}

/** What a converter makes of values; of a fault, its rule. */
function convert(as: ConverterName, values: readonly RowValue[], given: Given = {}): unknown {
  const { type = { name: 'string' }, options = {}, codes, row = {} } = given;
  const place = { type, options, row, codes, location: 't.c', zone: 'Asia/Karachi', context: rowContext('MPK') };
  const found = converterFor(as, type)?.(values, place);
  return found instanceof Fault ? found.rule : found;
}

describe('a date', () => {
  const date = (text: string, format?: string) =>
    convert('date', [text], { options: format === undefined ? {} : { format } });

  it.each([
    ['16/05/1997', 'dd/MM/yyyy', '1997-05-16'],
    ['6/5/1997', 'd/M/yyyy', '1997-05-06'],
    ['16-May-1997', 'dd-MMM-yyyy', '1997-05-16'],
    ['05/1997', 'MM/yyyy', '1997-05'],
    ['1997', 'yyyy', '1997'],
    ['19970516', 'yyyyMMdd', '1997-05-16'],
    ['1997-05-16', undefined, '1997-05-16'],
    ['1997-05-16 00:00:00', undefined, '1997-05-16'],
    ['1997-05-15T20:00:00Z', undefined, '1997-05-16'],
  ])('%s as %s is %s', (text, format, expected) => {
    expect(date(text, format)).toBe(expected);
  });

  it.each([
    ['05/16/1997', 'dd/MM/yyyy'],
    ['6/5/1997', 'dd/MM/yyyy'],
    ['30/02/1997', 'dd/MM/yyyy'],
    ['16/05/97', 'dd/MM/yyyy'],
    ['16/05/1997 x', 'dd/MM/yyyy'],
    ['1997-13-01', undefined],
    ['yesterday', undefined],
  ])('%s is none as %s', (text, format) => {
    expect(date(text, format)).toBe('row-date');
  });
});

describe('a date and time', () => {
  const dateTime = (text: string, options: ConverterOptions = {}, name = 'dateTime') =>
    convert('dateTime', [text], { options, type: { name } });

  it.each([
    ['2026-03-02 11:00:00', {}, '2026-03-02T11:00:00+05:00'],
    ['2026-03-02 11:00:00.250', {}, '2026-03-02T11:00:00.250+05:00'],
    ['2026-03-02T06:00:00Z', {}, '2026-03-02T06:00:00+00:00'],
    ['2026-07-02 11:00:00', { zone: 'Europe/Berlin' }, '2026-07-02T11:00:00+02:00'],
    ['2 Mar 2026 12:05 AM', { format: 'd MMM yyyy h:mm a' }, '2026-03-02T00:05:00+05:00'],
    ['02/03/2026 23:59', { format: 'dd/MM/yyyy HH:mm' }, '2026-03-02T23:59:00+05:00'],
    ['2026-03-02', {}, '2026-03-02'],
  ])('%s has the offset of its zone', (text, options, expected) => {
    expect(dateTime(text, options)).toBe(expected);
  });

  it('is no instant without a time of day', () => {
    expect(dateTime('2026-03-02 11:00:00', {}, 'instant')).toBe('2026-03-02T06:00:00.000Z');
    expect(dateTime('2026-03-02', {}, 'instant')).toBe('row-date');
    expect(dateTime('2026-03-02 24:00:00')).toBe('row-date');
    expect(dateTime('2 Mar 2026 13:05 AM', { format: 'd MMM yyyy h:mm a' })).toBe('row-date');
  });

  it('of day alone is a time', () => {
    expect(convert('time', ['08:15'], { type: { name: 'time' } })).toBe('08:15:00');
    expect(convert('time', ['25:00'], { type: { name: 'time' } })).toBe('row-date');
  });
});

describe('numbers and flags', () => {
  it.each([
    ['7.10', '7.10'],
    ['-0.50', '-0.50'],
    ['.5', '0.5'],
    ['+5', '5'],
    ['007', '7'],
    ['12345678901234567.25', '12345678901234567.25'],
  ])('keep the digits of %s', (text, digits) => {
    expect(convert('decimal', [text], { type: { name: 'decimal' } })).toEqual({ $decimal: digits });
  });

  it('are told apart from texts', () => {
    expect(convert('decimal', ['12,5'], { type: { name: 'decimal' } })).toBe('row-number');
    expect(convert('integer', ['1.5'], { type: { name: 'integer' } })).toBe('row-number');
    expect(convert('integer', [0], { type: { name: 'positiveInt' } })).toBe('row-number');
    expect(convert('integer', ['3.0'], { type: { name: 'integer' } })).toBe(3);
  });

  it.each([
    [true, true],
    [-1, true],
    ['Y', true],
    ['no', false],
    [0, false],
    ['maybe', 'row-boolean'],
  ])('%s is %s', (value, expected) => {
    expect(convert('boolean', [value], { type: { name: 'boolean' } })).toBe(expected);
  });

  it('mean yes by the words of the file alone, where it has some', () => {
    const options = { yes: ['ہاں'], no: ['نہیں'] };
    expect(convert('boolean', ['ہاں'], { options })).toBe(true);
    expect(convert('boolean', ['Y'], { options })).toBe('row-boolean');
  });
});

describe('a quantity', () => {
  const quantity = (text: string, options: ConverterOptions = {}, given: Given = {}) =>
    convert('quantity', [text], { ...given, options, type: { name: 'Quantity' } });

  it('has its comparator, digits and a unit that is UCUM beyond doubt', () => {
    expect(quantity('<0.50', { unit: 'mg/L' })).toEqual({
      ...{ value: { $decimal: '0.50' }, comparator: '<', unit: 'mg/L' },
      ...{ system: 'http://unitsofmeasure.org', code: 'mg/L' },
    });
    expect(quantity('5', { unitColumn: 'u' }, { row: { u: 'gms' } })).toEqual({
      value: { $decimal: '5' },
      unit: 'gms',
    });
    const said = { row: { u: 'gms' }, codes: { gms: 'g' } };
    expect(quantity('5', { unitColumn: 'u', codes: 'units' }, said)).toMatchObject({ unit: 'gms', code: 'g' });
  });

  it('is none without a number', () => {
    expect(quantity('positive')).toBe('row-number');
  });
});

describe('a code', () => {
  const sexes = { M: 'male', F: 'female' };

  it('is what the table says, without regard to case where that is needed', () => {
    expect(convert('text', ['m'], { codes: sexes })).toBe('male');
    expect(convert('text', ['K'], { codes: { K: 'a', k: 'b' } })).toBe('a');
    expect(convert('text', ['Z'], { codes: sexes })).toBe('row-code');
    expect(convert('text', ['Z'], { codes: sexes, options: { otherwise: 'unknown' } })).toBe('unknown');
    expect(convert('text', ['constructor'], { codes: sexes })).toBe('row-code');
  });

  it('is one of the codes that FHIR allows, or none', () => {
    const type = { name: 'code', codes: ['final', 'amended'] };
    expect(convert('text', ['final'], { type })).toBe('final');
    expect(convert('text', ['done'], { type })).toBe('row-code');
  });

  it('of the sex is understood as HL7 and FHIR write it', () => {
    expect(['F', 'male', 'U'].map((one) => convert('sex', [one]))).toEqual(['female', 'male', 'unknown']);
    expect(convert('sex', ['3'])).toBe('row-code');
  });

  it('of nobody else stays local, with its translations beside it', () => {
    expect(convert('concept', ['PENI'], { type: { name: 'CodeableConcept' } })).toEqual({
      coding: [{ system: 'urn:anamnesis:MPK:t.c', code: 'PENI' }],
    });
  });

  it('of nobody else is told with as much of its column as is kept', () => {
    const told: string[] = [];
    const location = `${'long'.repeat(12)}.column`;
    const context = rowContext('MPK', { onLocalCode: (code) => told.push(code.location) });
    const place = {
      type: { name: 'CodeableConcept' },
      options: {},
      row: {},
      codes: undefined,
      location,
      zone: 'UTC',
      context,
    };
    converterFor('concept', place.type)?.(['PENI'], place);
    expect(told).toEqual(['long'.repeat(10)]);
  });

  it('may be no more than a text', () => {
    const given = { type: { name: 'CodeableConcept' }, options: { textColumn: 'words' }, row: { words: 'fever' } };
    expect(convert('concept', [], given)).toEqual({ text: 'fever' });
  });
});

describe('a name', () => {
  const name = (values: readonly string[], options: ConverterOptions) =>
    convert('name', values, { options, type: { name: 'HumanName' } });

  it('in one column is split only as the file says', () => {
    expect(name(['Noor Jahan Testani'], {})).toEqual({ text: 'Noor Jahan Testani' });
    expect(name(['Noor Jahan Testani'], { order: 'given-family' })).toMatchObject({
      family: 'Testani',
      given: ['Noor Jahan'],
    });
    expect(name(['Testani Noor Jahan'], { order: 'family-given' })).toMatchObject({
      family: 'Testani',
      given: ['Noor Jahan'],
    });
    expect(name(['Testani, Noor'], { order: 'family, given' })).toMatchObject({ family: 'Testani', given: ['Noor'] });
    expect(name(['Noor'], { order: 'given-family' })).toEqual({ text: 'Noor' });
  });

  it('in several columns has a part in each', () => {
    expect(name(['Noor Jahan', 'Al Testani'], { order: 'given-family' })).toEqual({
      ...{ text: 'Noor Jahan Al Testani', family: 'Al Testani', given: ['Noor Jahan'] },
    });
  });
});

describe('a text', () => {
  it('has no characters that FHIR does not allow, and is nothing when blank', () => {
    expect(convert('text', ['a\u0000b\u0007'])).toBe('a b');
    expect(convert('text', [' \u0001 '])).toBeUndefined();
    expect(convert('text', [{ base64: 'AAAA' }])).toBe('row-bytes');
    expect(convert('text', ['a b'], { type: { name: 'uri' } })).toBe('row-text');
  });
});
