import 'reflect-metadata';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import type { MicroserviceOptions } from '@nestjs/microservices';
import type { EventBus } from '@anamnesis/bus';
import { BusTransport, createApp, EVENT_BUS, Keys, readSettings, Tokens } from '@anamnesis/runtime';
import { QuerySettings } from './config.js';
import { QueryModule } from './query.module.js';
import { certifiedOf, ChartBuilder } from './testing/chart-builder.js';

const subject = { system: 'urn:test:hospital', value: 'TEST-1' };
const updated = { system: 'urn:test:hospital', value: 'TEST-2' };

describe('query over HTTP', () => {
  let directory: string;
  let app: INestApplication;
  let baseUrl: string;
  let build: ChartBuilder;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'anamnesis-query-app-'));
    await writeKeys(directory);
    const environment = { DATA_DIR: directory, HTTP_PORT: '0' };
    const settings = readSettings(QuerySettings, environment);
    app = await createApp({ name: 'query', settings, modules: [QueryModule.fromEnvironment(environment)] }, false);
    app.connectMicroservice<MicroserviceOptions>({ strategy: app.get(BusTransport) }, { inheritAppConfig: true });
    await app.init();
    await app.listen(0, '127.0.0.1');
    await app.startAllMicroservices();
    baseUrl = await app.getUrl();
    build = new ChartBuilder(app.get(Keys).deploymentKey);
  });
  afterAll(async () => {
    await app.close();
    await rm(directory, { recursive: true });
  });

  const ask = async (role: 'admin' | 'clinician', path: string, method = 'GET') => {
    const headers = { authorization: `Bearer ${app.get(Tokens).texts[role]}` };
    return fetch(`${baseUrl}${path}`, { method, headers });
  };
  const until = async (isDone: () => Promise<boolean>) => {
    const giveUpAt = Date.now() + 15_000;
    while (!(await isDone())) if (Date.now() > giveUpAt) throw new Error('it did not come to pass');
  };
  const messages = async (role: 'admin' | 'clinician', query: string) =>
    (await (await ask(role, `/messages?${query}`)).json()) as { controlId: string; state: string }[];

  it('shows what the bus brought, page by page, and lets operators ask without patient values only', async () => {
    const records = [1, 2, 3].map((minute) =>
      build.certified({ subject, minute, controlId: `C${minute}`, patient: { gender: 'female' } }),
    );
    await app.get<EventBus>(EVENT_BUS).publish('clinical.certified', records);
    await until(async () => (await messages('admin', 'controlId=C3')).length === 1);
    const first = await ask('clinician', '/messages?identifier=TEST-1&_count=2');
    expect(((await first.json()) as unknown[]).length).toBe(2);
    const next = /^<(.*)>; rel="next"$/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    expect(await (await ask('clinician', next)).json()).toMatchObject([{ controlId: 'C1', state: 'certified' }]);
    expect((await ask('admin', '/messages?identifier=TEST-1')).status).toBe(403);
    expect((await ask('clinician', '/messages?_count=501')).status).toBe(400);
    expect((await ask('clinician', '/messages?color=red')).status).toBe(400);
    expect((await fetch(`${baseUrl}/messages`)).status).toBe(401);
    const person = await ask('clinician', `/fhir/Patient/${build.patientId(subject)}`);
    expect(await person.json()).toMatchObject({ resourceType: 'Patient', gender: 'female' });
    const [record] = records;
    if (record === undefined) throw new Error('records');
    // Registration is not part of this process: the leaf key cannot be had now.
    expect((await ask('clinician', `/evidence/${certifiedOf(record).event.id}`)).status).toBe(503);
    expect((await ask('clinician', `/evidence/${'a'.repeat(32)}`)).status).toBe(404);
    expect((await ask('admin', `/evidence/${certifiedOf(record).event.id}`)).status).toBe(403);
  });

  it('finds in FHIR what is no longer the present, and who was denied it', async () => {
    const updates = [11, 12, 13].map((minute) =>
      build.certified({
        subject: updated,
        minute,
        controlId: `U${minute}`,
        patient: { birthDate: `19${minute}-01-01` },
      }),
    );
    await app.get<EventBus>(EVENT_BUS).publish('clinical.certified', updates);
    await until(async () => (await messages('admin', 'controlId=U13')).length === 1);
    const id = build.patientId(updated);
    const fhir = async (path: string, role: 'admin' | 'clinician' = 'clinician') =>
      (await (await ask(role, `/fhir/${path}`)).json()) as {
        total?: number;
        entry?: { resource: { meta: unknown } }[];
      };
    expect(await fhir(`Provenance?target=Patient/${id}`)).toMatchObject({ total: 3 });
    expect((await fhir(`Patient/${id}/_history`)).entry).toHaveLength(3);
    expect((await fhir(`Patient/${id}/_history?_since=2999-01-01`)).entry).toEqual([]);
    expect((await ask('clinician', `/fhir/Patient/${id}/_history?_since=late`)).status).toBe(400);
    expect((await ask('admin', `/fhir/Patient/${id}`)).status).toBe(403);
    await until(async () => (await fhir(`AuditEvent?patient=${id}&outcome=4`, 'admin')).total === 1);
  });

  it.each(['/fhir/Patient/%zz', '/fhir/Patient?family=%zz', '/fhir'])('answers %s as FHIR', async (path) => {
    const answer = await ask('clinician', path);
    expect([400, 405]).toContain(answer.status);
    expect(await answer.json()).toMatchObject({ resourceType: 'OperationOutcome' });
  });

  it('audits everything when an operator asks', async () => {
    expect((await ask('clinician', '/integrity', 'POST')).status).toBe(403);
    expect((await ask('admin', '/integrity', 'POST')).status).toBe(202);
    const report = async () => (await (await ask('admin', '/integrity')).json()) as { whole?: { findings: number } };
    await until(async () => (await report()).whole !== undefined);
    expect((await report()).whole?.findings).toBe(0);
  });
});

async function writeKeys(directory: string): Promise<void> {
  await mkdir(join(directory, 'keys'));
  const write = (name: string, text: string) => writeFile(join(directory, 'keys', name), text);
  await write('deployment.key', '07'.repeat(32));
  await write('kek.key', '09'.repeat(32));
  await write('tokens.json', JSON.stringify({ admin: 'a'.repeat(32), clinician: 'c'.repeat(32) }));
}
