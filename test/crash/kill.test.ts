import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from '@jest/globals';
import { readTrustFile } from '../../apps/command-line/src/trust-file.js';
import { expectPromisesKept } from '../promises.js';
import { Senders } from '../senders.js';
import { type Standalone, startStandalone } from '../standalone.js';

const acknowledgedMin = 5000;
/** Each costs a start: after so many the rest is sent in one go. */
const killsMax = 12;
/** Of the events, spread over all; which there are, and in which order, is looked at for every one. */
const provenMax = 1000;
const killAfterMs = { min: 300, max: 2500 };

let running: Standalone | undefined;
afterEach(async () => {
  await running?.end('SIGKILL');
});

it('loses, doubles and reorders nothing when killed at random moments under load', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'anamnesis-crash-'));
  let standalone = (running = await startStandalone(directory));
  const addresses = () => [standalone.sandbox.mllp];
  const senders = new Senders({ connections: 8, patientsEach: 5, addresses }).start();

  let kills = 0;
  const killing = async () => {
    for (; kills < killsMax && senders.count < acknowledgedMin; kills++) {
      await sleep(killAfterMs.min + Math.random() * (killAfterMs.max - killAfterMs.min));
      await standalone.end('SIGKILL');
      standalone = running = await startStandalone(directory);
    }
  };
  await Promise.all([killing(), senders.until(acknowledgedMin)]);
  await senders.stop();
  await standalone.end('SIGKILL');
  standalone = running = await startStandalone(directory);
  console.warn(`${senders.count} acknowledged, killed ${kills + 1} times`);
  expect(kills).toBeGreaterThan(0);

  const trust = readTrustFile(join(directory, 'trust.json'));
  await expectPromisesKept(standalone, senders, { trust, withinMs: 120_000, sampleMax: provenMax });
  await standalone.end('SIGKILL');
  await rm(directory, { recursive: true });
}, 1_200_000);
