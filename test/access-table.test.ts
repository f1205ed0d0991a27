import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { accessTable, createApp, readSettings, ruleOf, Settings } from '@anamnesis/runtime';
import { AdapterDbModule } from '../apps/adapter-db/src/adapter-db.module.js';
import { AdapterHl7Module } from '../apps/adapter-hl7/src/adapter-hl7.module.js';
import { HttpIntakeModule } from '../apps/adapter-hl7/src/http-intake.module.js';
import { LedgerWriterModule } from '../apps/ledger-writer/src/ledger-writer.module.js';
import { QueryModule } from '../apps/query/src/query.module.js';
import { RegistrationModule } from '../apps/registration/src/registration.module.js';

interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
}

describe('the access table', () => {
  let directory: string;
  let app: INestApplication;
  let routes: string[];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'anamnesis-access-'));
    const environment = { DATA_DIR: directory, HTTP_PORT: '0', MLLP_PORT: '0' };
    const adapters = [AdapterHl7Module, HttpIntakeModule, AdapterDbModule];
    const modules = [...adapters, LedgerWriterModule, QueryModule, RegistrationModule].map((one) =>
      one.fromEnvironment(environment),
    );
    app = await createApp({ name: 'test', settings: readSettings(Settings, environment), modules }, false);
    await app.init();
    const { router } = app.getHttpAdapter().getInstance() as { router: { stack: readonly Layer[] } };
    routes = router.stack.flatMap(({ route }) =>
      route === undefined ? [] : Object.keys(route.methods).map((method) => `${method.toUpperCase()} ${route.path}`),
    );
  });
  afterAll(async () => {
    await app.close();
    await rm(directory, { recursive: true });
  });

  // The OpenAPI page is not a controller: it has a door of its own, which asks for the admin token.
  const ruled = () => routes.filter((route) => !/^GET \/docs/.test(route));

  it('knows every route', () => {
    expect(ruled().length).toBeGreaterThan(30);
    expect(ruled().filter((route) => ruleOf(...(route.split(' ') as [string, string])) === undefined)).toEqual([]);
  });

  it('names no route that does not exist', () => {
    const known = new Set(routes.flatMap((route) => [route, route.replace(/^\S+/, 'ALL')]));
    expect(Object.keys(accessTable).filter((route) => !known.has(route))).toEqual([]);
  });

  it('lets strangers ask only for liveness and readiness', () => {
    const open = Object.entries(accessTable).filter(([, rule]) => rule === 'anyone');
    expect(open.map(([route]) => route)).toEqual(['GET /livez', 'GET /readyz']);
  });

  it('lets senders deliver, and nothing else', () => {
    const theirs = Object.entries(accessTable).filter(([, rule]) => rule !== 'anyone' && rule.includes('sender'));
    expect(theirs.map(([route]) => route)).toEqual(['POST /hl7v2']);
  });

  it('shows whoever tests sources the test history, and nothing of patients', () => {
    const theirs = Object.entries(accessTable).filter(([, rule]) => rule !== 'anyone' && rule.includes('integrator'));
    expect(theirs.map(([route]) => route)).toEqual([
      'GET /messages',
      'GET /test/messages/:eventId/resources',
      'GET /registration/sources/:id/conformance',
      'GET /registration/sources/:id/phases',
    ]);
    expect(ruleOf('GET', '/test/messages/:eventId/resources')).toEqual(['integrator']);
  });

  it('gives no role that reads patient data to operators', () => {
    const clinical = Object.entries(accessTable).filter(
      ([route]) => /\/fhir\/:type|Patient|\/evidence\/:eventId$/.test(route) && !route.includes('/registration/'),
    );
    expect(clinical.length).toBeGreaterThan(5);
    for (const [route, rule] of clinical) expect([route, rule]).toEqual([route, ['clinician']]);
  });
});
