import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { schemaRecord, tombstone } from '../../apps/adapter-db/test/topic-records.js';
import { type ForeignTopics, openForeignTopics } from '../../deploy/stack/foreign-topics.mjs';
import { eventually, type Standalone, startStandalone } from '../standalone.js';

const brokers = process.env['TEST_KAFKA_BROKERS']?.split(',');
if (brokers === undefined && process.env['CI'] === 'true') throw new Error('TEST_KAFKA_BROKERS is not set');
if (brokers === undefined) console.warn('SKIPPED: TEST_KAFKA_BROKERS is not set, so no topics are read');

const prefix = `e${randomUUID().slice(0, 8)}`;
const topic = `${prefix}.h.patients`;
const mapping = `
name: west-topics
version: 1
source:
  facility: WEST
  application: PAS
  zone: Asia/Karachi
  kind: debezium
  connection: { brokers: ${JSON.stringify(brokers)}, topicPrefix: ${prefix} }
patients: { table: patients, authority: 'urn:oid:2.999.8.4' }
tables:
  patients:
    key: id
    resource: Patient
    elements:
      name[0].family: name
      birthDate: born
    onDelete: { active: false }
`;

interface Bundle {
  readonly entry?: readonly { readonly resource: Readonly<Record<string, unknown>> }[];
}

(brokers === undefined ? describe.skip : describe)('a hospital whose database Debezium reads', () => {
  let directory: string;
  let product: Standalone;
  let foreign: ForeignTopics;

  const start = async () => {
    product = await startStandalone(directory, {
      environment: { DB_SOURCES: join(directory, 'sources'), DB_RETRY_MS: '100' },
    });
  };
  const patientOf = async (number: number) => {
    const bundle = (await product.get(`/fhir/Patient?identifier=urn:oid:2.999.8.4|${number}`)) as Bundle;
    return bundle.entry?.[0]?.resource;
  };
  const messageTypes = async () =>
    ((await product.get('/messages?facility=WEST', 'admin')) as readonly { messageType: string }[])
      .map((one) => one.messageType)
      .sort();

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'anamnesis-topics-'));
    await mkdir(join(directory, 'sources'));
    await writeFile(join(directory, 'sources', 'west.yaml'), mapping);
    foreign = await openForeignTopics(brokers ?? []);
    await foreign.create(topic);
    await start();
  });
  afterAll(async () => {
    await product.end('SIGTERM');
    await foreign.remove([topic]);
    await foreign.close();
    await rm(directory, { recursive: true });
  });

  it('has its rows in FHIR, and what is no use among its messages', async () => {
    await foreign.write(topic, [
      schemaRecord({ op: 'r', id: 1, name: 'Testcase', pos: 1 }),
      { value: 'no json' },
      schemaRecord({ op: 'u', id: 1, name: 'Changed', pos: 2 }),
    ]);
    await eventually(async () => {
      expect(await patientOf(1)).toMatchObject({ name: [{ family: 'Changed' }], birthDate: '2024-10-04' });
    });
    await eventually(async () => {
      expect(await messageTypes()).toEqual(['ROW^gap', 'ROW^r^patients', 'ROW^u^patients']);
    });
  });

  it('misses nothing that was written while it was killed, and tells nothing twice', async () => {
    await product.end('SIGKILL');
    await foreign.write(topic, [
      schemaRecord({ id: 2, pos: 3 }),
      schemaRecord({ op: 'd', id: 1, name: 'Changed', pos: 4 }),
      tombstone(1),
    ]);
    await start();
    await eventually(async () => {
      expect(await patientOf(1)).toMatchObject({ active: false });
      expect(await patientOf(2)).toBeDefined();
    });
    expect(await messageTypes()).toEqual([
      ...['ROW^c^patients', 'ROW^d^patients', 'ROW^gap', 'ROW^r^patients', 'ROW^u^patients'],
    ]);
  });
});
