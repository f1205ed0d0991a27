import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MllpClient } from '../../apps/command-line/src/mllp-client.js';
import { message, msh, pid } from '../fixtures/messages.js';
import { eventually, type Standalone, startStandalone } from '../standalone.js';

const rebuildMain = 'dist/product/rebuild.js';
const messages = 300;
/** So few that one turn of the job does not do them all: the kill comes between two. */
const eventsPerSecond = 75;
const connections = 8;
const startMs = 60_000;
const loinc = 'http://loinc.org';
const system = 'urn:anamnesis:MPK:L';
const glucose = { system, code: 'GLU', to: { system: loinc, code: '15074-8' } };
const haemoglobin = { system, code: 'HB', to: { system: loinc, code: '718-7' } };

interface Observation {
  readonly id: string;
  readonly meta: { readonly versionId: string; readonly tag?: readonly { readonly code: string }[] };
  readonly code: { readonly coding: readonly { readonly system: string; readonly code: string }[] };
}
interface Bundle {
  readonly total?: number;
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
  readonly entry?: readonly { readonly resource: Observation; readonly search?: { readonly mode: string } }[];
}
interface Remap {
  readonly state: string;
  readonly tableVersion: number;
  readonly done: number;
  readonly changed: number;
}

function result(controlId: string, code: string): Uint8Array {
  const options = { controlId, application: 'ANALYSER', number: `MR-${controlId}` };
  const time = '20260306083000+0500';
  return message([
    msh(options, 'ORU^R01^ORU_R01'),
    pid(options),
    `OBR|1||${controlId}|${code}^our own name^L|||${time}|||||||||||||||${time}|||F`,
    `OBX|1|NM|${code}^our own name^L||5.4|mmol/L^^UCUM|||||F|||${time}`,
  ]);
}

describe('a new code table', () => {
  let directory: string;
  let standalone: Standalone;

  const start = async () => {
    standalone = await startStandalone(directory, {
      environment: { REMAP_EVENTS_PER_SECOND: String(eventsPerSecond) },
    });
  };
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'anamnesis-code-table-'));
    await start();
  }, startMs);
  afterAll(async () => {
    await standalone.end('SIGKILL');
    await rm(directory, { recursive: true });
  });

  const fhir = (path: string): Promise<Bundle> => standalone.get(`/fhir/${path}`);
  const found = async (code: string): Promise<readonly Observation[]> => {
    const all: Observation[] = [];
    for (let next: string | undefined = `Observation?code=${code}&_count=250`; next !== undefined;) {
      const { entry = [], link = [] }: Bundle = await fhir(next);
      all.push(...entry.filter(({ search }) => search?.mode === 'match').map(({ resource }) => resource));
      next = link.find(({ relation }) => relation === 'next')?.url.replace(/^.*\/fhir\//, '');
    }
    return all;
  };
  const codesOf = ({ code }: Observation) => code.coding.map((one) => one.code);
  const sourceId = async () => {
    const sources: readonly { id: string; application: string }[] = await standalone.get(
      '/registration/sources',
      'admin',
    );
    return sources.find(({ application }) => application === 'ANALYSER')?.id ?? '';
  };
  const put = async (replaces: number, ...rows: readonly object[]) => {
    const answer = await standalone.request(`/registration/sources/${await sourceId()}/code-table`, {
      method: 'PUT',
      role: 'admin',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ replaces, rows, reason: 'agreed with the laboratory' }),
    });
    expect(answer.status).toBe(200);
  };
  const remap = async (): Promise<Remap | undefined> => {
    const [one]: readonly Remap[] = await standalone.get('/remaps', 'admin');
    return one;
  };
  const send = async (from: number, code: string) => {
    const clients = await Promise.all(
      Array.from({ length: connections }, () => MllpClient.connect(standalone.sandbox.mllp)),
    );
    const lanes = clients.map(async (client, lane) => {
      for (let n = from + lane; n < messages; n += connections)
        expect(Buffer.from(await client.send(result(`R${n}`, code))).toString()).toContain(`\rMSA|AA|R${n}\r`);
      client.close();
    });
    await Promise.all(lanes);
  };

  it('reaches the result that came before it, as a new version', async () => {
    const client = await MllpClient.connect(standalone.sandbox.mllp);
    await client.send(result('FIRST', 'GLU'));
    client.close();
    const before = await eventually(async () => {
      const [one] = await found('GLU');
      expect(one).toBeDefined();
      return one as Observation;
    });
    expect(codesOf(before)).toEqual(['GLU']);
    await put(0, glucose);
    const after = await eventually(async () => {
      const [one] = await found(`${loinc}|15074-8`);
      expect(one).toMatchObject({ id: before.id, meta: { versionId: '2', source: expect.stringContaining('event') } });
      return one as Observation;
    });
    expect(codesOf(after)).toEqual(['GLU', '15074-8']);
    expect(after.meta.tag).toMatchObject([{ system: 'urn:anamnesis:remap' }]);
    const first: Observation = await standalone.get(`/fhir/Observation/${before.id}/_history/1`);
    expect(first).toEqual(before);
    const { entry } = await fhir(`Observation/${before.id}/_history`);
    expect(entry?.map(({ resource }) => resource.meta.versionId)).toEqual(['2', '1']);
    const list: { codes: unknown[]; tableVersion: number } = await standalone.get(
      `/registration/sources/${await sourceId()}/unmapped-codes`,
      'admin',
    );
    expect(list).toMatchObject({ tableVersion: 1, codes: [] });
  }, 60_000);

  it('is applied whole and once when the product is killed in the middle, and a rebuild gives the same', async () => {
    await send(0, 'HB');
    await eventually(async () => {
      expect(await fhir('Observation?code=HB&_count=1')).toMatchObject({ total: messages });
    });
    await put(1, glucose, haemoglobin);
    await eventually(async () => {
      expect(await remap()).toMatchObject({ tableVersion: 2, state: 'running' });
      expect((await remap())?.done).toBeGreaterThan(0);
    });
    await standalone.end('SIGKILL');
    await start();
    await eventually(async () => {
      expect(await remap()).toMatchObject({ state: 'done', tableVersion: 2, done: messages + 1, changed: messages });
    });
    const whole = await found(`${loinc}|718-7`);
    expect(whole).toHaveLength(messages);
    expect(new Set(whole.map(({ meta }) => meta.versionId))).toEqual(new Set(['2']));
    expect(await found(`${loinc}|15074-8`)).toMatchObject([{ meta: { versionId: '2' } }]);

    await standalone.end('SIGTERM');
    const rebuilt = spawnSync(process.execPath, [rebuildMain], {
      env: { PATH: process.env['PATH'], DATA_DIR: directory },
      encoding: 'utf8',
    });
    expect(rebuilt).toMatchObject({ status: 0, stderr: '' });
    await start();
    expect(await found(`${loinc}|718-7`)).toEqual(whole);
    expect(await remap()).toMatchObject({ state: 'done', changed: messages });
  }, 300_000);
});
