import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Connect, startConnect } from '../../../deploy/stack/connect.mjs';
import { openForeignTopics } from '../../../deploy/stack/foreign-topics.mjs';
import { provided } from '../../../deploy/stack/provided.js';
import { eventually, type Standalone, startStandalone } from '../../standalone.js';
import { mariadbConnector, postgresConnector, signalFile } from './connectors.js';
import { type Hospital, reader, startMariadbHospital, startPostgresHospital } from './hospital.js';
import { connectionsOf, mappingOf } from './mapping.js';
import { pictureOfFhir, pictureOfTables } from './pictures.js';
import { changes, last, later, seed, snapshotOf, told } from './story.js';

const brokers = process.env['TEST_KAFKA_BROKERS']?.split(',');
if (brokers === undefined && process.env['CI'] === 'true') throw new Error('TEST_KAFKA_BROKERS is not set');
if (brokers === undefined) console.warn('SKIPPED: TEST_KAFKA_BROKERS is not set, so Debezium has nowhere to write');

const toldWithinMs = 120_000;
/** Of both connectors, neither within its snapshot. */
const placesBehindSnapshots = /^(?!.*"snapshot).*(north.*south|south.*north)/s;

const run = randomUUID().slice(0, 8);
const prefix = { north: `n${run}`, south: `s${run}` };
const directory = await mkdtemp(join(tmpdir(), 'anamnesis-debezium-'));
const [mariadb, postgres] =
  brokers === undefined ? [] : await Promise.all([startMariadbHospital(), startPostgresHospital()]);
const connect = await provided(async () => {
  if (brokers === undefined || mariadb === undefined || postgres === undefined) return undefined;
  await seed(mariadb, '18446744073709551615');
  await seed(postgres, '9223372036854775807');
  const north = { prefix: prefix.north, directory, ...reader };
  const south = { prefix: prefix.south, directory, ...reader };
  await Promise.all([north, south].map((one) => writeFile(signalFile(one), '')));
  return startConnect({
    ...{ directory: join(directory, 'connect'), brokers },
    connectors: {
      north: mariadbConnector(north, mariadb.database.port),
      south: postgresConnector(south, postgres.server.connection()),
    },
  });
});

afterAll(async () => {
  await connect?.kill();
  await Promise.all([mariadb?.database.dispose(), postgres?.dispose()]);
  await rm(directory, { recursive: true });
});

const hospitals = [
  { side: 'north', facility: 'NORTH', authority: 'urn:oid:2.999.8.5', schema: 'hospital', database: mariadb },
  { side: 'south', facility: 'SOUTH', authority: 'urn:oid:2.999.8.6', schema: 'public', database: postgres },
] as const;

(connect === undefined ? describe.skip : describe)('hospitals whose databases Debezium reads', () => {
  const worker = connect as Connect;
  let product: Standalone;

  beforeAll(async () => {
    const sources = join(directory, 'sources');
    await mkdir(sources);
    const connections = connectionsOf(prefix, brokers ?? []);
    for (const { facility, authority, side } of hospitals)
      await writeFile(join(sources, `${facility}.yaml`), mappingOf({ facility, authority }, connections[side]));
    const environment = { DB_SOURCES: sources, DB_RETRY_MS: '100' };
    product = await startStandalone(join(directory, 'data'), { environment });
  });
  afterAll(async () => {
    await product.end('SIGTERM');
    await worker.kill();
    const foreign = await openForeignTopics(brokers ?? []);
    await foreign.remove([...(await foreign.list(prefix.north)), ...(await foreign.list(prefix.south))]);
    await foreign.close();
  });

  const both = (work: (hospital: Hospital, origin: (typeof hospitals)[number]) => Promise<void>) =>
    Promise.all(hospitals.map((one) => work(one.database as Hospital, one)));
  const change = (sql: string) => both((hospital) => hospital.run(sql));
  const messagesOf = async (facility: string) => {
    const path = `/messages?facility=${facility}&_count=500`;
    const all = (await product.get(path, 'admin')) as readonly { readonly messageType: string }[];
    return all.map(({ messageType }) => messageType).sort();
  };
  const rowsReadOf = async (side: string) => {
    const text = await (await product.request('/metrics', { role: 'admin' })).text();
    const counts = text.matchAll(new RegExp(`anamnesis_db_rows_total{[^}]*source="${side}-topics"[^}]*} (\\d+)`, 'g'));
    return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
  };
  /** Both hospitals' tables are what FHIR shows of them, and these are all events that came of them. */
  const areTold = (types: readonly string[], added: readonly string[]) =>
    both(async (hospital, origin) => {
      const expected = types.map((one) => `ROW^${one}`).sort();
      await eventually(async () => {
        expect(await messagesOf(origin.facility)).toEqual(expected);
        const served = await pictureOfFhir(product, origin);
        expect(served).toEqual(await pictureOfTables(hospital, added));
      }, toldWithinMs);
    });

  it('are in FHIR as their tables are, from the snapshots on', async () => {
    await areTold(told.first, []);
  });

  it('have each change in FHIR: of a value, of a key, of a table, of a transaction', async () => {
    await eventually(async () => {
      expect(await worker.noted()).toMatch(placesBehindSnapshots);
    }, toldWithinMs);
    await worker.unnoted(async () => {
      await change(changes);
      await areTold([...told.first, ...told.changes], ['city']);
      await worker.kill();
    });
  });

  it('miss nothing that was changed while Connect was killed, and tell nothing twice that it sends again', async () => {
    await change(later);
    await worker.start();
    const all = [...told.first, ...told.changes, ...told.later];
    await areTold(all, ['city']);
    const rows = [...all, ...told.changes].filter((one) => one !== 'gap');
    await both(async (_, { side }) => {
      await eventually(async () => {
        expect(await rowsReadOf(side)).toBe(rows.length);
      });
    });
  });

  it('are told again by a snapshot that is asked for, and as they are changed right after it', async () => {
    await both(async (hospital, { side, facility, schema }) => {
      await writeFile(signalFile({ directory, prefix: prefix[side] }), snapshotOf(`${schema}.patients`));
      const before = told.first.filter((one) => one === 'r^patients').length;
      await eventually(async () => {
        // MariaDB's connector ends its reading at the next transaction of the log, whatever that is about.
        await hospital.run('UPDATE ticks SET n = n + 1');
        const found = (await messagesOf(facility)).filter((one) => one === 'ROW^r^patients');
        expect(found).toHaveLength(before + told.again.length);
      }, toldWithinMs);
    });
    await change(last);
    await areTold([...told.first, ...told.changes, ...told.later, ...told.again, ...told.last], ['city']);
  });
});
