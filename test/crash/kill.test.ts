import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from '@jest/globals';
import { MllpClient } from '../../apps/command-line/src/mllp-client.js';
import { readTrustFile } from '../../apps/command-line/src/trust-file.js';
import { parseBundle, verifyBundle } from '@anamnesis/ledger';
import { adt } from '../fixtures/messages.js';
import { eventually, type Standalone, startStandalone } from '../standalone.js';
import { everyRow } from '../every-row.js';

const acknowledgedMin = 5000;
const connections = 8;
const patientsPerConnection = 5;
const killAfterMs = { min: 300, max: 2500 };

let running: Standalone | undefined;
afterEach(async () => {
  await running?.end('SIGKILL');
});

/**
 * L1 every acknowledged message is in the history and provable, L2 once, L3 in the order of its patient, L4 and nothing
 * that was never sent.
 */
it('loses, doubles and reorders nothing when killed at random moments under load', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'anamnesis-crash-'));
  let standalone = await startStandalone(directory);
  let acknowledged = 0;
  const sent = new Map<string, number>(); // messages acknowledged, by patient number
  const isEnough = () => acknowledged >= acknowledgedMin;

  const sender = async (connection: number) => {
    let client: MllpClient | undefined;
    for (let turn = 0; !isEnough(); turn++) {
      const number = `K-${connection}-${turn % patientsPerConnection}`;
      const sequence = (sent.get(number) ?? 0) + 1;
      const at = `202603${String(1 + Math.floor(sequence / 3600)).padStart(2, '0')}${time(sequence)}+0000`;
      const trigger = sequence === 1 ? 'A04' : 'A08';
      const message = adt({ controlId: `${number}-${sequence}`, number, trigger, street: String(sequence), at });
      // As an interface engine does: the same bytes again until they are acknowledged, and nothing before.
      for (;;) {
        try {
          client ??= await MllpClient.connect(standalone.sandbox.mllp);
          const answer = Buffer.from(await client.send(message, 5000)).toString('latin1');
          if (answer.includes('\rMSA|AA|')) break;
          if (!answer.includes('\rMSA|AR|')) throw new Error(answer);
        } catch {
          client?.close();
          client = undefined;
          await sleep(20);
        }
      }
      sent.set(number, sequence);
      acknowledged++;
    }
    client?.close();
  };

  const killer = async () => {
    let kills = 0;
    while (!isEnough()) {
      await sleep(killAfterMs.min + Math.random() * (killAfterMs.max - killAfterMs.min));
      if (isEnough()) break;
      await standalone.end('SIGKILL');
      kills++;
      standalone = running = await startStandalone(directory);
    }
    return kills;
  };

  const senders = Array.from({ length: connections }, (_, connection) => sender(connection));
  const [kills] = await Promise.all([killer(), ...senders]);
  await standalone.end('SIGKILL');
  standalone = await startStandalone(directory);
  console.warn(`${acknowledged} acknowledged, killed ${kills + 1} times`);
  expect(kills).toBeGreaterThan(0);

  const rows = await eventually(async () => {
    const all = await everyRow(standalone);
    expect(all.filter(({ state }) => state !== 'anchored')).toEqual([]);
    expect(all.length).toBeGreaterThanOrEqual(acknowledged);
    return all;
  }, 120_000);
  const expected = [...sent].flatMap(([number, count]) =>
    Array.from({ length: count }, (_, n) => `${number}-${n + 1}`),
  );
  expect(rows.map(({ controlId }) => controlId).sort()).toEqual(expected.sort());

  for (const [number, count] of sent)
    expect([number, await streets(standalone, number)]).toEqual([
      number,
      Array.from({ length: count }, (_, n) => String(n + 1)),
    ]);

  const trust = readTrustFile(join(directory, 'trust.json'));
  for (const { eventId } of rows) {
    const response = await standalone.request(`/evidence/${eventId}`, { role: 'clinician' });
    expect(verifyBundle(parseBundle(await response.text()), trust).verdict).toBe('valid');
  }
  expect(readFileSync(join(directory, 'trust.json'), 'utf8')).toContain('CERTIFICATE');
  await standalone.end('SIGKILL');
  await rm(directory, { recursive: true });
}, 600_000);

function time(sequence: number): string {
  const part = (value: number) => String(value).padStart(2, '0');
  return `12${part(Math.floor(sequence / 60) % 60)}${part(sequence % 60)}`;
}

interface Bundle {
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
  readonly entry?: readonly {
    readonly resource: {
      readonly resourceType: string;
      readonly id: string;
      readonly address?: readonly { readonly line?: readonly string[] }[];
    };
  }[];
}

/** The street of every version of the patient, oldest first. */
async function streets(standalone: Standalone, number: string): Promise<string[]> {
  const found: Bundle = await standalone.get(`/fhir/Patient?identifier=${number}`);
  const id = found.entry?.find(({ resource }) => resource.resourceType === 'Patient')?.resource.id ?? 'none';
  const lines: string[] = [];
  for (let path: string | undefined = `/fhir/Patient/${id}/_history?_count=500`; path !== undefined;) {
    const page: Bundle = await standalone.get(path);
    for (const { resource } of page.entry ?? [])
      if (resource.resourceType === 'Patient') lines.push(resource.address?.[0]?.line?.[0] ?? 'none');
    const next = page.link?.find(({ relation }) => relation === 'next')?.url;
    path = next?.startsWith('http') ? next.slice(new URL(next).origin.length) : next;
  }
  return lines.reverse();
}
