import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HospitalDatabase } from '../../apps/adapter-db/test/hospital-database.js';
import { eventually } from '../standalone.js';
import { Cluster } from './cluster.js';
import { sharedServices } from './shared-services.js';

const startMs = 600_000;
/** Rows written while the adapter is killed again and again. */
const crowd = 60;
const kills = 2;

const services = await sharedServices();
const hospital = services && (await HospitalDatabase.start());
afterAll(() => hospital?.dispose());

interface Row {
  readonly messageType: string;
  readonly state: string;
}

interface Patient {
  readonly id: string;
  readonly address: readonly { readonly city: string }[];
}

/** The sample hospital on MariaDB, read by a process of its own. */
(hospital ? describe : describe.skip)('a database that a cluster reads', () => {
  const database = hospital as HospitalDatabase;
  let directory: string;
  let cluster: Cluster;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'anamnesis-cluster-database-'));
    const sources = join(directory, 'sources');
    await mkdir(sources);
    const mapping = readFileSync('samples/hospital-one/mapping.yaml', 'utf8');
    await writeFile(join(sources, 'one.yaml'), mapping.replace('port: 3306', `port: ${database.port}`));
    await database.query(readFileSync('samples/hospital-one/schema.sql', 'utf8'));
    await database.query(
      "INSERT INTO patients (patient_id, full_name, sex, city) VALUES (4485, 'Aqib Shaikh', 'M', 'Mirpurkhas')",
    );
    cluster = await Cluster.start({
      directory: join(directory, 'apps'),
      environment: { ...services, DB_SOURCES: sources, HOSPITAL_ONE_PASSWORD: 'not-secret' },
      instances: { registration: 1, 'adapter-hl7': 0, 'adapter-db': 1, query: 1 },
    });
  }, startMs);
  afterAll(async () => {
    await cluster.close();
    await rm(directory, { recursive: true, force: true });
  }, 60_000);

  const patient = async (number: number): Promise<Patient> => {
    const path = `/fhir/Patient?identifier=urn:anamnesis:authority:MIRPURKHAS|${number}`;
    const { entry = [] } = (await cluster.get(path)) as { entry?: { resource: Patient }[] };
    const [only, ...others] = entry.map(({ resource }) => resource);
    if (only === undefined || others.length > 0) throw new Error(`${entry.length} patients`);
    return only;
  };
  const rows = async () => (await cluster.get('/messages?facility=MIRPURKHAS&_count=500', 'admin')) as readonly Row[];

  it('has its rows as patients with proof, each change once, though its adapter is killed in the middle', async () => {
    await eventually(async () => {
      expect((await patient(4485)).address[0]?.city).toBe('Mirpurkhas');
    });
    const adapter = cluster.one('adapter-db');
    const names = Array.from({ length: crowd }, (_, at) => `('Test Person', 'F', 'Sukkur ${at}')`);
    for (let kill = 0; kill < kills; kill++) {
      const some = names.slice((kill * crowd) / kills, ((kill + 1) * crowd) / kills);
      const written = Promise.all(
        some.map((one) => database.query(`INSERT INTO patients (full_name, sex, city) VALUES ${one}`)),
      );
      await adapter.kill('SIGKILL');
      await written;
      await database.query(`UPDATE patients SET city = 'Hyderabad ${kill}' WHERE patient_id = 4485`);
      adapter.start();
      await adapter.ready();
    }
    await eventually(async () => {
      expect((await patient(4485)).address[0]?.city).toBe(`Hyderabad ${kills - 1}`);
      const all = await rows();
      expect(all.filter(({ state }) => state !== 'anchored')).toEqual([]);
      const counts = ['r', 'c', 'u', 'd'].map(
        (op) => all.filter(({ messageType }) => messageType === `ROW^${op}^patients`).length,
      );
      expect([...counts, all.length]).toEqual([1, crowd, kills, 0, 1 + crowd + kills]);
    });
  });
});
