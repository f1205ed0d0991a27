import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Cluster } from '../cluster/cluster.js';
import { expectLedgerAgrees } from '../cluster/ledger-account.js';
import { privateServices } from '../cluster/services.js';
import { clusterTrust } from '../cluster/trust.js';
import { expectPromisesKept } from '../promises.js';
import { Senders } from '../senders.js';
import { Chaos, summaryOf } from './chaos.js';
import { targetsOf } from './targets.js';

/** 0 leaves it out. */
const minutes = Number(process.env['CHAOS_MINUTES'] ?? 1);
const seed = Number(process.env['CHAOS_SEED'] ?? randomInt(1, 2 ** 31));
const perSecondMax = Number(process.env['CHAOS_MESSAGES_PER_SECOND'] ?? 60);
const connections = 8;
const patients = 500;
/** Services, network and apps come up; what waits is worked off; everything is looked at. */
const aroundMs = 1_500_000;

const directory = await mkdtemp(join(tmpdir(), 'anamnesis-chaos-'));
const facilities = { HospitalA: ['MPK'], HospitalB: ['HYD'] };
const say = (line: string) => process.stderr.write(`chaos: ${line}\n`);
if (minutes === 0) say('SKIPPED: CHAOS_MINUTES=0');
const services = minutes > 0 ? await privateServices(directory, { brokers: 3, facilities }) : undefined;

afterAll(async () => {
  await services?.close();
  await rm(directory, { recursive: true, force: true });
}, 60_000);

(services ? describe : describe.skip)('the product while processes die and hang', () => {
  const own = services as NonNullable<typeof services>;
  let cluster: Cluster | undefined;
  afterAll(() => cluster?.close());

  it(
    'loses, doubles and reorders nothing, and every proof holds',
    async () => {
      cluster = await Cluster.start({ directory: join(directory, 'apps'), environment: own.settings });
      say(`seed ${seed}, ${minutes} min, LEDGER=${own.settings['LEDGER'] ?? ''} (CHAOS_SEED=${seed} repeats it)`);
      const { mllp } = cluster;
      const senders = new Senders({
        connections,
        patientsEach: Math.ceil(patients / connections),
        addresses: () => mllp,
        facilities: ['MPK', 'HYD', 'LRK'],
        perSecondMax,
      });
      await senders.makeContact();
      senders.start();
      const chaos = new Chaos(targetsOf(cluster, own), seed);
      const progress = setInterval(() => {
        say(
          `${senders.count} acknowledged, ${chaos.faults.length} faults, ${chaos.unwell.join(' ') || 'all'} recovering`,
        );
      }, 30_000);
      await Promise.race([chaos.run(minutes * 60_000), senders.until(Infinity)]);
      clearInterval(progress);
      const chaosEndedAtMs = performance.now();
      await cluster.ready();
      await senders.stop();
      say(summaryOf(chaos.faults));
      for (const { name, how, log } of cluster.surprises) say(`${name} ended by itself: ${how}\n${log.slice(-600)}`);

      const rows = await expectPromisesKept(cluster, senders, {
        trust: await clusterTrust(cluster),
        withinMs: 300_000 + minutes * 60_000,
        sampleMax: 600,
      });
      const caughtUpMs = performance.now() - chaosEndedAtMs;
      expect(Object.values(await cluster.end('SIGTERM'))).toEqual(cluster.processes.map(() => 0));
      const batches = await expectLedgerAgrees(
        cluster,
        rows.map(({ eventId }) => eventId),
      );
      say(
        `${senders.count} messages acknowledged (${senders.resent} sent again), longest silence ` +
          `${(senders.longestSilenceMs / 1000).toFixed(1)} s; all in order and proven ${(caughtUpMs / 1000).toFixed(1)} s ` +
          `after the last fault; ${batches} batches, each on the ledger once`,
      );
      expect(chaos.faults.filter(({ recoveryMs }) => recoveryMs !== undefined).length).toBeGreaterThan(0);
    },
    aroundMs + minutes * 180_000,
  );
});
