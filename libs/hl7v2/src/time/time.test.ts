import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseDtm, type Dtm } from './dtm.js';
import { isAmbiguous, toFhirDate, toFhirDateTime, toInstant } from './fhir-date-time.js';

const berlin = { zone: 'Europe/Berlin' };

function read(text: string): Dtm {
  const dtm = parseDtm(text);
  if (dtm === undefined) throw new Error(`${text} was not read`);
  return dtm;
}

describe('date and time', () => {
  it.each([
    ['2026', { year: 2026, precision: 'year', raw: '2026' }],
    ['202602', { year: 2026, month: 2, precision: 'month', raw: '202602' }],
    ['20260228', { year: 2026, month: 2, day: 28, precision: 'day', raw: '20260228' }],
    ['2026022823', { year: 2026, month: 2, day: 28, hour: 23, precision: 'hour', raw: '2026022823' }],
    ['202602280000', { year: 2026, month: 2, day: 28, hour: 0, minute: 0, precision: 'minute', raw: '202602280000' }],
    [
      '20260228235958.1200-0530',
      {
        year: 2026,
        month: 2,
        day: 28,
        hour: 23,
        minute: 59,
        second: 58,
        fraction: '1200',
        offset: '-05:30',
        precision: 'second',
        raw: '20260228235958.1200-0530',
      },
    ],
    ['20260228+0100', { year: 2026, month: 2, day: 28, offset: '+01:00', precision: 'day', raw: '20260228+0100' }],
    ['20240229', { year: 2024, month: 2, day: 29, precision: 'day', raw: '20240229' }],
  ])('reads %s without inventing parts', (text, expected) => {
    expect(parseDtm(text)).toEqual(expected);
  });

  it.each([
    '',
    '""',
    '0000',
    '00000000',
    '19',
    '202',
    '20261',
    '202613',
    '202600',
    '20260230',
    '20250229',
    '19000229',
    '20260100',
    '2026010124',
    '202601010060',
    '20260101000060',
    '20260101+1401',
    '20260101+0160',
    '20260101+01',
    '20260101T10',
    '2026-01-01',
    '20260101000000.',
    '20260101.5',
    '20260101000000,5',
    'today',
    '202601010000000',
  ])('does not take %j for one', (text) => {
    expect(parseDtm(text)).toBeUndefined();
  });

  it.each([
    ['2026', '2026'],
    ['202602', '2026-02'],
    ['20260228', '2026-02-28'],
    ['2026022823', '2026-02-28'],
    ['202601021530', '2026-01-02T15:30:00+01:00'],
    ['202607021530', '2026-07-02T15:30:00+02:00'],
    ['20260102153007.5', '2026-01-02T15:30:07.5+01:00'],
    ['20260102153007-0330', '2026-01-02T15:30:07-03:30'],
    ['20260102153007-0000', '2026-01-02T15:30:07+00:00'],
    ['20260102+0500', '2026-01-02'],
  ])('writes %s as %s for FHIR', (text, expected) => {
    expect(toFhirDateTime(read(text), berlin)).toBe(expected);
  });

  it('prefers its own offset, then that of the message, then the zone', () => {
    const options = { ...berlin, offsetDefault: '-07:00' };
    expect(toFhirDateTime(read('20260702153000+0900'), options)).toBe('2026-07-02T15:30:00+09:00');
    expect(toFhirDateTime(read('20260702153000'), options)).toBe('2026-07-02T15:30:00-07:00');
    expect(toFhirDateTime(read('20260702153000'), { zone: 'Asia/Kathmandu' })).toBe('2026-07-02T15:30:00+05:45');
    expect(toFhirDateTime(read('20260702153000'), { zone: 'America/St_Johns' })).toBe('2026-07-02T15:30:00-02:30');
  });

  it('takes the first of two equal local times and marks it', () => {
    expect(toFhirDateTime(read('202610250230'), berlin)).toBe('2026-10-25T02:30:00+02:00');
    expect(
      ['202610250159', '202610250200', '202610250259', '202610250300'].map((one) => isAmbiguous(read(one), berlin)),
    ).toEqual([false, true, true, false]);
    expect(isAmbiguous(read('202610250230+0100'), berlin)).toBe(false);
    expect(isAmbiguous(read('20261025'), berlin)).toBe(false);
  });

  it('reads a skipped local time with the offset before the change', () => {
    expect(toFhirDateTime(read('202603290230'), berlin)).toBe('2026-03-29T02:30:00+01:00');
    expect(toFhirDateTime(read('202603290159'), berlin)).toBe('2026-03-29T01:59:00+01:00');
    expect(toFhirDateTime(read('202603290300'), berlin)).toBe('2026-03-29T03:00:00+02:00');
  });

  it('finds the instant, and none for a day', () => {
    expect(toInstant(read('20260102153007.1239'), berlin)?.toISOString()).toBe('2026-01-02T14:30:07.123Z');
    expect(toInstant(read('202601021530-0500'), berlin)?.toISOString()).toBe('2026-01-02T20:30:00.000Z');
    expect(['2026', '202601', '20260102', '2026010215'].map((one) => toInstant(read(one), berlin))).toEqual(
      Array(4).fill(undefined),
    );
  });

  it('writes the date part alone', () => {
    expect(['0098', '202602', '19700131235959+0100'].map((one) => toFhirDate(read(one)))).toEqual([
      '0098',
      '2026-02',
      '1970-01-31',
    ]);
  });

  it('agrees with the clock of the machine in any zone', () => {
    const zone = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kolkata',
      'Pacific/Apia',
    );
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1980, 0), max: Date.UTC(2040, 0) }), zone, (ms, name) => {
        const instant = new Date(Math.floor(ms / 60_000) * 60_000);
        const local = instant.toLocaleString('sv-SE', { timeZone: name }).replace(/\D/g, '');
        const dtm = read(local);
        const found = toInstant(dtm, { zone: name });
        expect(found !== undefined && toFhirDateTime(dtm, { zone: name }).startsWith(local.slice(0, 4))).toBe(true);
        if (!isAmbiguous(dtm, { zone: name })) expect(found).toEqual(instant);
        else expect(found?.getTime()).toBeLessThanOrEqual(instant.getTime());
      }),
      { numRuns: 300 },
    );
  });

  it('refuses a zone that does not exist', () => {
    expect(() => toFhirDateTime(read('202601011200'), { zone: 'Nowhere/Land' })).toThrow(RangeError);
  });
});
