import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Global, type INestApplication, Module, ValidationPipe } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { type Consumer, type DeliveredRecord } from '@anamnesis/bus';
import type { SourceFact } from '@anamnesis/core';
import { EdgeErrorsFilter, EVENT_BUS, type GuardedRequest, Keys } from '@anamnesis/runtime';
import { Store } from '@anamnesis/store';
import { Hospital, makeRequest } from '../test/hospital.js';
import { openPlace, type Place } from '../test/place.js';
import { certify } from './certify/certify.js';
import { RegistrationModule } from './registration.module.js';

/** Stands for the backends that the running process opens. */
@Global()
@Module({})
class Backends {}

describe('registration over HTTP and the bus', () => {
  let place: Place;
  let app: INestApplication;
  let baseUrl: string;

  beforeEach(async () => {
    place = await openPlace({ ENROLMENT: 'open' });
    const { deploymentKey, kek } = place.registration.keys;
    const providers = [
      { provide: Store, useValue: place.store },
      { provide: EVENT_BUS, useValue: place.bus },
      { provide: Keys, useValue: Keys.of(deploymentKey, kek) },
    ];
    const backends = { module: Backends, providers, exports: [Store, EVENT_BUS, Keys] };
    const imports = [backends, RegistrationModule.fromEnvironment({ ENROLMENT: 'open' })];
    const testing = await Test.createTestingModule({ imports }).compile();
    app = testing.createNestApplication({ logger: false });
    app.useGlobalFilters(new EdgeErrorsFilter(app.getHttpAdapter()));
    app.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true, forbidNonWhitelisted: true }));
    // What the access guard of the running process adds.
    app.use((request: GuardedRequest, _response: unknown, next: () => void) => {
      request.access = { role: 'admin', token: 'abc' };
      next();
    });
    await app.listen(0, '127.0.0.1');
    baseUrl = await app.getUrl();
  });
  afterEach(async () => {
    await app.close();
    await place.dispose();
  });

  const call = async (method: string, path: string, body?: object) => {
    const headers = { 'content-type': 'application/json' };
    const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
    const response = await fetch(`${baseUrl}/registration${path}`, init);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, body: (isJson ? JSON.parse(text) : text) as unknown };
  };

  it('takes a source from its first contact to a certificate and a revocation', async () => {
    const sender = { facility: 'NORTH', application: 'ADT', address: '127.0.0.1' };
    const { status, body } = await call('POST', '/contacts', sender);
    const { source } = body as { source: SourceFact };
    expect([status, source.facility]).toEqual([201, 'NORTH']);
    expect(await call('GET', `/sources/${source.id}/conformance`)).toEqual({
      status: 200,
      body: {
        ...{ sourceId: source.id, phase: 'certified', since: null, mayPass: false, blocking: [] },
        ...{ certified: 0, tested: 0, refused: 0, findings: [] },
      },
    });
    const row = { system: 'urn:anamnesis:NORTH:L', code: 'GLU', to: { system: 'http://loinc.org', code: '2345-7' } };
    const table = { replaces: 0, rows: [row], reason: 'agreed' };
    const path = `/sources/${source.id}/code-table`;
    expect(await call('PUT', path, table)).toMatchObject({ status: 200, body: { version: 1, rows: [row] } });
    expect((await call('PUT', path, table)).status).toBe(409);
    const wrong = { ...row, to: { system: 'LOINC', code: '' } };
    expect((await call('PUT', path, { ...table, replaces: 1, rows: [wrong] })).status).toBe(400);
    expect(await call('GET', `${path}?version=1`)).toMatchObject({ status: 200, body: { version: 1 } });
    expect(await call('GET', `/sources/${source.id}/unmapped-codes`)).toMatchObject({
      status: 200,
      body: { tableVersion: 1, codes: [] },
    });
    expect((await call('GET', '/sources/nobody/conformance')).status).toBe(404);
    const token = (await call('POST', `/sources/${source.id}/tokens`, {})).body as { token: string };
    const enrolled = await call('POST', '/enrolments', { token: token.token, csr: (await makeRequest()).csr });
    const { serial, chain } = enrolled.body as { serial: string; chain: string[] };
    expect((await call('GET', '/certificates/root')).body).toBe(chain[0]);
    const revocation = { revokedAt: '2020-01-01T00:00:00+01:00', reason: 'test' };
    const revoked = await call('POST', `/certificates/${serial}/revocations`, revocation);
    expect(revoked).toMatchObject({ status: 200, body: { serial, revokedAt: '2019-12-31T23:00:00.000Z' } });
    expect((await call('GET', '/certificates/crl')).body).toContain('BEGIN');
    const observation = { adapter: 'one', answers: { AA: 1 }, ackMsP99: 1.5, lastMessageAt: '2024-01-01T00:00:00Z' };
    expect((await call('POST', `/sources/${source.id}/observations`, observation)).status).toBe(204);
    expect((await call('GET', `/sources/${source.id}/status`)).body).toMatchObject({ answers: { AA: 1 }, ackMsP99: 2 });
  });

  it('registers what an operator sends with the defaults for what is left out', async () => {
    const made = await call('POST', '/sources', { facility: 'F', application: 'LAB', zone: 'Europe/Berlin' });
    expect(made).toMatchObject({ status: 201, body: { state: 'active', messageTypes: [], processingIds: ['P'] } });
    const { id } = made.body as SourceFact;
    const changed = await call('PATCH', `/sources/${id}`, {
      zone: null,
      messageTypes: ['ORU^R01'],
      state: 'suspended',
    });
    expect(changed.body).toEqual({
      ...(made.body as SourceFact),
      zone: undefined,
      messageTypes: ['ORU^R01'],
      state: 'suspended',
    });
    expect((await call('GET', '/sources')).body).toEqual([changed.body]);
    expect((await call('GET', '/sources/none')).status).toBe(404);
    expect((await call('POST', '/sources', { facility: 'F', application: 'LAB' })).status).toBe(409);
    expect((await call('POST', `/sources/${id}/authorities`, { system: 'urn:oid:1' })).status).toBe(204);
    expect((await call('GET', `/sources/${id}/authorities`)).body).toEqual(['urn:oid:1']);
    expect((await call('DELETE', `/sources/${id}/authorities?system=urn:oid:1`)).status).toBe(204);
    expect((await call('GET', `/sources/${id}/authorities`)).body).toEqual([]);
  });

  it.each([
    ['/sources', { facility: 'F', application: 'A', zone: 'Mars/Base' }],
    ['/sources', { facility: 'F', application: 'A', addresses: ['everywhere'] }],
    ['/sources', { facility: 'F', application: 'A', messageTypes: ['everything'] }],
    ['/sources', { facility: 'F', application: 'A', authorityByNamespace: { MRN: 7 } }],
    ['/sources', { facility: 'F', application: 'A', isOpen: true }],
    ['/sources', { facility: 'F', application: 'A', phase: 'certified' }],
    ['/sources/x/certify', {}],
    ['/sources/x/test', { reason: '' }],
    ['/authorities', { system: 'urn:oid:1', scope: 'galaxy' }],
    ['/facilities', { name: '' }],
    ['/persons/pending/x/decisions', { decision: 'maybe', reason: 'r' }],
    ['/refused/x/replay', {}],
  ])('refuses %s %j', async (path, body) => {
    expect((await call('POST', path, body)).status).toBe(400);
  });

  it('certifies from the bus, puts what it refuses into the dead topic, and lists it', async () => {
    const hospital = await Hospital.open(place.registration, 'SOUTH');
    const records = [hospital.says(), { ...hospital.says(), body: Buffer.from('x') }, hospital.says()];
    await place.bus.publish('clinical.received', records);
    const handle = (batch: readonly DeliveredRecord[]) => certify(place.registration, batch);
    const consumer: Consumer = await place.bus.consume({ topic: 'clinical.received', group: 'registration', handle });
    await consumer.caughtUp;
    await consumer.stop();
    const certified = await place.certified(2);
    expect(certified.map(({ event }) => event.id)).toEqual([records[0]?.header['id'], records[2]?.header['id']]);
    const [dead] = await place.read('clinical.received.registration.dead', 1);
    expect(dead?.header['refusal']).toMatchObject({ code: 'bad-signature', group: 'registration' });
    const listed = (await call('GET', `/refused?source=${hospital.source.id}&code=bad-signature`)).body;
    expect(listed).toMatchObject([{ eventId: records[1]?.header['id'], facility: 'SOUTH' }]);
    const id = String(records[1]?.header['id']);
    expect((await call('POST', `/refused/${id}/replay`, { reason: 'again' })).status).toBe(202);
    expect((await call('GET', `/events/${id}/evidence`)).status).toBe(404);
    const good = String(records[0]?.header['id']);
    expect((await call('GET', `/events/${good}/evidence`)).body).toMatchObject({ generation: 1 });
  });

  it('links after an authority was declared and undoes it, naming who did', async () => {
    const open = await Hospital.open(place.registration, 'OPEN', { isOpen: true });
    const identity = { identifiers: [{ system: 'urn:oid:9', value: '4711', type: 'NI' }], birthDate: '1962-03-20' };
    const names = { familyName: 'EVERYWOMAN', givenName: 'EVE' };
    const subjects = ['a', 'b'].map((value) => ({ system: 'urn:x', value }));
    await place.certifyEach(subjects.map((subject) => open.says({ subject, identity: { ...identity, ...names } })));
    expect((await call('POST', '/authorities', { system: 'urn:oid:9', scope: 'national' })).status).toBe(201);
    const assertions = (await call('GET', '/persons/assertions?state=in-force')).body as { id: string }[];
    expect(assertions).toHaveLength(1);
    expect(JSON.stringify(assertions)).not.toContain('4711');
    const undone = await call('POST', `/persons/assertions/${assertions[0]?.id ?? ''}/undo`, { reason: 'no' });
    expect(undone).toMatchObject({
      status: 200,
      body: { state: 'undone', cause: { actor: 'admin:abc', reason: 'no' } },
    });
    expect((await call('GET', '/persons/pending')).body).toEqual([]);
  });
});
