import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Row, RowChange } from '@anamnesis/core';
import { problemsOf } from '../fhir-validators.conformance.js';
import { stringifyFhir } from '../stringify-fhir.js';
import { assembled } from '../test-context.js';
import type { MappedEvent } from '../v2/mapping-context.js';
import { mapRow } from './map-row.js';
import { readRowMapping } from './read-row-mapping.js';
import { rowContext } from './row-test-context.js';

const golden = new URL('./golden/', import.meta.url);
const mapping = readRowMapping(readFileSync(new URL('hospital.yaml', golden), 'utf8'));
const changes = JSON.parse(readFileSync(new URL('changes.json', golden), 'utf8')) as readonly RowChange[];
const patientOfVisit = { patientKeyOf: (_: string, row: Row) => (row['visit_id'] === 'V-1' ? [7001] : undefined) };
const map = (change: RowChange) => mapRow(change, mapping, rowContext('GOLDEN', patientOfVisit));
const find = (table: string, op: RowChange['op'], at = 0): RowChange => {
  const found = changes.filter((one) => one.table === table && one.op === op)[at];
  if (found === undefined) throw new Error(`no ${op} of ${table}`);
  return found;
};
const slotsOf = (event: MappedEvent, at = 0) => event.resources.statements[at]?.slots ?? {};

describe('mapRow', () => {
  const events = changes.map(map);
  const resources = assembled(...events.map(({ resources: { statements } }) => statements));

  it('makes of the golden rows what is written beside them', () => {
    const expected: unknown = JSON.parse(readFileSync(new URL('expected.json', golden), 'utf8'));
    const all = events.map(({ type, subject, identity, occurredAt, resources: { warnings, localCodes } }) => ({
      ...{ type, subject, identity, occurredAt, warnings, localCodes },
    }));
    expect(JSON.parse(stringifyFhir({ events: all, resources }))).toEqual(expected);
  });

  it.each(resources.map((one) => [one.resourceType, one] as const))(
    'makes a %s that both validators accept',
    (_, one) => {
      expect(problemsOf(JSON.parse(stringifyFhir(one)))).toEqual([]);
    },
  );

  it('states every resource type that it promises', () => {
    expect(new Set(resources.map(({ resourceType }) => resourceType))).toEqual(
      new Set(
        (
          'Patient Encounter Condition Observation AllergyIntolerance MedicationRequest DiagnosticReport ServiceRequest Practitioner ' +
          'Organization Location'
        ).split(' '),
      ),
    );
  });

  it('keeps the digits of a number', () => {
    expect(stringifyFhir(resources)).toContain('"value":11.20,');
  });

  it('says of an update what changed, and takes back what became empty', () => {
    const [statement] = map(find('patients', 'u')).resources.statements;
    expect(Object.keys(statement?.slots ?? {})).toEqual(['address']);
    expect(statement?.removed).toEqual(['maritalStatus']);
  });

  it('says all of a row whose former state nobody knows', () => {
    const { before: _, ...change } = find('patients', 'u');
    const [statement] = map(change).resources.statements;
    expect(Object.keys(statement?.slots ?? {})).toContain('birthDate');
    expect(statement?.removed).toContain('maritalStatus');
  });

  it('leaves alone what the change does not tell, and says so', () => {
    const { after = {}, ...change } = find('patients', 'c');
    const { born: _, ...told } = after;
    const event = map({ ...change, after: told });
    expect(slotsOf(event)).not.toHaveProperty('birthDate');
    expect(event.resources.statements[0]?.removed).not.toContain('birthDate');
    expect(event.resources.warnings).toContain('patients.born: the change does not tell this column');
  });

  it('withdraws a deleted row, and lets it come back', () => {
    const row = find('results', 'c', 1);
    const back = map({ ...row, at: '2026-03-05T00:00:00.000Z' });
    const statements = [row, find('results', 'd')].map((one) => map(one).resources.statements);
    expect(assembled(...statements)[0]).toMatchObject({ status: 'entered-in-error', valueString: 'seen' });
    expect(assembled(...statements, back.resources.statements)[0]).toMatchObject({ status: 'final' });
  });

  it('takes no status of an error back that the file states itself, and every one that it does not', () => {
    const condition = map({ ...find('visits', 'c') }).resources.statements[1];
    expect(condition?.removed).toContain('verificationStatus');
  });

  it('withdraws a part of a row that no longer fits its condition', () => {
    const { after = {}, ...change } = find('visits', 'c');
    const event = map({ ...change, op: 'u', before: after, after: { ...after, dx: null } });
    expect(event.resources.statements.map(({ resourceType, slots }) => [resourceType, Object.keys(slots)])).toEqual([
      ['Condition', ['verificationStatus']],
    ]);
  });

  it.each(['0000-00-00', '0000-00-00 00:00:00', '0000-00-00 00:00:00.000', '0000-00-00T00:00:00Z'])(
    'takes %s for no date wherever a column is asked whether it is set',
    (zero) => {
      const { after = {}, ...change } = find('visits', 'c');
      const event = map({ ...change, after: { ...after, discharged_at: zero, dx: zero } });
      expect(event.type).toBe('encounter.opened');
      expect(event.resources.findings).toBeUndefined();
      expect(event.resources.statements.map(({ resourceType }) => resourceType)).toEqual(['Encounter']);
      expect(slotsOf(event)).toMatchObject({ status: 'in-progress' });
      expect(event.resources.statements[0]?.removed).toContain('period.end');
    },
  );

  it('claims who a patient is as a PID does', () => {
    expect(map(find('patients', 'c')).identity).toEqual({
      identifiers: [
        { system: 'urn:oid:2.999.7.1', value: '7001', type: 'PI' },
        { system: 'urn:oid:2.999.7.2', value: 'M-7001', type: 'MR' },
      ],
      birthDate: '1997-05-16',
      familyName: 'Testani',
      givenName: 'Sample Person',
      sex: 'M',
      isDeceased: undefined,
    });
  });

  it('reports what does not convert by table, column and rule, never by value', () => {
    const event = map({
      ...find('patients', 'c'),
      after: { ...find('patients', 'c').after, born: '1997-05-16', sex: 'Q' },
    });
    expect(event.resources.findings).toEqual([
      { rule: 'row-code', location: 'patients.sex', text: 'a code that no table knows', shape: '1 letter' },
      { rule: 'row-date', location: 'patients.born', text: 'no date as dd/MM/yyyy', shape: '8 digits, 2 signs' },
    ]);
    expect(event.resources.warnings.join()).not.toContain('1997');
  });

  it('keeps a row of an unknown patient, table or key as an event that states nothing', () => {
    const unknown = { ...find('results', 'c'), after: { ...find('results', 'c').after, visit_id: 'V-2' } };
    for (const [change, reason] of [
      [unknown, 'results: the row names no patient'],
      [{ ...unknown, table: 'others' }, 'others: the mapping file has no such table'],
      [{ ...unknown, key: [] }, 'results: the row has no key'],
    ] as const) {
      const event = map(change);
      expect([event.type, event.resources.statements]).toEqual(['row.unmapped', []]);
      expect(event.resources.warnings).toContain(reason);
    }
  });

  it('dates a change by the column of the application only where that moved with it', () => {
    const change = find('patients', 'u');
    expect(map(change).resources.statements[0]?.statedAt).toBe('2026-03-05T04:59:00.000Z');
    const still = { ...change, after: { ...change.after, updated_at: change.before?.['updated_at'] ?? null } };
    expect(map(still).resources.statements[0]?.statedAt).toBe(change.at);
  });
});
