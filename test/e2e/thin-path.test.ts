import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { MllpClient } from '../../apps/command-line/src/mllp-client.js';
import { Rejected } from '@anamnesis/core';
import { parseBundle, verifyBundle } from '@anamnesis/ledger';
import { readTrustFile } from '../../apps/command-line/src/trust-file.js';
import { adt } from '../fixtures/messages.js';
import { describeProducts, startMs } from '../products.js';
import { eventually, type Standalone } from '../standalone.js';

const verifyMain = 'dist/product/verify.js';

interface Row {
  readonly eventId: string;
  readonly controlId: string;
  readonly state: string;
}
interface Searchset {
  readonly entry: readonly { readonly resource: Record<string, never>; readonly search: { readonly mode: string } }[];
}

describeProducts('one message from the listener to the proof', (product) => {
  let directory: string;
  let standalone: Standalone;
  let client: MllpClient;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'anamnesis-e2e-'));
    standalone = await product.start(directory);
    client = await MllpClient.connect(standalone.sandbox.mllp);
  }, startMs);
  afterAll(async () => {
    client.close();
    await standalone.end('SIGKILL');
    await rm(directory, { recursive: true });
  });

  const send = async (message: Uint8Array) => Buffer.from(await client.send(message)).toString('utf8');
  const row = (controlId: string, state: string) =>
    eventually(async () => {
      const rows: readonly Row[] = await standalone.get(`/messages?controlId=${controlId}`);
      expect(rows).toMatchObject([{ controlId, state }]);
      return rows[0] as Row;
    });
  const verify = async (text: string, ...more: string[]) => {
    const file = join(directory, 'evidence.json');
    await writeFile(file, text);
    return spawnSync(process.execPath, [verifyMain, file, ...more], { encoding: 'utf8' });
  };

  it('answers AA, shows the patient, and proves the event to a third party', async () => {
    expect(await send(adt({ controlId: 'T-1' }))).toContain('\rMSA|AA|T-1\r');
    const { eventId } = await row('T-1', 'anchored');
    const found: Searchset = await standalone.get('/fhir/Patient?identifier=MR-1001');
    const patients = found.entry.filter(({ search }) => search.mode === 'match');
    expect(patients).toHaveLength(1);
    expect(patients[0]?.resource).toMatchObject({
      resourceType: 'Patient',
      name: [{ family: 'EVERYWOMAN' }],
      birthDate: '1962-03-20',
      address: [{ city: 'Mirpurkhas' }],
      meta: { source: `urn:anamnesis:event:${eventId}` },
    });

    const bundle = JSON.stringify(await standalone.get(`/evidence/${eventId}`));
    const trust = ['--trust', join(directory, 'trust.json')];
    expect(await verify(bundle, ...trust)).toMatchObject({ status: 0, stdout: expect.stringContaining('PROVEN') });
    const untrusted = await verify(bundle);
    expect(untrusted.status).toBe(0);
    expect(untrusted.stdout).toMatch(/supplied \(SHA-256 [0-9a-f]{64}\)/);
    const raw = (JSON.parse(bundle) as { raw: string }).raw;
    const other = Buffer.from(raw, 'base64').toString('utf8').replace('EVERYWOMAN', 'EVERYWOMEN');
    const altered = bundle.replace(raw, Buffer.from(other, 'utf8').toString('base64'));
    expect(await verify(altered, ...trust)).toMatchObject({ status: 1, stdout: expect.stringContaining('raw-digest') });
    expect((await verify(bundle.slice(1), ...trust)).status).toBe(2);
  });

  it('proves nothing with one bit changed anywhere in the evidence', async () => {
    const { eventId } = await row('T-1', 'anchored');
    const bytes = Buffer.from(JSON.stringify(await standalone.get(`/evidence/${eventId}`)));
    const trust = readTrustFile(join(directory, 'trust.json'));
    const isProven = (text: string) => {
      try {
        return verifyBundle(parseBundle(text), trust).verdict !== 'mismatch';
      } catch (error) {
        if (error instanceof Rejected) return false;
        throw error;
      }
    };
    expect(isProven(bytes.toString('utf8'))).toBe(true);
    const unnoticed: number[] = [];
    for (let at = 0; at < bytes.length; at++) {
      const bit = 1 << (at % 8);
      bytes.writeUInt8(bytes.readUInt8(at) ^ bit, at);
      if (isProven(bytes.toString('utf8'))) unnoticed.push(at);
      bytes.writeUInt8(bytes.readUInt8(at) ^ bit, at);
    }
    expect(unnoticed).toEqual([]);
  }, 120_000);

  it('answers the same message again with AA and makes no second event', async () => {
    const message = adt({ controlId: 'T-2', number: 'MR-1002' });
    for (let times = 0; times < 3; times++) expect(await send(message)).toContain('\rMSA|AA|T-2\r');
    await row('T-2', 'anchored');
  });

  it('takes a late message with a visit number that a merge retired to the right visit', async () => {
    const visit = (place: string, number: string) => [`PV1|1|I|${place}${'|'.repeat(16)}${number}^^^MPK`];
    const says = [
      { trigger: 'A01', minute: 10, more: visit('W1', 'V-1') },
      { trigger: 'A42', minute: 30, more: ['MRG|MR-3003^^^MPK^MR||||V-2^^^MPK', ...visit('', 'V-1')] },
      { trigger: 'A02', minute: 40, more: visit('W9', 'V-2') },
    ];
    for (const { trigger, minute, more } of says) {
      const at = `2026030109${minute}00+0500`;
      const controlId = `T-${trigger}`;
      expect(await send(adt({ controlId, trigger, at, number: 'MR-3003', more }))).toContain(`\rMSA|AA|${controlId}\r`);
    }
    await eventually(async () => {
      const found: Searchset = await standalone.get('/fhir/Encounter?patient.identifier=MR-3003');
      const visits = found.entry.filter(({ search }) => search.mode === 'match').map(({ resource }) => resource);
      expect(visits).toMatchObject([
        {
          identifier: [{ value: 'V-1' }, { value: 'V-2', use: 'old' }],
          location: [{ location: { display: 'W1' } }, { location: { display: 'W9' }, status: 'active' }],
        },
      ]);
    });
  });

  it('keeps one Encounter of a visit without a number when its account becomes another', async () => {
    const visit = (place: string) => [`PV1|1|I|${place}${'|'.repeat(41)}202603010900`];
    const says = [
      { trigger: 'A01', account: 'ACC-2', more: visit('W1') },
      { trigger: 'A41', account: 'ACC-1', more: ['MRG|MR-3004^^^MPK^MR||ACC-2'] },
      { trigger: 'A02', account: 'ACC-1', more: visit('W9') },
    ];
    for (const [hour, { trigger, account, more }] of says.entries()) {
      const at = `202603011${hour}0000+0500`;
      const controlId = `T-ACC-${trigger}`;
      const message = adt({ controlId, trigger, at, number: 'MR-3004', account, more });
      expect(await send(message)).toContain(`\rMSA|AA|${controlId}\r`);
    }
    await eventually(async () => {
      const found: Searchset = await standalone.get('/fhir/Encounter?patient.identifier=MR-3004');
      const visits = found.entry.filter(({ search }) => search.mode === 'match').map(({ resource }) => resource);
      expect(visits).toMatchObject([
        { location: [{ location: { display: 'W1' } }, { location: { display: 'W9' }, status: 'active' }] },
      ]);
    });
  });

  it('keeps sandbox.json to its owner and serves nothing to strangers', async () => {
    expect((await stat(join(directory, 'sandbox.json'))).mode & 0o777).toBe(0o600);
    const paths = [
      '/fhir/Patient',
      '/fhir/metadata',
      '/messages',
      '/evidence/x',
      '/registration/sources',
      '/metrics',
      '/docs',
    ];
    for (const path of paths) expect([path, (await standalone.request(path)).status]).toEqual([path, 401]);
    expect((await standalone.request('/fhir/Patient', { role: 'admin' })).status).toBe(403);
    expect((await standalone.request('/registration/sources', { role: 'clinician' })).status).toBe(403);
    for (const path of ['/livez', '/readyz']) expect((await standalone.request(path)).status).toBe(200);
  });

  it(
    'shows everything again after kill -9',
    async () => {
      const before: Searchset = await standalone.get('/fhir/Patient?identifier=MR-1001');
      await standalone.end('SIGKILL');
      standalone = await product.start(directory);
      client = await MllpClient.connect(standalone.sandbox.mllp);
      await row('T-1', 'anchored');
      const after: Searchset = await standalone.get('/fhir/Patient?identifier=MR-1001');
      expect(after.entry.map(({ resource }) => resource['id'])).toEqual(
        before.entry.map(({ resource }) => resource['id']),
      );
    },
    startMs,
  );
});
