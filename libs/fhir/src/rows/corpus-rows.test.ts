import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Row, RowChange } from '@anamnesis/core';
import { problemsOf } from '../fhir-validators.conformance.js';
import type { FhirResource } from '../fhir-types.js';
import { stringifyFhir } from '../stringify-fhir.js';
import { assembled } from '../test-context.js';
import { mapRow } from './map-row.js';
import { readRowMapping } from './read-row-mapping.js';
import { rowContext } from './row-test-context.js';

/** The same meaning as the mapping that the expected resources were made with, in our own form. */
const mapping = readRowMapping(`
name: corpus
version: 1
source: { facility: H1, application: DB, zone: Asia/Karachi, kind: mysql, connection: { host: h, database: hospital, user: u } }
patients: { table: patients, authority: 'urn:oid:2.999.9' }
tables:
  patients:
    key: patient_id
    resource: Patient
    elements:
      identifier[0].system: { const: 'urn:oid:2.999.1.1' }
      identifier[0].value: mrn
      identifier[0].type.text: { const: MRN }
      active: { const: true }
      name[0].text: name_en
      name[1].text: name_local
      gender: gender
      birthDate: birth_date
      deceasedBoolean: { column: deceased, empty: ['0'] }
      telecom[0]: phone
      address[0].city: city
  visits:
    key: visit_id
    patient: patient_id
    resource: Encounter
    system: 'urn:oid:2.999.1.2'
    elements:
      status: { column: discharged_at, ifSet: finished, ifEmpty: in-progress }
      class.system: { const: 'http://terminology.hl7.org/CodeSystem/v3-ActCode' }
      class.code: { column: visit_class, codes: { OPD: AMB, IPD: IMP, ER: EMER } }
      period.start: admitted_at
      period.end: discharged_at
      location[0].location: ward
      participant[0].individual: doctor
  lab_results:
    key: result_id
    patient: patient_id
    resource: Observation
    system: 'urn:oid:2.999.1.3'
    elements:
      status: { column: status, codes: { prelim: preliminary, final: final, corrected: corrected } }
      category[0].coding[0].system: { const: 'http://terminology.hl7.org/CodeSystem/observation-category' }
      category[0].coding[0].code: { const: laboratory }
      code.coding[0].system: { const: 'http://loinc.org' }
      code.coding[0].code: test_code
      code.text: test_name
      encounter: { row: visits, column: visit_id }
      effectiveDateTime: collected_at
      valueQuantity.value: value_num
      valueQuantity.unit: { column: unit, ifColumn: value_num }
      valueString: { column: value_text, unlessColumn: value_num }
      interpretation[0].coding[0].system: { const: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation' }
      interpretation[0].coding[0].code: { column: abnormal, codes: { L: L, H: H, CRIT: AA, 'L,CRIT': LL, 'H,CRIT': HH } }
`);

interface Told {
  readonly op: RowChange['op'];
  readonly table: string;
  readonly before?: Row | null;
  readonly after?: Row | null;
}

interface Outcome {
  readonly out: readonly { readonly action: string; readonly resource?: FhirResource }[];
}

const folder = join(process.env['CORPUS_DIR'] ?? '../shared/corpus', 'dbchange/mysql-hospital');
const hasCorpus = existsSync(folder);
if (!hasCorpus) console.warn('SKIPPED: rows of a recorded database, CORPUS_DIR/dbchange is not there');
const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));

/** One change as an adapter tells it; of a changed key, the row that came of it. */
function changeOf({ op, table, before, after }: Told): RowChange {
  const row = after ?? before ?? {};
  const key = (mapping.tables[table]?.key ?? []).map((column) => row[column] ?? null);
  const told = { table, key, at: '2026-01-08T00:00:00.000Z', position: '1' };
  return op === 'd' ? { ...told, op, before: row } : { ...told, op: 'c', after: row };
}

/** Without ids, which are made otherwise, and the number under the patients' own authority. */
function content(resource: unknown): unknown {
  const text = JSON.stringify(resource, (name, value: unknown) => {
    if (name === 'id' || name === 'meta') return undefined;
    if (name === 'reference') return String(value).split('/')[0];
    if (name === 'subject') return (value as { readonly reference: string }).reference.split('/')[0];
    if (name === 'identifier' && Array.isArray(value))
      return (value as readonly { readonly system?: string }[]).filter(({ system }) => system !== 'urn:oid:2.999.9');
    return value;
  });
  return JSON.parse(text);
}

(hasCorpus ? describe : describe.skip)('rows of a recorded database', () => {
  const { snapshot, events } = hasCorpus
    ? (read('expected-events.json') as { snapshot: readonly Told[]; events: readonly Told[] })
    : { snapshot: [], events: [] };
  const told = [...snapshot, ...events].filter(({ table }) => Object.hasOwn(mapping.tables, table));
  const outcomes = hasCorpus ? (read('expected-fhir.json') as readonly Outcome[]) : [];
  const made = told.map((one) => {
    const change = changeOf(one);
    // A deletion says what became of the row; what it was is said by the row before.
    const former = one.op === 'd' ? [changeOf({ ...one, op: 'c', after: one.before ?? {} })] : [];
    const all = [...former, change].map((each) => mapRow(each, mapping, rowContext('H1')));
    return { one, all, resource: assembled(...all.map(({ resources }) => resources.statements))[0] };
  });

  it('are as many as expected, each without a finding', () => {
    expect(made.length).toBe(outcomes.length);
    expect(made.flatMap(({ all }) => all.flatMap(({ resources }) => resources.warnings))).toEqual([]);
  });

  it('become the expected resources, to the microsecond and the last digit', () => {
    let compared = 0;
    for (const [at, { one, resource }] of made.entries()) {
      const expected = outcomes[at]?.out.find(({ action }) => action === 'upsert')?.resource;
      if (expected === undefined) {
        expect([one.op, resource?.['active']]).toEqual(['d', false]);
        continue;
      }
      expect(content(JSON.parse(stringifyFhir(resource)))).toEqual(content(expected));
      expect(problemsOf(JSON.parse(stringifyFhir(resource)))).toEqual([]);
      compared++;
    }
    expect(compared).toBeGreaterThan(10);
  });
});
