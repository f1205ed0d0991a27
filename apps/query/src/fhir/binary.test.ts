import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ContentStore } from '@anamnesis/content';
import { Keys } from '@anamnesis/runtime';
import type { ChartBuilder } from '../testing/chart-builder.js';
import { type Letter, letterRecord } from '../testing/letter-record.js';
import { FhirBench, issuesOf, resourcesOf, until } from './testing/fhir-bench.js';
import { fhirProblems } from './testing/fhir-validators.conformance.js';

const subject = { system: 'urn:test:hospital', value: 'TEST-1' };
const document = Buffer.alloc(1_000_001, 'an invented letter, ');

describe('a document in the content store', () => {
  let bench: FhirBench;
  let build: ChartBuilder;
  let letter: Letter;

  beforeAll(async () => {
    bench = await FhirBench.open();
    build = bench.builder();
    letter = await deliver(document, 'application/pdf');
  });
  afterAll(() => bench.close());

  async function deliver(bytes: Buffer, contentType: string): Promise<Letter> {
    const { deploymentKey, kek } = bench.app.get(Keys);
    const directory = join(bench.directory, 'content');
    const content = await ContentStore.open({ directory, deploymentKey, kek, role: 'writer' });
    const made = await letterRecord({ build, content, subject, document: bytes, contentType });
    await bench.deliver(made.record);
    return made;
  }
  const get = (path: string, headers: Record<string, string> = {}, role: 'clinician' | 'admin' = 'clinician') =>
    fetch(`${bench.baseUrl}${path}`, { headers: { authorization: `Bearer ${bench.token(role)}`, ...headers } });
  const path = () => `/fhir/Binary/${letter.binaryId}`;

  it('is read as it is, under its own type, and never run in a browser', async () => {
    const response = await get(path());
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer()).equals(document)).toBe(true);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/pdf',
      'content-length': String(document.length),
      'content-disposition': 'attachment',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining('sandbox'),
    });
  });

  it('is a Binary with its data in base64 for who asks for FHIR', async () => {
    for (const [query, headers] of [
      ['', { accept: 'application/fhir+json' }],
      ['?_format=json', {}],
    ] as const) {
      const { status, body, headers: sent, text } = await bench.get(path() + query, headers);
      expect([status, sent.get('content-length')]).toEqual([200, String(Buffer.byteLength(text))]);
      expect(body).toMatchObject({ resourceType: 'Binary', id: letter.binaryId, contentType: 'application/pdf' });
      expect((body as { data: string }).data).toBe(document.toString('base64'));
      expect(body).not.toHaveProperty('_data');
      expect(fhirProblems(body)).toEqual([]);
    }
    expect((await bench.get(path(), { accept: 'application/fhir+xml' })).status).toBe(406);
  });

  it('is found by search and in everything of its patient, without its bytes', async () => {
    const { body } = await bench.get(`/fhir/Binary?patient=${build.patientId(subject)}`);
    const [binary] = resourcesOf(body);
    expect(binary).toMatchObject({ resourceType: 'Binary', id: letter.binaryId });
    expect(binary).not.toHaveProperty('data');
    expect(fhirProblems(binary ?? null)).toEqual([]);
  });

  it('that is small is read likewise, though its bytes are in the resource', async () => {
    const small = Buffer.from('a small invented letter');
    const slots = { contentType: 'text/plain', data: small.toString('base64') };
    const statement = build.statement('Binary', 'small', { slots });
    await bench.deliver(build.certified({ subject, patient: { gender: 'female' }, statements: [statement] }));
    const response = await get(`/fhir/Binary/${statement.id}`);
    expect([response.status, await response.text()]).toEqual([200, 'a small invented letter']);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/plain',
      'content-length': String(small.length),
      'content-disposition': 'attachment',
    });
    const { body } = await bench.get(`/fhir/Binary/${statement.id}`, { accept: 'application/fhir+json' });
    expect(body).toMatchObject({ resourceType: 'Binary', data: slots.data });
    expect(fhirProblems(body)).toEqual([]);
  });

  it('is given to clinicians alone, and each reading is an AuditEvent', async () => {
    expect((await get(path(), {}, 'admin')).status).toBe(403);
    expect((await fetch(`${bench.baseUrl}${path()}`)).status).toBe(401);
    expect((await bench.get('/fhir/Binary/unknown')).status).toBe(404);
    await get(path());
    await until(async () => (await (await get('/fhir/AuditEvent', {}, 'admin')).text()).includes('/fhir/Binary/:id'));
  });

  it('of a type that is no type is bytes', async () => {
    const odd = await deliver(Buffer.from('odd'), 'text/html\r\nx: y');
    const response = await get(`/fhir/Binary/${odd.binaryId}`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/octet-stream']);
  });

  it('comes back in its message, byte by byte', async () => {
    const { event } = letter.record.header as { event: { id: string } };
    const response = await get(`/evidence/${event.id}/message`);
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer()).equals(letter.original)).toBe(true);
  });

  it('that was altered or is missing is said in an OperationOutcome, before a byte of it', async () => {
    const made = await deliver(Buffer.alloc(2_000_000, 'to be altered'), 'text/plain');
    const files = (await readdir(join(bench.directory, 'content'), { recursive: true, withFileTypes: true }))
      .filter((one) => one.isFile())
      .map((one) => join(one.parentPath, one.name));
    const sizes = await Promise.all(files.map(async (one) => ({ one, bytes: await readFile(one) })));
    const { one, bytes } = sizes.find(({ bytes: { length } }) => length > 2_000_000) ?? {
      one: '',
      bytes: Buffer.alloc(0),
    };
    bytes.writeUInt8(bytes.readUInt8(1_900_000) ^ 1, 1_900_000);
    await writeFile(one, bytes);
    const altered = await bench.get(`/fhir/Binary/${made.binaryId}`);
    expect([altered.status, issuesOf(altered.body).join()]).toEqual([500, expect.stringContaining('altered')]);
    const { event } = made.record.header as { event: { id: string } };
    expect((await bench.get(`/evidence/${event.id}/message`)).status).toBe(422);
    await rm(one);
    const missing = await bench.get(`/fhir/Binary/${made.binaryId}`);
    expect([missing.status, issuesOf(missing.body).join()]).toEqual([500, expect.stringContaining('missing')]);
  });
});
