import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FhirFailure } from '../fhir-failure.js';
import { servedTypes } from '../served-types.js';
import { Cursors } from './cursor.js';
import { parseSearch } from './parse-search.js';
import { prefixedDate } from './prefixed-date.js';

const prefixes = ['', 'eq', 'ne', 'lt', 'gt', 'le', 'ge', 'sa', 'eb'];
const instant = fc.date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });

describe('prefixedDate', () => {
  it('spans every instant that the text can mean, and ends before the next', () => {
    fc.assert(
      fc.property(instant, fc.constantFrom(4, 7, 10, 19, 23), fc.constantFrom(...prefixes), (date, length, prefix) => {
        const iso = date.toISOString();
        const text = iso.slice(0, length) + (length > 10 ? 'Z' : '');
        const bounds = prefixedDate('date', prefix + text);
        expect(bounds.prefix).toBe(prefix === '' ? 'eq' : prefix);
        expect(bounds.from <= iso && iso <= bounds.until).toBe(true);
        expect(bounds.from.slice(0, length)).toBe(iso.slice(0, length));
        expect(bounds.until.slice(0, length)).toBe(iso.slice(0, length));
        expect(new Date(Date.parse(bounds.until) + 1).toISOString().slice(0, length)).not.toBe(iso.slice(0, length));
      }),
    );
  });

  it('reads offsets, also with a plus that a URL made a space', () => {
    const { from } = prefixedDate('date', 'ge2024-03-01T10:00:00+05:00');
    expect(from).toBe('2024-03-01T05:00:00.000Z');
    expect(prefixedDate('date', 'ge2024-03-01T10:00:00 05:00').from).toBe(from);
  });

  it('answers 400 for anything else', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          prefixedDate('date', text);
          expect(text).toMatch(/^(eq|ne|lt|gt|le|ge|sa|eb)?\d{4}/);
        } catch (error) {
          expect(error).toBeInstanceOf(FhirFailure);
          expect((error as FhirFailure).getStatus()).toBe(400);
        }
      }),
    );
    for (const text of ['2024-13', '2024-02-30', '2023-02-29', '0000', 'ap2024', 'ge', '2024-1-1', '2024-01-01T25:00'])
      expect(() => prefixedDate('date', text)).toThrow(FhirFailure);
  });
});

describe('Cursors', () => {
  const cursors = new Cursors(new Uint8Array(32).fill(7));
  const continuation = {
    of: 'search Observation',
    parameters: [['identifier', 'TEST-SECRET']] as const,
    position: [12, 'Observation', 'id'] as const,
    total: 3,
  };

  it('come back as written and show nothing of the search', () => {
    const cursor = cursors.write(continuation);
    expect(cursors.read(cursor, continuation.of)).toMatchObject(continuation);
    expect(Buffer.from(cursor, 'base64url').toString('latin1')).not.toContain('TEST-SECRET');
    expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
  });

  it('are refused when any character was changed, added or taken away', () => {
    const cursor = cursors.write(continuation);
    const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=. ';
    fc.assert(
      fc.property(fc.nat(cursor.length - 1), fc.constantFrom(...Array.from(base64)), (at, character) => {
        fc.pre(cursor[at] !== character);
        const changed = cursor.slice(0, at) + character + cursor.slice(at + 1);
        expect(() => cursors.read(changed, continuation.of)).toThrow(FhirFailure);
        expect(() => cursors.read(cursor.slice(0, at), continuation.of)).toThrow(FhirFailure);
        expect(() => cursors.read(cursor + character, continuation.of)).toThrow(FhirFailure);
      }),
    );
  });

  it('are refused after an hour, for another search, and under another key', () => {
    const now = Date.parse('2024-03-01T12:00:00Z');
    const cursor = cursors.write(continuation, now);
    expect(cursors.read(cursor, continuation.of, now + 3_599_000)).toMatchObject(continuation);
    expect(() => cursors.read(cursor, continuation.of, now + 3_601_000)).toThrow('expired');
    expect(() => cursors.read(cursor, 'search Patient', now)).toThrow(FhirFailure);
    expect(() => new Cursors(new Uint8Array(32).fill(8)).read(cursor, continuation.of, now)).toThrow(FhirFailure);
  });
});

describe('parseSearch', () => {
  const names = fc.string({ minLength: 1, maxLength: 20 }).filter((name) => !/^_|identifier|[:.]/.test(name));

  it('never fails on an unknown parameter unless strict, and never repeats what it was', () => {
    fc.assert(
      fc.property(fc.constantFrom(...servedTypes.keys()), names, fc.string(), (type, name, value) => {
        fc.pre(servedTypes.get(type)?.parameters.has(name) === false);
        const lenient = parseSearch(type, [[name, value]], false);
        expect(lenient.honoured).toEqual([]);
        expect(lenient.issues).toHaveLength(1);
        expect(lenient.issues[0]?.text).toBe('ignored: unknown parameter');
        expect(() => parseSearch(type, [[name, value]], true)).toThrow(FhirFailure);
      }),
    );
  });

  it('takes any value, or answers 400 without repeating it', () => {
    const parameter = fc.constantFrom(
      ...[...servedTypes].flatMap(([type, { parameters }]) =>
        [...parameters.keys()].map((name) => [type, name] as const),
      ),
    );
    fc.assert(
      fc.property(parameter, fc.string({ minLength: 6 }), ([type, name], value) => {
        try {
          parseSearch(type, [[name, value]], true);
        } catch (error) {
          expect(error).toBeInstanceOf(FhirFailure);
          expect((error as FhirFailure).getStatus()).toBe(400);
          expect((error as FhirFailure).text).not.toContain(value);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('splits at commas and bars that are not escaped', () => {
    const { criteria } = parseSearch('Observation', [['code', 'a\\,b|c\\|d,|e,f|']], false);
    expect(criteria.filters).toEqual([
      {
        kind: 'token',
        param: 'code',
        anyOf: [{ system: 'a,b', value: 'c|d' }, { system: '', value: 'e' }, { system: 'f' }],
      },
    ]);
  });

  it('reads every form of a reference, and no other type', () => {
    for (const text of ['id1', 'Encounter/id1', 'http://host/fhir/Encounter/id1'])
      expect(parseSearch('Observation', [['encounter', text]], false).criteria.filters).toEqual([
        { kind: 'token', param: 'encounter', anyOf: [{ value: 'Encounter/id1' }] },
      ]);
    expect(() => parseSearch('Observation', [['encounter', 'Patient/id1']], false)).toThrow(FhirFailure);
  });
});
