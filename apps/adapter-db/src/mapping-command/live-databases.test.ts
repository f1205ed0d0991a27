import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readRowMapping } from '@anamnesis/fhir';
import { onEachHospital } from '../../../../test/each-hospital.js';
import { AccessDatabase } from './access-database.js';
import { checkLive } from './check-live.js';
import { mapSample } from './map-sample.js';
import { MysqlDatabase } from './mysql-database.js';
import { previewLive } from './preview-live.js';
import { writeStarter } from './write-starter.js';

await onEachHospital('a mapping of a server that is there', (hospital) => {
  const { connection } = hospital;
  const source = {
    ...{ facility: 'MPK', application: 'PAS', zone: 'Asia/Karachi', kind: 'mysql' as const },
    connection: { ...connection },
  };
  let database: MysqlDatabase;

  beforeAll(async () => {
    await hospital.query(`CREATE TABLE patients (patient_id BIGINT UNSIGNED PRIMARY KEY, mrn VARCHAR(20), full_name VARCHAR(80) CHARACTER SET utf8mb4,
        sex ENUM('M','F'), dob DATE, seen_at TIMESTAMP NULL);
      CREATE TABLE visits (visit_id INT PRIMARY KEY, person BIGINT UNSIGNED, admitted_at DATETIME,
        FOREIGN KEY (person) REFERENCES patients (patient_id));
      CREATE TABLE lab_results (result_id INT PRIMARY KEY, visit_id INT, test_name VARCHAR(40), value DECIMAL(8,3), unit VARCHAR(10),
        FOREIGN KEY (visit_id) REFERENCES visits (visit_id));
      CREATE TABLE notes (text VARCHAR(10));
      INSERT INTO patients VALUES (18446744073709551615, 'M-1', 'Sample Testani', 'F', '1997-05-16', NULL);
      INSERT INTO visits VALUES (1, 18446744073709551615, '2026-03-02 11:00:00');
      INSERT INTO lab_results VALUES (7, 1, 'Haemoglobin', 11.200, 'g/dL')`);
    database = await MysqlDatabase.open(connection);
  });
  afterAll(() => database.close());

  it('begins with what the schema says, keys and foreign keys not guessed, and passes its own check', async () => {
    const starter = await writeStarter(database, source);
    expect(starter).toContain('    key: [patient_id]\n');
    expect(starter).toContain('patient: { columns: [person] } # by its foreign key');
    expect(starter).toContain('patient: { via: visits, columns: [visit_id] } # by its foreign key');
    expect(starter).not.toContain('not-secret');
    const mapping = readRowMapping(starter);
    expect(await checkLive(mapping, database, 10)).toEqual({
      ...{ problems: [], findings: [] },
      seen: ['patients: 1 rows read, 1 mapped', 'visits: 1 rows read, 1 mapped', 'lab_results: 1 rows read, 1 mapped'],
    });
  });

  it('finds the patient through another table, with every digit of number and value', async () => {
    const mapping = readRowMapping(await writeStarter(database, source));
    const [row = {}] = await database.rows('lab_results', 1);
    const event = await mapSample({ table: 'lab_results', row }, mapping, database);
    expect(event.subject?.value).toBe('18446744073709551615');
    const lines: string[] = [];
    for await (const line of previewLive(mapping, database, { rows: 1, table: 'lab_results' })) lines.push(line);
    expect(lines.join('\n')).toContain('"value": 11.200,');
  });

  describe('with a table of another database', () => {
    // Both databases have a table of this name, with other columns.
    const mapping = (table: string, elements = '{ status: { const: final }, code.text: test, valueString: said }') =>
      readRowMapping(`name: two-databases
version: 1
source: { facility: MPK, application: PAS, zone: Asia/Karachi, kind: mysql, connection: { host: h, database: hospital, user: u } }
patients: { table: hospital.patients, authority: 'urn:mpk:patients' }
tables:
  hospital.patients: { key: patient_id, resource: Patient, elements: { name.text: full_name } }
  ${table}: { key: no, patient: person, resource: Observation, elements: ${elements} }
`);

    beforeAll(() =>
      hospital.query(`CREATE DATABASE laboratory;
        CREATE TABLE laboratory.lab_results (no INT PRIMARY KEY, person BIGINT UNSIGNED, test VARCHAR(9), said VARCHAR(9),
          FOREIGN KEY (person) REFERENCES hospital.patients (patient_id));
        INSERT INTO laboratory.lab_results VALUES (1, 18446744073709551615, 'Hb', 'low'), (2, NULL, 'Hb', 'high')`),
    );
    afterAll(() => hospital.query('DROP DATABASE laboratory'));

    it('looks for it there, as the adapter does', async () => {
      expect(await checkLive(mapping('laboratory.lab_results'), database, 10)).toMatchObject({
        problems: [],
        seen: ['hospital.patients: 1 rows read, 1 mapped', 'laboratory.lab_results: 2 rows read, 1 mapped'],
      });
      const lines: string[] = [];
      for await (const line of previewLive(mapping('laboratory.lab_results'), database, { rows: 1 })) lines.push(line);
      expect(lines.join('\n')).toContain('"valueString": "low"');
    });

    it('names what is missing in it', async () => {
      expect((await checkLive(mapping('laboratory.Lab_Results'), database, 10)).problems).toEqual([
        'laboratory.Lab_Results: the database has no such table; there is laboratory.lab_results',
      ]);
      expect(
        (await checkLive(mapping('laboratory.lab_results', '{ code.text: unit }'), database, 10)).problems,
      ).toEqual([
        'laboratory.lab_results.unit (Observation.code.text): no such column; there are no, person, test, said',
      ]);
    });

    it('takes no table of the own database for the parent of one in the other', async () => {
      const own = await MysqlDatabase.open({ ...connection, database: 'laboratory' });
      expect((await own.table('lab_results'))?.parents).toEqual([{ table: 'hospital.patients', columns: ['person'] }]);
      await own.close();
    });
  });

  it('reads what the adapter reads: a parent by a key of bytes, every digit, a column that is not shown', async () => {
    await hospital.query(`CREATE TABLE stays (stay BINARY(4) PRIMARY KEY, person BIGINT UNSIGNED);
      CREATE TABLE scales (no INT PRIMARY KEY, stay BINARY(4), weight FLOAT, said VARCHAR(9) INVISIBLE);
      INSERT INTO stays VALUES (x'00ff8000', 18446744073709551615);
      INSERT INTO scales (no, stay, weight, said) VALUES (1, x'00ff8000', 16777216, 'heavy')`);
    const mapping = readRowMapping(`name: scales
version: 1
source: { facility: MPK, application: PAS, zone: Asia/Karachi, kind: mysql, connection: { host: h, database: hospital, user: u } }
patients: { table: patients, authority: 'urn:mpk:patients' }
tables:
  patients: { key: patient_id, resource: Patient, elements: { name.text: full_name } }
  stays: { key: stay, patient: person, resource: Encounter, elements: { status: { const: finished }, class.code: { const: IMP } } }
  scales:
    key: no
    patient: { via: stays, column: stay }
    resource: Observation
    elements: { status: { const: final }, code.text: said, valueQuantity.value: weight }
`);
    const { problems, findings, seen } = await checkLive(mapping, database, 10);
    expect([problems, findings, seen.at(-1)]).toEqual([[], [], 'scales: 1 rows read, 1 mapped']);
    const lines: string[] = [];
    for await (const line of previewLive(mapping, database, { rows: 1, table: 'scales' })) lines.push(line);
    expect(lines.join('\n')).toContain('"value": 16777216');
    expect(lines.join('\n')).toContain('"text": "heavy"');
    await hospital.query('DROP TABLE scales, stays');
  });

  it('says that a column is no key', async () => {
    expect(await database.keyProblem('visits', ['person'])).toMatch(/no primary or unique key/);
    expect(await database.keyProblem('visits', ['person', 'visit_id'])).toBeUndefined();
  });

  it('changes nothing, whoever asks', async () => {
    const { connection: session } = database as unknown as { connection: { query(sql: string): Promise<unknown> } };
    await expect(session.query("INSERT INTO notes VALUES ('x')")).rejects.toThrow();
  });

  it('says who does not answer, without a password', async () => {
    process.env['TEST_WRONG_PASSWORD'] = 'guessed';
    const wrong = { ...connection, passwordVariable: 'TEST_WRONG_PASSWORD' };
    await expect(MysqlDatabase.open(wrong)).rejects.toMatchObject({ code: 'access-denied' });
    await expect(MysqlDatabase.open({ ...connection, port: 1 })).rejects.toThrow(
      '127.0.0.1:1 does not answer: ECONNREFUSED',
    );
  });
});

const corpus = process.env['CORPUS_DIR'] ?? '../shared/corpus';
const path = join(corpus, 'dbchange/access/hospital-2010-v1.accdb');
const hasCorpus = existsSync(path);
if (!hasCorpus) console.warn('SKIPPED: a mapping of an Access file, CORPUS_DIR/dbchange is not there');

(hasCorpus ? describe : describe.skip)('a mapping of an Access file that is there', () => {
  it('begins with what its rows say, and passes its own check', async () => {
    const database = await AccessDatabase.open({ path }, 1);
    const source = {
      facility: 'MPK',
      application: 'REG',
      zone: 'Asia/Karachi',
      kind: 'access' as const,
      connection: { path },
    };
    const starter = await writeStarter(database, source);
    expect(starter).toContain('key: [PatientID] # guess: no two of 60 rows have the same');
    expect(starter).toContain('name[1]: { column: NameLocal, order: given-family, language: ur }');
    expect(starter).toContain('patient: { via: "Visit Register", columns: ["Visit No"] }');
    const { problems, seen } = await checkLive(readRowMapping(starter), database, 100);
    expect(problems).toEqual([]);
    expect(seen).toContain('Patients: 60 rows read, 60 mapped');
    expect(await database.keyProblem('WardCensus', ['Ward'])).toMatch(/several rows|some rows/);
    await database.close();
  });
});
