import { describe, expect, it } from '@jest/globals';
import type { Row, RowValue } from '@anamnesis/core';
import { keyText, readRowMapping } from '@anamnesis/fhir';
import { checkLive } from './check-live.js';
import type { LiveDatabase, LiveTable } from './live-database.js';
import { previewLive } from './preview-live.js';
import { type StarterOptions, writeStarter } from './write-starter.js';

interface Held {
  readonly types: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
  readonly key?: readonly string[];
}

/** Tables in memory, as a database of a hospital would show them. */
class HeldDatabase implements LiveDatabase {
  constructor(private readonly held: Readonly<Record<string, Held>>) {}

  tables(): Promise<readonly LiveTable[]> {
    const tables = Object.entries(this.held).map(([name, { types, key = [] }]) => ({
      ...{ name, primaryKey: key, parents: [] },
      columns: Object.entries(types).map(([column, type]) => ({ name: column, type })),
    }));
    return Promise.resolve(tables);
  }

  async table(name: string): Promise<LiveTable | undefined> {
    return (await this.tables()).find((one) => one.name === name);
  }

  namesBeside(): Promise<readonly string[]> {
    return Promise.resolve(Object.keys(this.held));
  }

  rows(table: string, count: number): Promise<readonly Row[]> {
    return Promise.resolve(this.#rows(table).slice(0, count));
  }

  find(table: string, columns: readonly string[], values: readonly RowValue[]): Promise<Row | undefined> {
    const wanted = keyText(values);
    return Promise.resolve(this.#rows(table).find((row) => keyOf(row, columns) === wanted));
  }

  keyProblem(table: string, key: readonly string[]): Promise<string | undefined> {
    const rows = this.#rows(table);
    const isUnique = new Set(rows.map((row) => keyOf(row, key))).size === rows.length;
    return Promise.resolve(isUnique ? undefined : 'several rows have the same values in these columns');
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #rows(table: string): readonly Row[] {
    return this.held[table]?.rows ?? [];
  }
}

function keyOf(row: Row, columns: readonly string[]): string {
  return keyText(columns.map((column) => row[column] ?? null));
}

const hospital = new HeldDatabase({
  tblPatient: {
    types: {
      PatientNo: 'long',
      FullName: 'text',
      NameUrdu: 'text',
      Sex: 'text',
      DOB: 'text',
      Mobile: 'text',
      'Home Town': 'text',
    },
    rows: [
      {
        PatientNo: 1,
        FullName: 'Sample Testani',
        NameUrdu: 'نمونہ ٹیسٹانی',
        Sex: '1',
        DOB: '16/05/1997',
        Mobile: '0300-5550101',
        'Home Town': 'Sampleabad',
      },
      {
        PatientNo: 2,
        FullName: 'Other Testani',
        NameUrdu: null,
        Sex: '2',
        DOB: '03/02/1980',
        Mobile: null,
        'Home Town': null,
      },
    ],
  },
  Visits: {
    types: { VisitNo: 'text', PatientNo: 'long', VisitDate: 'datetime', Doctor: 'text' },
    rows: [{ VisitNo: 'V-1', PatientNo: 1, VisitDate: '2026-03-02 11:00:00', Doctor: 'R. Testani' }],
  },
  LabResults: {
    types: { ResultId: 'long', VisitNo: 'text', TestName: 'text', Value: 'text', Unit: 'text' },
    rows: [
      { ResultId: 1, VisitNo: 'V-1', TestName: 'Haemoglobin', Value: '11.20', Unit: 'g/dL' },
      { ResultId: 2, VisitNo: 'V-9', TestName: 'Smear', Value: 'seen', Unit: null },
    ],
  },
  Settings: { types: { name: 'text' }, rows: [] },
});
const source: StarterOptions = {
  ...{ facility: 'Hospital Two', application: 'REGISTER', zone: 'Asia/Karachi', kind: 'access' },
  connection: { path: '/srv/share/hospital.accdb' },
};

const mapping = (...results: readonly string[]) =>
  readRowMapping(
    [
      'name: t',
      'version: 1',
      'source: { facility: H, application: A, zone: Asia/Karachi, kind: access, connection: { path: x.accdb } }',
      'patients: { table: tblPatient, authority: "urn:oid:2.999.1" }',
      'tables:',
      '  tblPatient: { key: PatientNo, resource: Patient, elements: { birthDate: { column: DOB, format: dd/MM/yyyy } } }',
      '  Visits: { key: VisitNo, patient: PatientNo, resource: Encounter, elements: { period.start: VisitDate } }',
      '  LabResults:',
      '    key: ResultId',
      '    patient: { via: Visits, column: VisitNo }',
      '    resource: Observation',
      '    elements:',
      '      status: { const: final }',
      '      code.text: TestName',
      ...results.map((line) => `      ${line}`),
    ].join('\n'),
  );

async function text(lines: AsyncIterable<string>): Promise<string> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all.join('\n');
}

describe('mapping starter', () => {
  it('puts parents before children, however the database lists its tables', async () => {
    const table = (...columns: readonly string[]): Held => ({
      types: Object.fromEntries(columns.map((column) => [column, 'int'])),
      rows: [],
      key: columns.slice(0, 1),
    });
    const starter = await writeStarter(
      new HeldDatabase({
        conditions: table('condition_id', 'patient_id', 'diagnosis'),
        lab_results: table('result_id', 'visit_id', 'value'),
        patients: table('patient_id', 'full_name'),
        visits: table('visit_id', 'patient_id', 'admitted_at'),
        wards: table('ward_id', 'ward_name'),
      }),
      source,
    );
    const order = ['patients', 'wards', 'visits', 'conditions', 'lab_results'];
    expect(Object.keys(readRowMapping(starter).tables)).toEqual(order);
  });

  it('guesses tables, keys, joins, formats, codes and scripts, marks each guess, and passes its own check', async () => {
    const starter = await writeStarter(hospital, source);
    expect(starter).toContain('DOB, format: dd/MM/yyyy } # guess: by its name');
    expect(starter).toContain(
      'gender: { column: Sex, codes: { "1": unknown, "2": unknown } } # guess: by its name; say what each code means',
    );
    expect(starter).toContain('name[1]: { column: NameUrdu, order: given-family, language: ur }');
    expect(starter).toContain('address[0].city: "Home Town"');
    expect(starter).toContain('key: [VisitNo] # guess: no two of 1 rows have the same');
    expect(starter).toContain('patient: { columns: [PatientNo] } # guess');
    expect(starter).toContain('patient: { via: Visits, columns: [VisitNo] } # guess');
    expect(starter).toContain('encounter: { row: Visits, columns: [VisitNo] } # guess');
    expect(starter).not.toContain('identifier[0]');
    expect(starter).toContain('#   Settings: nothing is guessed of it');
    const read = readRowMapping(starter);
    expect(read.source).toMatchObject({ facility: 'Hospital Two', kind: 'access' });
    expect(await checkLive(read, hospital, 10)).toMatchObject({
      problems: [],
      findings: ['LabResults (row-patient): the row names no patient: 1 of 2 rows'],
    });
  });

  it('repeats no name or number of a patient', async () => {
    expect(await writeStarter(hospital, source)).not.toMatch(/Sampleabad|Testani|0300|1997/);
  });

  it('of a database without patients maps what is about nobody', async () => {
    const starter = await writeStarter(
      new HeldDatabase({ wards: { types: { id: 'int', name: 'varchar' }, rows: [], key: ['id'] } }),
      source,
    );
    expect(Object.keys(readRowMapping(starter).tables)).toEqual(['wards']);
  });
});

describe('mapping check', () => {
  it('says what was read and what did not convert, without a value', async () => {
    const check = await checkLive(mapping('valueQuantity: { column: Value, unitColumn: Unit }'), hospital, 10);
    expect(check.problems).toEqual([]);
    expect(check.seen).toContain('LabResults: 2 rows read, 1 mapped');
    expect(check.findings).toEqual(['LabResults (row-patient): the row names no patient: 1 of 2 rows']);
  });

  it('counts values that do not convert', async () => {
    const check = await checkLive(mapping('issued: Value'), hospital, 10);
    expect(check.findings).toContain('LabResults.Value (row-date): no date as yyyy-MM-dd: 1 of 2 rows');
  });

  it('names a column, a key and a table that are not as the file says', async () => {
    const read = mapping('note[0]: remark');
    const wrong = { ...read, tables: { ...read.tables, Beds: { key: ['id'], resources: [] } } };
    const visits = { types: { VISITNO: 'text', PatientNo: 'long', VisitDate: 'datetime' }, rows: [] };
    const results = {
      types: { ResultId: 'long', VisitNo: 'text', TestName: 'text' },
      rows: [{ ResultId: 1 }, { ResultId: 1 }],
    };
    const other = new HeldDatabase({
      tblPatient: { types: { PatientNo: 'long', DOB: 'datetime' }, rows: [] },
      Visits: visits,
      LabResults: results,
    });
    expect((await checkLive(wrong, other, 10)).problems).toEqual([
      'tblPatient.DOB (Patient.birthDate): the column is a datetime, which needs no format',
      'Visits.VisitNo (key): no such column; there is VISITNO',
      'LabResults.remark (Observation.note[0]): no such column; there are ResultId, VisitNo, TestName',
      'LabResults (key): ResultId: several rows have the same values in these columns',
      'Beds: the database has no such table; there are tblPatient, Visits, LabResults',
    ]);
  });
});

describe('mapping preview', () => {
  it('shows what rows become, of their patient, with the digits as stored', async () => {
    const shown = await text(
      previewLive(mapping('valueQuantity: { column: Value, unitColumn: Unit }'), hospital, {
        rows: 1,
        table: 'LabResults',
      }),
    );
    expect(shown).toContain('# LabResults: 1 rows');
    expect(shown).toContain('result.reported of urn:oid:2.999.1 1');
    expect(shown).toMatch(/"value": 11\.20,/);
    expect(shown).not.toContain('tblPatient:');
  });

  it('shows why a row states nothing', async () => {
    const shown = await text(previewLive(mapping(), hospital, { rows: 5, table: 'LabResults' }));
    expect(shown).toContain('row.unmapped\n! LabResults: the row names no patient');
  });
});
