import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MllpClient } from '../../apps/command-line/src/mllp-client.js';
import { adt, message, msh, oru } from '../fixtures/messages.js';
import { eventually, type Standalone, startStandalone } from '../standalone.js';

interface Row {
  readonly eventId: string | null;
  readonly controlId: string;
  readonly state: string;
  readonly reason?: string;
}
interface Blocker {
  readonly id: string;
  readonly rule: string;
  readonly location: string;
  readonly count: number;
  readonly lastControlId: string;
}
type Role = 'admin' | 'clinician' | 'integrator';

const number = 'MR-7001';
const withoutNumber = (controlId: string) =>
  message([
    msh({ controlId }, 'ORU^R01^ORU_R01'),
    'PID|1||||EVERYWOMAN^EVE||19620320|F',
    'OBR|1||L-1|1554-5^GLUCOSE^LN',
    'OBX|1|NM|1554-5^GLUCOSE^LN||182|mg/dL^^UCUM||||F',
  ]);

describe('a new source, from a stranger to certified', () => {
  let directory: string;
  let product: Standalone;
  let client: MllpClient;
  let path: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'anamnesis-phases-'));
    product = await startStandalone(directory, { environment: { ENROLMENT: 'approve' } });
    client = await MllpClient.connect(product.sandbox.mllp);
  });
  afterAll(async () => {
    client.close();
    await product.end('SIGKILL');
    await rm(directory, { recursive: true });
  });

  const send = async (bytes: Uint8Array) => Buffer.from(await client.send(bytes)).toString('utf8');
  const ask = async (role: Role, line: string, body?: object) => {
    const [method = '', where = ''] = line.split(' ');
    const headers = { 'content-type': 'application/json' };
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await product.request(where, { role, method, headers, ...content });
    return { status: response.status, body: JSON.parse(await response.text()) as Readonly<Record<string, unknown>> };
  };
  const admin = (line: string, body?: object) => ask('admin', line, body);
  const tests = (): Promise<readonly Row[]> => product.get('/messages?state=test&facility=MPK', 'integrator');
  const total = async (search: string) => (await ask('clinician', `GET /fhir/${search}&_summary=count`)).body['total'];
  const reason = 'first feed of the new laboratory';

  it('is answered AR and listed; approved, it is a draft and answered AR still', async () => {
    expect(await send(adt({ controlId: 'S-1', number }))).toContain('\rMSA|AR|S-1');
    const contacts: readonly { id: string; facility: string }[] = await product.get('/registration/contacts', 'admin');
    expect(contacts).toMatchObject([{ facility: 'MPK' }]);
    const { body } = await admin(`POST /registration/contacts/${contacts[0]?.id ?? ''}/approve`);
    expect(body).toMatchObject({ phase: 'draft' });
    path = `/registration/sources/${String(body['id'])}`;
    const answer = await eventually(async () => {
      const said = await send(adt({ controlId: 'S-2', number }));
      expect(said).toContain('testing has not begun');
      return said;
    });
    expect(answer).toContain('\rMSA|AR|S-2');
    expect((await admin(`POST ${path}/certify`, { reason })).status).toBe(409);
  });

  it('is taken in testing, into a test history that only an integrator can look into', async () => {
    expect(await admin(`POST ${path}/test`, { reason })).toMatchObject({ status: 200, body: { phase: 'testing' } });
    await eventually(async () => {
      expect(await send(adt({ controlId: 'T-1', number, processingId: 'T', city: 'Testville' }))).toContain(
        '\rMSA|AA|T-1',
      );
    });
    const [row] = await eventually(async () => {
      const rows = await tests();
      expect(rows).toMatchObject([{ controlId: 'T-1', state: 'test' }]);
      return rows;
    });
    const resources = `/test/messages/${row?.eventId ?? ''}/resources`;
    const bundle = await ask('integrator', `GET ${resources}`);
    expect(bundle.body).toMatchObject({ resourceType: 'Bundle', type: 'collection' });
    expect(JSON.stringify(bundle.body)).toContain('Testville');
    for (const role of ['admin', 'clinician'] as const)
      expect([role, (await ask(role, `GET ${resources}`)).status]).toEqual([role, 403]);
    expect((await ask('clinician', 'GET /messages?state=test')).status).toBe(403);
    expect((await ask('clinician', `GET /evidence/${row?.eventId ?? ''}`)).status).toBe(404);
    expect((await ask('integrator', 'GET /fhir/Patient')).status).toBe(403);
    await eventually(async () => {
      const { body: audit } = await admin('GET /fhir/AuditEvent?_count=50');
      expect(JSON.stringify(audit)).toContain('GET /test/messages/:eventId/resources');
    });
    expect((await ask('integrator', 'GET /messages?identifier=MR-7001')).status).toBe(403);
  });

  it('does not pass while blocking findings stand, and is told which', async () => {
    expect(await send(withoutNumber('BAD-1'))).toContain('\rMSA|AE|BAD-1');
    const { status, body: refused } = await admin(`POST ${path}/certify`, { reason });
    expect(status).toBe(409);
    const blocking = refused['blocking'] as readonly Blocker[];
    expect(blocking).toMatchObject([
      { rule: 'refused-101', messageType: 'ORU^R01', location: 'PID-3', count: 1, lastControlId: 'BAD-1' },
    ]);
    expect(JSON.stringify(blocking)).not.toContain('EVERYWOMAN');
    const { body: report } = await admin(`GET ${path}/conformance`);
    expect(report).toMatchObject({ phase: 'testing', mayPass: false });
    expect(report['blocking']).toContainEqual(blocking[0]);
  });

  it('has shown no clinician anything of all that', async () => {
    for (const search of [
      `Patient?identifier=${number}`,
      'Patient?family=EVERYWOMAN',
      'Encounter?status=in-progress,planned,unknown',
    ])
      expect([search, await total(search)]).toEqual([search, 0]);
    const matched = await ask('clinician', `GET /messages?identifier=${number}`);
    expect(matched.body).toEqual([]);
    const rows: readonly Row[] = await product.get('/messages');
    expect(rows.filter(({ eventId }) => eventId !== null)).toEqual([]);
    const assertions: readonly unknown[] = await product.get('/registration/persons/assertions', 'admin');
    expect(assertions).toEqual([]);
  });

  it('passes when its feed is mended, and from then on speaks of patients; the test stays a test', async () => {
    for (const at of [1, 2, 3])
      expect(await send(oru({ controlId: `OK-${at}`, number, fillerNumber: `L-${at}` }))).toContain(
        `\rMSA|AA|OK-${at}`,
      );
    expect(await admin(`POST ${path}/certify`, { reason })).toMatchObject({
      status: 200,
      body: { phase: 'certified' },
    });
    const phases: readonly { readonly phase: string; readonly by: string }[] = await product.get(
      `${path}/phases`,
      'admin',
    );
    expect(phases.map(({ phase, by }) => [phase, by.split(' ')[0]])).toEqual([
      ['draft', 'registration'],
      ['testing', 'admin'],
      ['certified', 'admin'],
    ]);
    const real = adt({ controlId: 'R-1', number, city: 'Mirpurkhas' });
    await eventually(async () => {
      // T is for testing: refused once the adapter knows that the source is certified, and a test until then.
      expect(await send(adt({ controlId: 'R-0', number, processingId: 'T' }))).toContain('\rMSA|AR|R-0');
    });
    expect(await send(real)).toContain('\rMSA|AA|R-1');
    // The very bytes of a test message count when they come now.
    expect(await send(oru({ controlId: 'OK-1', number, fillerNumber: 'L-1' }))).toContain('\rMSA|AA|OK-1');
    await eventually(async () => {
      const rows: readonly Row[] = await product.get(`/messages?identifier=${number}`);
      expect(rows.map(({ controlId, state }) => [controlId, state]).sort()).toEqual([
        ['OK-1', 'anchored'],
        ['R-1', 'anchored'],
      ]);
    });
    const { body: found } = await ask('clinician', `GET /fhir/Patient?identifier=${number}`);
    const text = JSON.stringify(found);
    expect(text).toContain('Mirpurkhas');
    expect(text).not.toContain('Testville');
    expect(await total('Observation?code=1554-5')).toBe(1);
    const testIds = (await tests()).map(({ controlId }) => controlId).filter((id) => id !== 'R-0');
    expect(testIds.sort()).toEqual(['OK-1', 'OK-2', 'OK-3', 'T-1']);
  });

  it('loses its test history when an operator purges it, and nothing else', async () => {
    const where = '/test/messages?facility=MPK&application=ADT';
    expect((await ask('integrator', `DELETE ${where}`)).status).toBe(403);
    const { body } = await admin(`DELETE ${where}`);
    expect(Number(body['purged'])).toBeGreaterThanOrEqual(4);
    expect(await tests()).toEqual([]);
    expect(await total(`Patient?identifier=${number}`)).toBe(1);
    await admin('POST /integrity');
    await eventually(async () => {
      const { body: report } = await admin('GET /integrity');
      expect(report).toMatchObject({ whole: { findings: 0 }, findings: [] });
    });
  });
});
