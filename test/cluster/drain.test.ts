import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import mysql from 'mysql2/promise';
import { expectPromisesKept } from '../promises.js';
import { Senders } from '../senders.js';
import { Cluster } from './cluster.js';
import { expectLedgerAgrees } from './ledger-account.js';
import { sharedServices } from './shared-services.js';
import { clusterTrust } from './trust.js';

const startMs = 600_000;
/** Between two ends, so that there is load before and after each. */
const messagesBetween = 40;

const services = await sharedServices();

/** Four partitions, two instances of every app but the ledger writer. */
(services ? describe : describe.skip)('a cluster whose processes come and go', () => {
  let directory: string;
  let cluster: Cluster;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'anamnesis-drain-'));
    cluster = await Cluster.start({ directory, environment: services ?? {} });
  }, startMs);
  afterAll(async () => {
    await cluster.close();
    await rm(directory, { recursive: true, force: true });
  }, 60_000);

  it('has one root, though two registrations started at once on an empty database', async () => {
    const roots = await Promise.all(
      cluster.all('registration').map(async ({ baseUrl }) => {
        const { admin } = JSON.parse(readFileSync(cluster.environment['TOKENS_FILE'] ?? '', 'utf8')) as {
          admin: string;
        };
        const headers = { authorization: `Bearer ${admin}` };
        const response = await fetch(`${baseUrl}/registration/certificates/root`, { headers });
        return response.text();
      }),
    );
    expect(roots[0]).toContain('BEGIN CERTIFICATE');
    expect(new Set(roots).size).toBe(1);
    const database = await mysql.createConnection(services?.['DATABASE_URL'] ?? '');
    const [rows] = await database.query<mysql.RowDataPacket[]>("SELECT serial FROM signing_key WHERE name = 'root'");
    await database.end();
    expect(rows).toHaveLength(1);
  });

  it('loses, doubles and reorders nothing when an instance of each app is told to end under load', async () => {
    const { mllp } = cluster;
    const addresses = () => mllp;
    const senders = new Senders({ connections: 8, patientsEach: 5, addresses, perSecondMax: 60 });
    await senders.makeContact();
    senders.start();
    const before = cluster.surprises.length; // at start the services may have kept one waiting for too long
    const leaving = ['adapter-hl7', 'registration', 'query', 'ledger-writer'] as const;
    for (const app of leaving) {
      const one = cluster.one(app);
      await senders.until(senders.count + messagesBetween);
      expect([app, await one.end('SIGTERM')]).toEqual([app, 0]);
      // The others have taken over before it is back.
      await senders.until(senders.count + messagesBetween);
      one.isKeptAlive = true;
      one.start();
      await one.ready();
    }
    await senders.stop();
    const rows = await expectPromisesKept(cluster, senders, {
      trust: await clusterTrust(cluster),
      withinMs: 240_000,
      sampleMax: 100,
    });
    expect(cluster.surprises.slice(before)).toEqual([]);
    const statuses = await cluster.end('SIGTERM');
    expect(Object.values(statuses)).toEqual(Object.keys(statuses).map(() => 0));
    await expectLedgerAgrees(
      cluster,
      rows.map(({ eventId }) => eventId),
    );
  }, 900_000);
});
