import { describe, expect, it } from '@jest/globals';
import { compareBirthDates, isOneEdit, isPlaceholderIdentifier } from './evidence.js';
import { judgePair, type PairContext, type RecordClaim } from './guards.js';
import { areGivenNamesAlike, isPlaceholderName, normalName } from './names.js';

const eve: RecordClaim = {
  birthDate: '1962-03-20',
  familyName: 'EVERYWOMAN',
  givenName: 'EVE',
  sex: 'F',
  formerNames: [],
  isDeceased: false,
  deceasedSince: null,
  lastActivityAt: '2024-01-01T00:00:00.000Z',
  nationalIdentifiers: [{ system: 'urn:oid:1', value: '4711' }],
};
const alone: PairContext = {
  recordsWithIdentifier: 2,
  identifierRecordsMax: 3,
  recordsTogether: 2,
  personRecordsMax: 6,
  joinsNotSame: false,
};
const judge = (other: Partial<RecordClaim>, context: Partial<PairContext> = {}, one: Partial<RecordClaim> = {}) =>
  judgePair({ ...eve, ...one }, { ...eve, ...other }, { ...alone, ...context });
const link = { outcome: 'link' };
const none = { outcome: 'none' };
const review = (...guards: string[]) => ({ outcome: 'review', guards });

describe('judgePair', () => {
  it.each<[string, Partial<RecordClaim>, object]>([
    ['the same claims', {}, link],
    ['case, marks and titles alone', { familyName: 'Éverywoman', givenName: 'Mrs. eve' }, link],
    ['a further given name', { givenName: 'EVE ANN' }, link],
    ['swapped names', { familyName: 'EVE', givenName: 'EVERYWOMAN' }, link],
    ['a birth date that is not known', { birthDate: null }, link],
    ['a birth date one edit away', { birthDate: '1962-03-21' }, link],
    ['a year of birth that fits', { birthDate: '1962' }, link],
    ['a family name that is not known', { familyName: null }, link],
    ['an unknown sex', { sex: 'U' }, link],
    ['a family name known from before', { familyName: 'MAIDEN', formerNames: ['EVERYWOMAN'] }, link],
    ['nothing but the number', { birthDate: null, familyName: null, givenName: null }, none],
    ['another given name: twins', { givenName: 'ADAM' }, review('G2', 'G7')],
    ['another given name, no birth date', { givenName: 'ADAM', birthDate: null }, review('G2')],
    ['another birth date', { birthDate: '1975-11-02' }, review('G3', 'G8')],
    ['another family name', { familyName: 'NOBODY' }, review('G4')],
    ['no given name', { givenName: null }, review('G6')],
    ['a newborn', { givenName: 'BABY GIRL' }, review('G2', 'G6', 'G7')],
    ['another sex', { sex: 'M' }, review('G9')],
    ['another person altogether', { familyName: 'NOBODY', birthDate: '1990-01-02' }, review('G3', 'G4')],
  ])('%s', (_what, other, outcome) => {
    expect(judge(other)).toEqual(outcome);
  });

  it('does not take 1 January for a birth date that agrees', () => {
    const birthDate = '1962-01-01';
    expect(judge({ birthDate, familyName: null }, {}, { birthDate })).toEqual(review('G3'));
    expect(judge({ birthDate }, {}, { birthDate })).toEqual(link);
  });

  it('reviews who is active after a death, on either side', () => {
    const dead = { isDeceased: true, deceasedSince: '2023-01-01T00:00:00.000Z' };
    expect(judge(dead)).toEqual(review('G10'));
    expect(judge({}, {}, dead)).toEqual(review('G10'));
    expect(judge({ ...dead, deceasedSince: '2025-01-01T00:00:00.000Z' })).toEqual(link);
  });

  it('reviews other numbers of one national authority, and forgives one edit', () => {
    const other = (value: string) => ({ nationalIdentifiers: [{ system: 'urn:oid:1', value }] });
    expect(judge(other('9999'))).toEqual(review('G1'));
    expect(judge(other('4712'))).toEqual(link);
  });

  it('reviews a number of many records, a large person, and what would join two held apart', () => {
    expect(judge({}, { recordsWithIdentifier: 4 })).toEqual(review('G12'));
    expect(judge({}, { recordsTogether: 7 })).toEqual(review('G15'));
    expect(judge({}, { joinsNotSame: true })).toEqual(review('G15'));
  });
});

describe('evidence', () => {
  it.each(['000000000', '999999999', '123456789', '111-11-1111', 'none', 'NA', '""', '', '4711#'])(
    'ignores %j as an identifier',
    (value) => {
      expect(isPlaceholderIdentifier(value)).toBe(true);
    },
  );
  it.each(['4711', '12', 'AB123456C', '1203198'])('takes %j for an identifier', (value) => {
    expect(isPlaceholderIdentifier(value)).toBe(false);
  });

  it.each([
    ['1962-03-20', '1962-03-20', 'same'],
    ['1962-03-20', '1962', 'coarse'],
    ['1962-03-20', '1963', 'different'],
    ['1962-03-05', '1962-05-03', 'near'],
    ['1962-03-20', '1926-03-20', 'near'],
    ['1962-03-20', '1962-04-21', 'different'],
    ['1962-03-20', null, 'unknown'],
  ])('compares %s with %s: %s', (a, b, agreement) => {
    expect(compareBirthDates(a, b)).toBe(agreement);
    expect(compareBirthDates(b, a)).toBe(agreement);
  });

  it.each([
    ['ab', 'ab', true],
    ['ab', 'b', true],
    ['abc', 'abdc', true],
    ['abcd', 'acbd', true],
    ['abcd', 'badc', false],
    ['abc', 'a', false],
    ['', 'a', true],
    ['', 'ab', false],
  ])('%j is one edit from %j: %j', (a, b, isOne) => {
    expect([isOneEdit(a, b), isOneEdit(b, a)]).toEqual([isOne, isOne]);
  });

  it('normalises names without losing other scripts', () => {
    expect(normalName(' Dr. Müller-Łoś ')).toBe('MULLER LOS');
    expect(normalName('Muhammad')).toBe(normalName('Mohd.'));
    expect(normalName('Ελένη')).toBe('ΕΛΕΝΗ');
    expect(areGivenNamesAlike('M', 'MARY')).toBe(false);
  });

  it.each(['BABY', 'Baby Boy', 'B/O', 'TWIN A', 'newborn', 'UNKNOWN', 'Test', 'Mr'])('%j is no name', (name) => {
    expect(isPlaceholderName(name)).toBe(true);
  });
  it.each(['TESTPATIENT', 'EVE', 'BOLA', null])('%j may be a name', (name) => {
    expect(isPlaceholderName(name)).toBe(false);
  });
});
