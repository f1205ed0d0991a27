import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Row, RowChange } from '@anamnesis/core';
import { problemsOf } from '../fhir-validators.conformance.js';
import { stringifyFhir } from '../stringify-fhir.js';
import { assembled } from '../test-context.js';
import { mapRow } from './map-row.js';
import { readRowMapping } from './read-row-mapping.js';
import { rowContext } from './row-test-context.js';

const insert = (table: string, key: RowChange['key'], after: Row): RowChange => ({
  ...{ op: 'c', table, key, after },
  ...{ at: '2026-01-05T04:00:00.000Z', position: 'x' },
});

const one: readonly RowChange[] = [
  insert('patients', [4485], {
    ...{ patient_id: 4485, full_name: 'Aqib Shaikh', sex: 'M', birth_date: '1997-05-16', cnic: '42301-0004485-1' },
    ...{ phone: null, street: 'House 12', city: 'Mirpurkhas', updated_at: '2026-01-05T04:00:00Z' },
  }),
  insert('visits', [9001], {
    ...{ visit_id: 9001, patient_id: 4485, kind: 'OPD', ward: 'General', admitted_at: '2026-01-05 09:00:00' },
    discharged_at: null,
  }),
  insert('lab_results', [1], {
    ...{ result_id: 1, visit_id: 9001, test_code: '718-7', test_name: 'Hemoglobin', value: '13.20', unit: 'g/dL' },
    ...{ taken_at: '2026-01-05 09:30:00', verified: 1 },
  }),
];

const two: readonly RowChange[] = [
  insert('Mareez', ['H-731'], {
    ...{ 'Mareez No': 'H-731', Name: 'Aqib Shaikh', Naam: 'عاقب شیخ', Jins: '1', 'Tareekh Paidaish': '16/05/1997' },
    ...{ 'Shanakhti No': '42301-0004485-1', Phone: '0300 0000731', Pata: 'Flat 3', Shehar: 'Hyderabad' },
  }),
  insert('Daakhla', ['P-88'], {
    ...{ 'Parchi No': 'P-88', 'Mareez No': 'H-731', Qism: '1', Aamad: '11/02/2026 10:15', Rukhsat: null },
  }),
  insert('Test', ['P-88', '1'], {
    ...{ 'Parchi No': 'P-88', Satar: '1', 'Test Code': '2345-7', 'Test Naam': 'Glucose', Natija: '112.50' },
    ...{ Paimana: 'mg/dL', Waqt: '11/02/2026 10:40' },
  }),
];

describe.each([
  ['hospital-one', 'MIRPURKHAS', one],
  ['hospital-two', 'HYDERABAD', two],
] as const)('the mapping file of %s', (name, facility, changes) => {
  const file = new URL(`../../../../samples/${name}/mapping.yaml`, import.meta.url);
  const mapping = readRowMapping(readFileSync(file, 'utf8'));
  const patientKey = changes[0]?.key ?? [];
  const events = changes.map((change) =>
    mapRow(change, mapping, rowContext(facility, { patientKeyOf: () => patientKey })),
  );
  const resources = assembled(...events.map(({ resources: { statements } }) => statements));

  it('uses every value of its tables', () => {
    expect(events.flatMap(({ resources: { warnings, findings } }) => [...warnings, ...(findings ?? [])])).toEqual([]);
    expect(resources.map(({ resourceType }) => resourceType).sort()).toEqual(['Encounter', 'Observation', 'Patient']);
  });

  it.each(resources.map((resource) => [resource.resourceType, resource] as const))(
    'makes a %s that both validators accept',
    (_, resource) => {
      expect(problemsOf(JSON.parse(stringifyFhir(resource)))).toEqual([]);
    },
  );

  it('knows the patient as the other hospital does', () => {
    const text = stringifyFhir(resources.find(({ resourceType }) => resourceType === 'Patient'));
    expect(JSON.parse(text)).toMatchObject({ birthDate: '1997-05-16', gender: 'male' });
    expect(text).toContain('"system":"urn:anamnesis:authority:NADRA","value":"42301-0004485-1"');
  });
});
