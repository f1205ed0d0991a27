import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { onEachHospital } from '../each-hospital.js';
import { eventually, type Standalone, startStandalone } from '../standalone.js';

const mapping = (port: number, name = 'north-patients') => `
name: ${name}
version: 1
source:
  facility: NORTH
  application: PAS
  zone: Asia/Karachi
  kind: mysql
  connection: { host: 127.0.0.1, port: ${port}, database: hospital, user: reader, passwordVariable: TEST_READER_PASSWORD }
patients: { table: patients, authority: 'urn:oid:2.999.8.1' }
tables:
  patients:
    key: id
    resource: Patient
    elements:
      name[0].family: family
      gender: { column: sex, codes: { M: male, F: female } }
      birthDate: born
      address[0].city: city
    onDelete: { active: false }
  visits:
    key: id
    patient: patient_id
    resource: Encounter
    elements:
      status: { column: done_at, ifSet: finished, ifEmpty: in-progress }
      class.code: kind
      period.start: admitted_at
`;

interface Bundle {
  readonly entry?: readonly { readonly resource: Readonly<Record<string, never>> }[];
}

await onEachHospital('a hospital that has a database and no interface', (database) => {
  let directory: string;
  let product: Standalone;

  const start = async () => {
    const environment = {
      DB_SOURCES: join(directory, 'sources'),
      DB_RETRY_MS: '100',
      TEST_READER_PASSWORD: process.env['TEST_READER_PASSWORD'] ?? '',
    };
    product = await startStandalone(directory, { environment });
  };
  const bundle = (path: string) => product.get(path) as Promise<Bundle>;
  const resources = async (path: string): Promise<readonly object[]> =>
    ((await bundle(path)).entry ?? []).map(({ resource }) => resource);
  /** By source, of those that the product has. */
  const states = async (): Promise<Readonly<Record<string, string>>> => {
    const text = await (await product.request('/metrics', { role: 'admin' })).text();
    const said = text.matchAll(/^anamnesis_db_source_state\{source="([^"]+)",state="(\w+)"\} 1$/gm);
    return Object.fromEntries([...said].map(([, source = '', state = '']) => [source, state] as const));
  };
  const messageTypes = async () =>
    ((await product.get('/messages?facility=NORTH', 'admin')) as readonly { messageType: string }[]).map(
      (one) => one.messageType,
    );
  const patientOf = async (number: number) => {
    const [patient] = await resources(`/fhir/Patient?identifier=urn:oid:2.999.8.1|${number}`);
    if (patient === undefined) throw new Error('not there yet');
    return patient as {
      readonly id: string;
      readonly active?: boolean;
      readonly address?: readonly { city: string }[];
    };
  };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'anamnesis-database-'));
    await mkdir(join(directory, 'sources'));
    await writeFile(join(directory, 'sources', 'north.yaml'), mapping(database.port));
    await writeFile(join(directory, 'sources', 'south.yaml'), 'name: south\nversion: one\n');
    // Nobody listens there.
    await writeFile(join(directory, 'sources', 'east.yaml'), mapping(1, 'east').replace('NORTH', 'EAST'));
    await database.query(`CREATE TABLE patients (id INT PRIMARY KEY, family VARCHAR(40), sex CHAR(1), born DATE, city VARCHAR(40));
      CREATE TABLE visits (id INT PRIMARY KEY, patient_id INT, kind VARCHAR(4), admitted_at DATETIME, done_at DATETIME);
      INSERT INTO patients VALUES (4485, 'Testcase', 'M', '1980-02-01', 'Mirpurkhas')`);
    await database.query(`REVOKE ${database.monitorRight} ON *.* FROM reader@'127.0.0.1'`);
    await start();
  });
  afterAll(async () => {
    await product.end('SIGTERM');
    await rm(directory, { recursive: true });
  });

  it('says what is wrong with a source, and reads it once that is mended', async () => {
    await eventually(async () => {
      const now = await states();
      expect(now).toEqual({ 'north-patients': 'fault', 'south.yaml': 'fault', east: 'waiting' });
    });
    await database.query(database.grant(database.monitorRight));
    await writeFile(
      join(directory, 'sources', 'south.yaml'),
      mapping(database.port, 'south').replace('NORTH', 'SOUTH').replace('2.999.8.1', '2.999.8.2'),
    );
    await eventually(async () => {
      expect(await states()).toEqual({ 'north-patients': 'reading', south: 'reading', east: 'waiting' });
    });
    expect((await eventually(() => patientOf(4485))).address?.[0]?.city).toBe('Mirpurkhas');
  });

  it('has its rows in FHIR, each change as a version, and a deleted row with its history', async () => {
    const { id } = await patientOf(4485);
    await database.query(`INSERT INTO visits VALUES (7, 4485, 'AMB', '2026-03-01 09:00:00', NULL);
      UPDATE patients SET city = 'Hyderabad' WHERE id = 4485; UPDATE visits SET done_at = '2026-03-01 10:00:00' WHERE id = 7`);
    await eventually(async () => {
      expect((await patientOf(4485)).address?.[0]?.city).toBe('Hyderabad');
      expect(await resources(`/fhir/Encounter?patient=${id}`)).toMatchObject([{ status: 'finished' }]);
    });
    await database.query('DELETE FROM visits; DELETE FROM patients WHERE id = 4485');
    await eventually(async () => {
      expect(await patientOf(4485)).toMatchObject({ active: false });
      expect(await messageTypes()).toHaveLength(6);
    });
    const versions = await resources(`/fhir/Patient/${id}/_history`);
    expect(versions.map((one) => (one as { address?: { city: string }[] }).address?.[0]?.city)).toEqual(
      expect.arrayContaining(['Hyderabad', 'Mirpurkhas']),
    );
    expect(await messageTypes()).toEqual(
      expect.arrayContaining(['ROW^r^patients', 'ROW^u^patients', 'ROW^d^patients', 'ROW^c^visits']),
    );
  });

  it('misses nothing that was changed while the product was killed, and tells nothing twice', async () => {
    await database.query("INSERT INTO patients VALUES (4486, 'Second', 'F', NULL, 'Sukkur')");
    await eventually(() => patientOf(4486));
    await product.end('SIGKILL');
    await database.query(
      "UPDATE patients SET city = 'Multan'; INSERT INTO patients VALUES (4487, 'Third', 'F', NULL, 'Quetta')",
    );
    await start();
    await eventually(() => patientOf(4487));
    await eventually(async () => {
      expect((await patientOf(4486)).address?.[0]?.city).toBe('Multan');
    });
    expect(await messageTypes()).toHaveLength(9);
  });
});
