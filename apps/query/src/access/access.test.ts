import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Json } from '@anamnesis/core';
import { FhirBench, resourcesOf, until } from '../fhir/testing/fhir-bench.js';
import { databases } from '../../../../test/databases.js';
import { objectsOf, textOf } from '../fhir/fhir-json.js';
import type { ChartBuilder } from '../testing/chart-builder.js';

const number = { system: 'urn:test:hospital', value: 'TEST-1' };

describe.each(databases)('access audit on $name', ({ fresh }) => {
  let bench: FhirBench;
  let build: ChartBuilder;
  let person: string;

  beforeAll(async () => {
    bench = await FhirBench.open(fresh);
    build = bench.builder();
    person = build.patientId(number);
    await bench.deliver(
      build.certified({
        subject: number,
        patient: { identifier: [number], name: [{ family: 'TESTPATIENT' }] },
      }),
    );
  });
  afterAll(() => bench.close());

  const admin = () => ({ authorization: `Bearer ${bench.token('admin')}` });
  const eventsWith = async (query: string, isWanted: (event: Json) => boolean): Promise<readonly Json[]> => {
    let found: readonly Json[] = [];
    await until(async () => {
      const { body } = await bench.get(`/fhir/AuditEvent?${query}&_count=500`, admin());
      found = resourcesOf(body).filter(isWanted);
      return found.length > 0;
    });
    return found;
  };
  const requestId = (event: Json): string => JSON.stringify(event);

  it('records a read with its patient, and the shape of a search without its values', async () => {
    await bench.get(`/fhir/Patient/${person}`, { 'x-request-id': 'a-read' });
    await bench.get('/fhir/Patient?family=TESTPATIENT&birthdate=ge1900', { 'x-request-id': 'a-search' });
    const [read] = await eventsWith(`patient=${person}`, (one) => requestId(one).includes('a-read'));
    expect(read).toMatchObject({
      resourceType: 'AuditEvent',
      type: { code: 'rest' },
      subtype: [{ code: 'read' }],
      action: 'R',
      outcome: '0',
      agent: [{ role: [{ text: 'clinician' }], requestor: true }],
    });
    const [search] = await eventsWith('action=E&outcome=0', (one) => requestId(one).includes('a-search'));
    expect(JSON.stringify(search)).not.toMatch(/TESTPATIENT|1900/);
    const query = (search as { entity: { query?: string }[] }).entity.flatMap((one) => one.query ?? []);
    expect(Buffer.from(query[0] ?? '', 'base64').toString()).toBe('GET /fhir/Patient?birthdate&family');
  });

  it('records what is denied, and lets operators see no body', async () => {
    const anonymous = await bench.fetch(`/fhir/Patient/${person}`, { headers: { 'x-request-id': 'no-token' } });
    expect([anonymous.status, textOf(anonymous.body, 'resourceType')]).toEqual([401, 'OperationOutcome']);
    const operator = await bench.get(`/fhir/Patient/${person}`, { ...admin(), 'x-request-id': 'operator' });
    expect([operator.status, textOf(operator.body, 'resourceType')]).toEqual([403, 'OperationOutcome']);
    const [first] = await eventsWith('outcome=4', (one) => requestId(one).includes('no-token'));
    expect(first).toMatchObject({ outcome: '4', agent: [{ role: [{ text: 'anonymous' }] }] });
    const [second] = await eventsWith('outcome=4', (one) => requestId(one).includes('"operator"'));
    expect(second).toMatchObject({ outcome: '4', agent: [{ role: [{ text: 'admin' }] }] });
  });

  it('is for operators; for clinicians about one patient', async () => {
    expect((await bench.get('/fhir/AuditEvent')).status).toBe(403);
    expect((await bench.get(`/fhir/AuditEvent?patient=${person}`)).status).toBe(200);
    const none = await bench.get('/fhir/AuditEvent?date=lt2020', admin());
    expect(resourcesOf(none.body)).toEqual([]);
    expect((await bench.get('/fhir/AuditEvent?date=gt2020', admin())).status).toBe(200);
  });

  it('pages and reads single events', async () => {
    const { body } = await bench.get('/fhir/AuditEvent?_count=1', admin());
    const [one] = resourcesOf(body);
    const id = textOf(one, 'id') ?? '';
    expect((await bench.get(`/fhir/AuditEvent/${id}`, admin())).body).toEqual(one);
    expect((await bench.get('/fhir/AuditEvent/unknown', admin())).status).toBe(404);
    const next = objectsOf((body as { link: Json }).link).find(({ relation }) => relation === 'next');
    const second = await bench.get(textOf(next, 'url') ?? '', admin());
    expect(textOf(resourcesOf(second.body)[0], 'id')).not.toBe(id);
    const asClinician = await bench.get(textOf(next, 'url') ?? '');
    expect(asClinician.status).toBe(403);
  });

  it('gives nothing away while the bus is away', async () => {
    await bench.bus.close();
    const { status, text, headers } = await bench.get(`/fhir/Patient/${person}`);
    expect(status).toBe(503);
    expect(headers.get('retry-after')).not.toBeNull();
    expect(text).not.toContain('TESTPATIENT');
    expect((await bench.get('/fhir/metadata')).status).toBe(200);
  });
});
