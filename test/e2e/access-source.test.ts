import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AccessWriter } from '../../apps/adapter-db/test/access-writer.js';
import { eventually, type Standalone, startStandalone } from '../standalone.js';

const writer = await AccessWriter.start();
afterAll(() => writer?.end());

const held = 'dist/product/held.js';
const authority = 'urn:oid:2.999.8.1';

let directory: string;
let product: Standalone | undefined;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'access-e2e-'));
});
afterEach(async () => {
  await product?.end('SIGKILL');
  await rm(directory, { recursive: true, force: true });
});

interface Patient {
  readonly id: string;
  readonly active?: boolean;
  readonly name: readonly { readonly text?: string }[];
  readonly birthDate: string;
  readonly meta: { readonly versionId: string; readonly source: string };
}

(writer ? describe : describe.skip)('a hospital on Access', () => {
  const hospital = writer as AccessWriter;

  it('is one more source: its rows are patients with proof, its changes are history, what it may have lost waits', async () => {
    const file = join(directory, 'hospital.accdb');
    await hospital.tell('create', file, 'V2010', 25);
    product = await start(file);

    const first = await patient(7, ({ name }) => name[0]?.text === 'Person 7 شخص');
    expect(first.birthDate).toBe('1900-01-02');
    await hospital.tell('rename', file, 7, 'Renamed Person');
    const renamed = await patient(7, ({ name }) => name[0]?.text === 'Renamed Person');
    expect([renamed.id, renamed.meta.versionId]).toEqual([first.id, '2']);
    const eventId = renamed.meta.source.replace('urn:anamnesis:event:', '');
    await eventually(async () => {
      const rows = await get<{ eventId: string }[]>('/messages?facility=PAPER');
      expect(rows.find((row) => row.eventId === eventId)).toMatchObject({
        state: 'anchored',
        messageType: 'ROW^u^Persons',
      });
    });

    await hospital.tell('delete', file, 7, 1);
    await patient(7, ({ active }) => active === false);

    await hospital.tell('delete', file, 8, 12);
    await eventually(() => {
      expect(command()).toMatch(/^paper\trows-lost\ttable Persons: \d+ of \d+ rows are gone/);
      return Promise.resolve();
    });
    await stateIs('held');
    expect((await patient(19)).active).not.toBe(false);
    expect(command('accept', 'paper')).toBe('paper: the file is let in at the next look\n');
    await patient(19, ({ active }) => active === false);
    expect(command()).toBe('no file is held\n');
    await stateIs('reading');
    expect(command('accept', 'paper')).toBe('no file is held for paper\n');
  });
});

async function start(file: string): Promise<Standalone> {
  const sources = join(directory, 'sources');
  await mkdir(sources);
  const mapping = {
    ...{ name: 'paper', version: 1, patients: { table: 'Persons', authority } },
    source: {
      ...{ facility: 'PAPER', application: 'PERSONS', zone: 'Asia/Karachi', kind: 'access' },
      connection: { path: file, pollSeconds: 1, quietMs: 100 },
    },
    tables: {
      Persons: {
        ...{ key: 'Number', resource: 'Patient' },
        elements: { 'name[0]': { column: 'Name', as: 'name', order: 'whole' }, birthDate: 'Born' },
      },
    },
  };
  await writeFile(join(sources, 'paper.json'), JSON.stringify(mapping));
  return startStandalone(join(directory, 'data'), { environment: { DB_SOURCES: sources, LOG_LEVEL: 'error' } });
}

async function get<Body>(path: string): Promise<Body> {
  if (product === undefined) throw new Error('the product is not started');
  return product.get(path);
}

/** The patient of a row, as soon as it is so. */
async function patient(number: number, isSo: (one: Patient) => boolean = () => true): Promise<Patient> {
  return eventually(async () => {
    const path = `/fhir/Patient?identifier=${authority}|${number}`;
    const { entry = [] } = await get<{ entry?: { resource: Patient }[] }>(path);
    const found = entry[0]?.resource;
    if (found === undefined || !isSo(found)) throw new Error(`row ${number} is not so yet`);
    return found;
  });
}

async function stateIs(state: string): Promise<void> {
  await eventually(async () => {
    const text = await (await product?.request('/metrics', { role: 'admin' }))?.text();
    expect(text).toContain(`anamnesis_db_source_state{source="paper",state="${state}"} 1`);
  });
}

/** `npm run held`, as an operator does. */
function command(...args: readonly string[]): string {
  const environment = { ...process.env, DATA_DIR: join(directory, 'data') };
  const { stdout, stderr } = spawnSync(process.execPath, [held, ...args], { env: environment, encoding: 'utf8' });
  return stdout + stderr;
}
