import { spawnSync } from 'node:child_process';
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HospitalDatabase } from '../../apps/adapter-db/test/hospital-database.js';
import { eventually, type Standalone, startStandalone } from '../standalone.js';

const hospital = await HospitalDatabase.start();
const withMariadb = hospital === undefined ? describe.skip : describe;
afterAll(() => hospital?.dispose());

const rowsCommand = 'dist/product/rows.js';
const patients = 20;
/** So that there is a middle in which the process can be killed. */
const rowsPerSecond = '5';

const mapping = (port: number, born: string) => `
name: north-patients
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
      birthDate: { column: born, format: ${born} }
      address[0].city: city
`;

interface Patient {
  readonly id: string;
  readonly birthDate?: string;
  readonly address?: readonly { readonly city: string }[];
}

withMariadb('a mapping file with a wrong converter', () => {
  const database = hospital as HospitalDatabase;
  let directory: string;
  let product: Standalone;

  const start = async (born: string) => {
    await writeFile(join(directory, 'sources', 'north.yaml'), mapping(database.port, born));
    const environment = {
      ...{ DB_SOURCES: join(directory, 'sources'), DB_RETRY_MS: '100', DB_RETELL_ROWS_PER_SECOND: rowsPerSecond },
      TEST_READER_PASSWORD: process.env['TEST_READER_PASSWORD'] ?? '',
    };
    product = await startStandalone(directory, { environment });
  };
  const all = async (path: string): Promise<readonly Patient[]> => {
    const { entry = [] } = (await product.get(path)) as { entry?: readonly { resource: Patient }[] };
    return entry.map(({ resource }) => resource);
  };
  const controlIds = async () =>
    ((await product.get('/messages?facility=NORTH&_count=500', 'admin')) as readonly { controlId: string }[]).map(
      ({ controlId }) => controlId,
    );
  const command = (...args: readonly string[]) => {
    const environment = { ...process.env, DATA_DIR: directory };
    const { stdout } = spawnSync(process.execPath, [rowsCommand, ...args], { env: environment, encoding: 'utf8' });
    return stdout.trim().split('\n');
  };
  const parked = async () => {
    const text = await (await product.request('/metrics', { role: 'admin' })).text();
    return Number(/anamnesis_db_parked_rows\{source="north-patients",rule="row-date"\} (\d+)/.exec(text)?.[1] ?? 0);
  };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'anamnesis-parked-'));
    await mkdir(join(directory, 'sources'));
    const rows = Array.from({ length: patients }, (_, at) => `(${at + 1}, 'Testcase', '16/05/1997', 'Mirpurkhas')`);
    await database.query(`CREATE TABLE patients (id INT PRIMARY KEY, family VARCHAR(40), born VARCHAR(10), city VARCHAR(40));
      INSERT INTO patients VALUES ${rows.join()}`);
    await start('yyyy-MM-dd');
  });
  afterAll(async () => {
    await product.end('SIGKILL');
    await rm(directory, { recursive: true });
  });

  it('parks its rows, each with its reason and without its values, and tells the rest of them', async () => {
    await eventually(async () => {
      expect(await controlIds()).toHaveLength(patients);
    });
    await eventually(async () => {
      expect(await parked()).toBe(patients);
      expect(await all('/fhir/Patient?_count=100')).toHaveLength(patients);
    });
    expect(command('parked')).toHaveLength(patients);
    expect(command('parked')[0]).toMatch(
      /^north-patients\tpatients\trow [a-z2-7]{16}\trow-date\tpatients\.born\tno date as yyyy-MM-dd\tsince 20\S+Z$/,
    );
    expect((await all('/fhir/Patient?_count=100')).filter(({ birthDate }) => birthDate !== undefined)).toEqual([]);
    await database.query("UPDATE patients SET city = 'Hyderabad' WHERE id = 1");
    await eventually(async () => {
      expect(await controlIds()).toHaveLength(patients + 1);
    });
    expect(command('replay', 'north-patients', 'patients')[0]).toMatch(/^north-patients: 20 rows are mapped again/);
  });

  it('has them in the history once it is right, each once though the process is killed, and lists them no more', async () => {
    await product.end('SIGKILL');
    await start('dd/MM/yyyy');
    await eventually(async () => {
      expect((await controlIds()).length).toBeGreaterThan(patients + 1);
    });
    await product.end('SIGKILL');
    await start('dd/MM/yyyy');
    await eventually(async () => {
      expect(await controlIds()).toHaveLength(2 * patients + 1);
    });
    await eventually(async () => {
      const shown = await all('/fhir/Patient?_count=100');
      expect(shown.filter(({ birthDate }) => birthDate === '1997-05-16')).toHaveLength(patients);
      expect(await parked()).toBe(0);
    });
    expect(command('parked')).toEqual(['no row is parked']);
    // What was asked for before it was killed changes nothing any more.
    await eventually(async () => {
      await expect(access(join(directory, 'adapter-db', 'replay', 'north-patients.json'))).rejects.toThrow('ENOENT');
    });
    const ids = await controlIds();
    expect(ids.filter((one) => one.includes(':map-1-'))).toHaveLength(patients);
    expect(new Set(ids).size).toBe(2 * patients + 1);
    const [first] = await all('/fhir/Patient?identifier=urn:oid:2.999.8.1|1');
    const versions = await all(`/fhir/Patient/${first?.id ?? ''}/_history`);
    expect(versions.map(({ birthDate, address }) => [birthDate, address?.[0]?.city])).toEqual([
      ['1997-05-16', 'Hyderabad'],
      [undefined, 'Hyderabad'],
      [undefined, 'Mirpurkhas'],
    ]);
    expect(command('replay', 'north-patients')).toEqual(['']);
  });
});
