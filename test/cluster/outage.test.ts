import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import mysql from 'mysql2/promise';
import { MllpClient } from '../../apps/command-line/src/mllp-client.js';
import { adt } from '../fixtures/messages.js';
import { eventually } from '../standalone.js';
import type { AppProcess } from './app-process.js';
import { type App, Cluster } from './cluster.js';
import { privateServices } from './services.js';

const startMs = 600_000;
const outageMs = 300_000;
/** Until something is noticed, or works again. */
const soonMs = 120_000;
const answerMs = 20_000;

const directory = await mkdtemp(join(tmpdir(), 'anamnesis-outage-'));
const services = await privateServices(directory, { brokers: 1 });

afterAll(async () => {
  await services?.close();
  await rm(directory, { recursive: true, force: true });
}, 60_000);

interface Row {
  readonly eventId: string | null;
  readonly controlId: string;
  readonly state: string;
}

/** What docs/operations.md says of outages. */
(services ? describe : describe.skip)('while something is away', () => {
  const { kafka, mariadb, redis, fabric } = services as NonNullable<typeof services>;
  let cluster: Cluster;
  let sequence = 0;
  const taken: string[] = [];

  beforeAll(async () => {
    const instances = { registration: 1, 'adapter-hl7': 1, 'ledger-writer': 1, query: 1 };
    const environment = services?.settings ?? {};
    cluster = await Cluster.start({ directory: join(directory, 'apps'), environment, instances });
    await send(newMessage());
    await allAre('anchored');
  }, startMs);
  afterAll(() => cluster.close());
  afterEach(async () => {
    await cluster.ready();
    await allAre('anchored');
  }, outageMs);

  const newMessage = (facility = 'MPK') => {
    const controlId = `O-${++sequence}`;
    return { controlId, bytes: adt({ controlId, facility, number: `MR-${sequence}` }) };
  };
  type Message = ReturnType<typeof newMessage>;

  /** The answer's code and condition: `AA`, `AR 207`. */
  const answerTo = async ({ bytes }: Message) => {
    const [address] = cluster.mllp;
    const client = await MllpClient.connect(address ?? { host: '', port: 0 });
    const answer = Buffer.from(await client.send(bytes, answerMs)).toString('latin1');
    client.close();
    const code = /\rMSA\|(A[AER])\|/.exec(answer)?.[1];
    const condition = /\rERR\|[^|]*\|[^|]*\|(\d+)/.exec(answer)?.[1];
    return [code, condition].filter(Boolean).join(' ');
  };
  /** As a sender does: again until it is taken. */
  const send = async (message: Message) => {
    await eventually(async () => {
      expect(await answerTo(message)).toBe('AA');
    }, soonMs);
    taken.push(message.controlId);
  };
  /** What came of messages; that a sender was put off before is another row, without an event. */
  const events = async (query: string) => {
    const rows: readonly Row[] = await cluster.get(`/messages?${query}`);
    return rows.filter(({ eventId }) => eventId !== null);
  };
  const allAre = (state: string) =>
    eventually(async () => {
      const mine = (await events('_count=500')).filter(({ controlId }) => taken.includes(controlId));
      expect(mine.map((one) => [one.controlId, one.state]).sort()).toEqual(taken.map((one) => [one, state]).sort());
    }, soonMs);
  const stateOf = (controlId: string, state: string) =>
    eventually(async () => {
      expect(await events(`controlId=${controlId}`)).toMatchObject([{ controlId, state }]);
    }, soonMs);
  const lag = async (app: App, topic: string) => {
    const metrics = await cluster.metrics(cluster.one(app));
    return Number(new RegExp(`bus_lag_records\\{topic="${topic}"[^}]*\\} (\\d+)`).exec(metrics)?.[1]);
  };
  const waits = (app: App, topic: string) =>
    eventually(async () => {
      expect(await lag(app, topic)).toBeGreaterThan(0);
    }, soonMs);
  const isAlive = async (...apps: App[]) => {
    for (const app of apps) expect([app, await cluster.one(app).status('/livez')]).toEqual([app, 200]);
  };
  const isUnready = (one: AppProcess, reason: RegExp) =>
    eventually(async () => {
      expect([await one.status('/readyz'), await one.body('/readyz')]).toEqual([503, expect.stringMatching(reason)]);
    }, soonMs);

  it(
    'Kafka: senders are put off with AR 207, and the same bytes are taken once it is back',
    async () => {
      const message = newMessage();
      await kafka.kill(1);
      expect(await answerTo(message)).toBe('AR 207');
      await isUnready(cluster.one('adapter-hl7'), /bus/);
      await kafka.start(1);
      await send(message);
      await stateOf(message.controlId, 'anchored');
    },
    outageMs,
  );

  it(
    'a Kafka that hangs: senders are put off in time, and the same bytes are one message afterwards',
    async () => {
      const message = newMessage();
      kafka.pause(1);
      try {
        expect(await answerTo(message)).toBe('AR 207');
      } finally {
        kafka.resume(1);
      }
      await send(message);
      await stateOf(message.controlId, 'anchored');
    },
    outageMs,
  );

  it(
    'MariaDB: messages are taken and wait on the bus',
    async () => {
      await mariadb.kill();
      await send(newMessage());
      await waits('registration', 'clinical.received');
      await isUnready(cluster.one('query'), /store/);
      await isAlive('registration', 'query', 'ledger-writer');
      await mariadb.start();
      await allAre('anchored');
      expect(await lag('registration', 'clinical.received')).toBe(0);
    },
    outageMs,
  );

  it(
    'Redis: messages go all the way, timed work waits',
    async () => {
      await redis.kill();
      await send(newMessage());
      await allAre('anchored');
      await isAlive('query', 'ledger-writer');
      await redis.start();
      await redis.flush(); // what was in it is made again
    },
    outageMs,
  );

  it(
    'registration: known senders are served, unknown ones are put off',
    async () => {
      await cluster.one('registration').end('SIGKILL');
      const unknown = newMessage('LRK');
      expect(await answerTo(unknown)).toBe('AR 207');
      await send(newMessage());
      await isAlive('adapter-hl7', 'query', 'ledger-writer');
      cluster.one('registration').start();
      await cluster.one('registration').ready();
      await send(unknown);
      await allAre('anchored');
      cluster.one('registration').isKeptAlive = true;
    },
    outageMs,
  );

  it(
    'the ledger writer: messages are shown as certified, and proven once it is back',
    async () => {
      await cluster.one('ledger-writer').end('SIGKILL');
      const message = newMessage();
      await send(message);
      await stateOf(message.controlId, 'certified');
      cluster.one('ledger-writer').start();
      await stateOf(message.controlId, 'anchored');
      cluster.one('ledger-writer').isKeptAlive = true;
    },
    outageMs,
  );

  it(
    'query: messages are taken and proven, nobody can read',
    async () => {
      await cluster.one('query').end('SIGKILL');
      await send(newMessage());
      expect((await cluster.request('/messages', { role: 'clinician' })).status).toBe(503);
      await isAlive('adapter-hl7', 'registration', 'ledger-writer');
      cluster.one('query').start();
      await cluster.one('query').ready();
      await allAre('anchored');
      cluster.one('query').isKeptAlive = true;
    },
    outageMs,
  );

  const onFabric = fabric === undefined ? it.skip : it;
  const network = fabric as NonNullable<typeof fabric>;
  onFabric.each([
    ['all orderers', /^o\d+$/],
    ['our own peer', /^HospitalA$/],
    ['the chaincode of every peer', /-cc/],
  ])(
    'Fabric, %s: messages are shown as certified, and proven once it is back',
    async (_what, pattern) => {
      const names = network.names().filter((name) => pattern.test(name));
      expect(names.length).toBeGreaterThan(0);
      await Promise.all(names.map((name) => network.kill(name)));
      const message = newMessage();
      await send(message);
      await stateOf(message.controlId, 'certified');
      await isAlive('ledger-writer');
      for (const name of names) await network.start(name);
      await network.ready();
      await stateOf(message.controlId, 'anchored');
    },
    outageMs,
  );

  onFabric(
    'Fabric, our own peer hung: the ledger writer can be told to end, and anchors after the next start',
    async () => {
      const writer = cluster.one('ledger-writer');
      network.pause('HospitalA');
      try {
        const message = newMessage();
        await send(message);
        await stateOf(message.controlId, 'certified');
        // It asked, and waits.
        await eventually(() => {
          expect(writer.log).toContain('DEADLINE_EXCEEDED');
          return Promise.resolve();
        }, soonMs);
        expect([await writer.end('SIGTERM'), writer.log]).toEqual([0, expect.anything()]);
        network.resume('HospitalA');
        writer.start();
        await writer.ready();
        await stateOf(message.controlId, 'anchored');
      } finally {
        network.resume('HospitalA');
        writer.isKeptAlive = true;
      }
    },
    outageMs,
  );

  it(
    'a consumer that meets defects in a row: its process ends, and not with 0',
    async () => {
      const writer = cluster.one('ledger-writer');
      writer.isKeptAlive = false;
      const before = writer.surprises.length;
      const database = await mysql.createConnection(services?.settings['DATABASE_URL'] ?? '');
      await database.query('RENAME TABLE leaf TO leaf_away');
      // In one partition each defect is in a row with the last.
      for (let n = 0; n < 3; n++)
        await eventually(async () => {
          const controlId = `D-${n}`;
          expect(await answerTo({ controlId, bytes: adt({ controlId, number: 'MR-D', street: String(n) }) })).toBe(
            'AA',
          );
        }, soonMs);
      expect(await writer.ended()).toBe(1);
      expect(writer.surprises.slice(before)).toMatchObject([{ how: 1, log: expect.stringContaining('leaf') }]);
      await database.query('RENAME TABLE leaf_away TO leaf');
      await database.end();
      writer.start();
      await writer.ready();
    },
    outageMs,
  );
});
