import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Json } from '@anamnesis/core';
import { certifiedOf } from '../testing/chart-builder.js';
import { Laboratory, means } from '../testing/laboratory.js';
import { Remaps } from '../remap/remaps.js';
import { FhirBench, resourcesOf, until } from './testing/fhir-bench.js';
import { fhirProblems } from './testing/fhir-validators.conformance.js';

describe('a result that a later code table explained', () => {
  let bench: FhirBench;
  let eventId: string;
  let mapping: string;
  let path: string;
  const get = async (more = '') => (await bench.get(`/fhir/${path}${more}`)).body;
  const remaps = (role: 'admin' | 'clinician', more = '', method = 'GET') =>
    bench.fetch(`/remaps${more}`, { method, headers: { authorization: `Bearer ${bench.token(role)}` } });

  beforeAll(async () => {
    bench = await FhirBench.open();
    const laboratory = new Laboratory(bench.builder());
    const record = laboratory.sends({ controlId: 'C1' });
    const { id, resources } = certifiedOf(record).event;
    eventId = id;
    mapping = `${resources.name}|${resources.version}`;
    path = `Observation/${resources.statements.find(({ resourceType }) => resourceType === 'Observation')?.id ?? ''}`;
    await bench.deliver(record);
    const source = laboratory.translate(means('GLU', '15074-8'));
    await bench.bus.publish('registry.changed', [
      { key: `source:${source.id}`, header: { ...source }, body: new Uint8Array(0) },
    ]);
    const service = bench.app.get(Remaps);
    await until(async () => (await service.report()).length === 1);
    await service.run(100);
  });
  afterAll(() => bench.close());

  it('is shown and found with both codings, by the same event, and says how it came to that', async () => {
    const present = await get();
    expect(present).toMatchObject({
      meta: {
        versionId: '2',
        source: `urn:anamnesis:event:${eventId}`,
        tag: [
          { system: 'urn:anamnesis:remap', display: `mapped again: version ${mapping.split('|')[1]}, code table 1` },
        ],
      },
      code: { coding: [{ code: 'GLU' }, { code: '15074-8' }] },
    });
    expect(resourcesOf((await bench.get('/fhir/Observation?code=http://loinc.org|15074-8')).body)).toEqual([present]);
    const [provenance] = resourcesOf((await bench.get(`/fhir/Provenance?target=${path}`)).body);
    expect(provenance).toMatchObject({
      id: eventId,
      agent: [
        {},
        { who: { identifier: { value: mapping } } },
        { who: { identifier: { value: `${mapping}|1` } } },
        { who: { identifier: { value: 'registration' } } },
      ],
    });
    for (const one of [present, provenance as Json]) expect(fhirProblems(one)).toEqual([]);
  });

  it('stays in its history as it was first shown', async () => {
    const history = await get('/_history');
    expect(fhirProblems(history)).toEqual([]);
    const first = await get('/_history/1');
    expect(first).toMatchObject({ meta: { versionId: '1' }, code: { coding: [{ code: 'GLU' }] } });
    expect(JSON.stringify(first)).not.toMatch(/15074-8|urn:anamnesis:remap/);
    expect(resourcesOf(history)).toEqual([await get(), first]);
  });

  it('is told to operators as progress, and to nobody else', async () => {
    const { body } = await remaps('admin');
    expect(body).toMatchObject([{ state: 'done', tableVersion: 1, total: 1, done: 1, changed: 1, kept: 0 }]);
    expect((await remaps('clinician')).status).toBe(403);
    expect((await remaps('clinician', '/bbbbbbbbbbbbbbbb', 'POST')).status).toBe(403);
    expect((await remaps('admin', '/unknown', 'POST')).status).toBe(404);
    const again = await remaps('admin', '/bbbbbbbbbbbbbbbb', 'POST');
    expect(again).toMatchObject({ status: 202, body: { state: 'running', done: 0 } });
  });
});
