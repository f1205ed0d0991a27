import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Json } from '@anamnesis/core';
import { IntegrityFinding } from '@anamnesis/store';
import { certifiedOf, type ChartBuilder } from '../testing/chart-builder.js';
import { isObject, textOf } from './fhir-json.js';
import { FhirBench, issuesOf, linkOf, resourcesOf, until } from './testing/fhir-bench.js';
import { databases } from '../../../../test/databases.js';

const hospital = { system: 'urn:test:hospital', value: 'TEST-1' };
const clinic = { system: 'urn:test:clinic', value: 'TEST-2' };
const loinc = 'http://loinc.org';
const ids = (resources: readonly Json[]): readonly string[] => resources.map((one) => textOf(one, 'id') ?? '');
const at = (value: Json | undefined, ...path: (string | number)[]): Json | undefined =>
  path.reduce<Json | undefined>(
    (one, name) =>
      typeof name === 'number'
        ? Array.isArray(one)
          ? (one as Json[])[name]
          : undefined
        : isObject(one)
          ? one[name]
          : undefined,
    value,
  );

describe.each(databases)('FHIR edge on $name', ({ fresh }) => {
  let bench: FhirBench;
  let build: ChartBuilder;
  let person: string;
  let other: string;
  let eventOfFirst: string;

  const patient = (system: string, value: string, more: Record<string, Json> = {}): Record<string, Json> => ({
    identifier: [{ system, value }],
    name: [{ family: 'EVERYWOMAN', given: ['EVE'] }],
    ...more,
  });
  const subject = { reference: '' };
  const glucose = (order: string, value: string, minute: number) =>
    build.certified({
      subject: hospital,
      minute,
      statements: [
        build.statement('Observation', order, {
          slots: {
            status: 'final',
            code: { coding: [{ system: loinc, code: '2345-7' }] },
            subject: { ...subject, reference: `Patient/${build.patientId(hospital)}` },
            'effective[x]': { effectiveDateTime: build.at(minute) },
            'value[x]': {
              valueQuantity: {
                value: { $decimal: value },
                unit: 'mg/dL',
                system: 'http://unitsofmeasure.org',
                code: 'mg/dL',
              },
            },
          },
        }),
      ],
    });

  beforeAll(async () => {
    bench = await FhirBench.open(fresh);
    build = bench.builder();
    [person, other] = [build.patientId(hospital), build.patientId(clinic)];
    const first = build.certified({
      subject: hospital,
      minute: 0,
      patient: patient(hospital.system, 'TEST-1', { birthDate: '1970-02-03', gender: 'female' }),
      warnings: ['PID^1^5: undecodable', 'PID-8 does not map'],
    });
    eventOfFirst = certifiedOf(first).event.id;
    await bench.deliver(first);
    await bench.deliver(
      build.certified({
        subject: clinic,
        minute: 1,
        facility: 'TEST-CLINIC',
        patient: patient(clinic.system, 'TEST-2', { address: [{ city: 'TESTTOWN' }] }),
      }),
      glucose('O1', '7.10', 2),
      glucose('O2', '6.0', 3),
      glucose('O3', '5.55', 4),
      build.assertion([hospital, clinic]),
    );
    await until(async () => {
      const { body } = await bench.get(`/fhir/Patient/${other}`);
      return textOf(body, 'id') === person;
    });
  });
  afterAll(() => bench.close());

  it('reads one merged view under every id of the person, with the source of each value', async () => {
    const { status, headers, body } = await bench.get(`/fhir/Patient/${person}`);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
    expect(headers.get('etag')).toBe(`W/"${textOf(at(body, 'meta'), 'versionId') ?? ''}"`);
    expect(headers.get('last-modified')).not.toBeNull();
    expect(body).toMatchObject({
      id: person,
      birthDate: '1970-02-03',
      identifier: [hospital, clinic],
      address: [{ city: 'TESTTOWN' }],
      link: [{ other: { reference: `Patient/${other}` }, type: 'seealso' }],
    });
    expect((await bench.get(`/fhir/Patient/${other}`)).body).toEqual(body);
    const { body: found } = await bench.get(`/fhir/Patient?_id=${other}&_revinclude=Provenance:target`);
    const birthId = at(body, '_birthDate', 'id');
    const provenance = resourcesOf(found, 'include').find((one) => textOf(one, 'id') === eventOfFirst);
    const extension = at(provenance, 'target', 0, 'extension') as Json[];
    expect(birthId).toBeDefined();
    const flag = { url: 'urn:anamnesis:text-flag', valueString: 'PID^1^5: undecodable' };
    const flags = (at(provenance, 'extension') as Json[]).filter((one) => at(one, 'url') === flag.url);
    expect(flags).toEqual([flag]);
    expect(extension).toContainEqual({
      url: 'http://hl7.org/fhir/StructureDefinition/targetElement',
      valueUri: birthId,
    });
  });

  it('answers 304 to whoever has the version, and reads earlier versions', async () => {
    const { headers, body } = await bench.get(`/fhir/Patient/${person}`);
    const again = await bench.get(`/fhir/Patient/${person}`, { 'if-none-match': headers.get('etag') ?? '' });
    expect([again.status, again.text]).toEqual([304, '']);
    const first = await bench.get(`/fhir/Patient/${person}/_history/1`);
    expect(at(first.body, 'meta', 'versionId')).toBe('1');
    expect(at(first.body, 'link')).toBeUndefined();
    const history = await bench.get(`/fhir/Patient/${person}/_history?_count=1`);
    expect(resourcesOf(history.body)).toEqual([body]);
    const all = await bench.pages(`/fhir/Patient/${person}/_history?_count=1`);
    expect(all.map((one) => at(one, 'meta', 'versionId'))).toEqual(['2', '1']);
  });

  it('finds the person by any identifier, without system, and shows source records on demand', async () => {
    for (const query of ['identifier=TEST-2', `identifier=${clinic.system}%7CTEST-2`, 'family=every&birthdate=1970-02'])
      expect(ids(resourcesOf((await bench.get(`/fhir/Patient?${query}`)).body, 'match'))).toEqual([person]);
    expect(resourcesOf((await bench.get('/fhir/Patient?identifier=%7CTEST-2')).body)).toEqual([]);
    const { body } = await bench.get('/fhir/Patient?_tag=source&identifier=TEST-2');
    expect(ids(resourcesOf(body))).toEqual([other]);
    expect(at(resourcesOf(body)[0], 'meta', 'tag', 0, 'code')).toBe('source');
  });

  it('runs searches by patient over all records, keeps digits, and names the person', async () => {
    for (const patientOf of [person, other, `Patient/${other}`]) {
      const { body, text } = await bench.get(`/fhir/Observation?patient=${patientOf}&code=${loinc}%7C2345-7`);
      expect(resourcesOf(body)).toHaveLength(3);
      expect(text).toContain('"value":7.10');
      expect(at(resourcesOf(body)[0], 'subject')).toEqual({ reference: `Patient/${person}`, identifier: hospital });
    }
    const form = `subject=Patient/${other}&_include=Observation:subject`;
    const { body } = await bench.post('/fhir/Observation/_search', form, {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(resourcesOf(body, 'match').map((one) => at(one, 'valueQuantity', 'value'))).toEqual([5.55, 6, 7.1]);
    expect(ids(resourcesOf(body, 'include'))).toEqual([person]);
    const chained = await bench.get('/fhir/Observation?patient.identifier=TEST-2&_summary=count');
    expect([at(chained.body, 'total'), at(chained.body, 'entry')]).toEqual([3, undefined]);
  });

  it('finds results by date and amount, and sorts them by date', async () => {
    const values = async (query: string) => {
      const { body } = await bench.get(`/fhir/Observation?patient=${person}&date=le2024-03-01T12:04:00Z&${query}`);
      return resourcesOf(body, 'match').map((one) => at(one, 'valueQuantity', 'value'));
    };
    expect(await values('_sort=date')).toEqual([7.1, 6, 5.55]);
    expect(await values('_sort=-date')).toEqual([5.55, 6, 7.1]);
    expect(await values('date=gt2024-03-01T12:02:59Z&_sort=date')).toEqual([6, 5.55]);
    expect(await values('date=2024-03-02')).toEqual([]);
    expect(await values('value-quantity=gt6.5')).toEqual([7.1]);
  });

  it('finds what an event stated by URN and by bare id, on every type', async () => {
    const { body } = await bench.get(`/fhir/Observation?patient=${person}&_count=1`);
    const source = textOf(at(resourcesOf(body)[0], 'meta'), 'source') ?? '';
    expect(source).toMatch(/^urn:anamnesis:event:[a-z2-7]{32}$/);
    for (const value of [source, source.split(':').at(-1) ?? '']) {
      expect(resourcesOf((await bench.get(`/fhir/Observation?_source=${value}`)).body)).toHaveLength(1);
      expect(resourcesOf((await bench.get(`/fhir/Provenance?_source=${value}`)).body)).toHaveLength(1);
      expect(resourcesOf((await bench.get(`/fhir/Encounter?_source=${value}`)).body)).toEqual([]);
    }
  });

  it('neither repeats nor skips when results arrive between two pages', async () => {
    const before = ids(resourcesOf((await bench.get(`/fhir/Observation?patient=${person}`)).body));
    let arrived = 0;
    const paged = await bench.pages(`/fhir/Observation?patient=${person}&_count=1`, async () => {
      arrived += 1;
      await bench.deliver(glucose(`LATE${arrived}`, '9.9', 10 + arrived));
    });
    expect(ids(paged)).toEqual(before);
  });

  it('gives everything in pages, each resource once, with Provenance of each', async () => {
    const all = await bench.pages(`/fhir/Patient/${other}/$everything?_count=2`);
    const names = all.map((one) => `${String(textOf(one, 'resourceType'))}/${String(textOf(one, 'id'))}`);
    expect(new Set(names).size).toBe(names.length);
    expect(names[0]).toBe(`Patient/${person}`);
    const targets = new Set(
      all
        .filter((one) => textOf(one, 'resourceType') === 'Provenance')
        .flatMap((one) => (at(one, 'target') as Json[]).map((target) => textOf(target, 'reference'))),
    );
    for (const name of names.filter((one) => !one.startsWith('Provenance/'))) expect(targets).toContain(name);
    const typed = await bench.get(
      `/fhir/Patient/${person}/$everything?_type=Observation&start=2024-03-01&end=2024-03-01`,
    );
    expect(new Set(resourcesOf(typed.body).map((one) => textOf(one, 'resourceType')))).toEqual(
      new Set(['Observation']),
    );
    const none = await bench.get(`/fhir/Patient/${person}/$everything?_type=Observation&end=2024-02-29`);
    expect(resourcesOf(none.body)).toEqual([]);
  });

  it('says what may be missing', async () => {
    const unmapped = build.certified({ subject: hospital, mapping: 'unmapped', minute: 30 });
    const twin = build.certified({
      subject: { system: 'urn:test:third', value: 'TEST-3' },
      patient: { identifier: [{ system: 'urn:test:third', value: 'TEST-3' }, hospital] },
    });
    await bench.deliver(unmapped, twin);
    const facility = 'TEST-CLINIC';
    const source = { kind: 'source', id: 'a'.repeat(16), facility, application: 'TEST-ADT', state: 'active' };
    const fact = { ...source, addresses: [], authorityByNamespace: {}, messageTypes: [], processingIds: [] };
    await bench.bus.publish('registry.changed', [
      { key: `source:${source.id}`, header: fact, body: new Uint8Array(0) },
    ]);
    await until(async () => issuesOf((await bench.get('/fhir/Patient')).body).some((one) => one.includes(facility)));
    const { body } = await bench.get(`/fhir/Observation?patient=${person}&_count=1`);
    const said = issuesOf(body).join('\n');
    expect(said).toMatch(/1 received messages are in no resource/);
    expect(said).toMatch(/TEST-CLINIC \/ TEST-ADT was last heard at 2024-03-01/);
    expect(said).toMatch(/1 patient records outside this answer carry an identifier of it/);
    expect(said).not.toMatch(/EVERYWOMAN|TEST-3|1970/);
  });

  it('warns of parameters that it does not know, and refuses them when asked to be strict', async () => {
    const { status, body } = await bench.get(`/fhir/Observation?patient=${person}&favourite=EVERYWOMAN`);
    expect(status).toBe(200);
    expect(issuesOf(body)).toContain('ignored: unknown parameter');
    expect(linkOf(body, 'self')).not.toContain('favourite');
    const strict = await bench.get('/fhir/Observation?favourite=EVERYWOMAN', { prefer: 'handling=strict' });
    expect(strict.status).toBe(400);
    expect(strict.body).toMatchObject({
      resourceType: 'OperationOutcome',
      issue: [{ code: 'not-supported', expression: ['http.favourite'] }],
    });
  });

  it.each([
    ['/fhir/Patient/no%22such%27id', 404],
    [`/fhir/Patient/${'a'.repeat(65)}`, 404],
    ['/fhir/Patient/nobody', 404],
    ['/fhir/Patient/nobody/_history', 404],
    ['/fhir/Patient/nobody/$everything', 404],
    ['/fhir/Observation/nobody', 404],
    ['/fhir/Provenance/nobody', 404],
    ['/fhir/Spaceship', 404],
    ['/fhir/Spaceship/1', 404],
    ['/fhir/Patient/_history', 405],
    ["/fhir/Patient?_id=x'%20OR%201=1", 400],
    ["/fhir/Observation?patient=x'--", 400],
    [`/fhir/Patient?identifier=${'9'.repeat(1001)}`, 400],
    ['/fhir/Observation?date=2024-02-30', 400],
    ['/fhir/Observation?date=yesterday', 400],
    ['/fhir/Observation?_lastUpdated=ap2024', 400],
    ['/fhir/Observation?value-quantity=much', 400],
    ['/fhir/Observation?_source=abc', 400],
    ['/fhir/Observation?_count=-1', 400],
    ['/fhir/Observation?_cursor=AAAA', 400],
    ['/fhir/Observation?patient:missing=true', 400],
    ['/fhir/Patient?_format=xml', 406],
    ['/fhir/metadata?_format=application/fhir%2Bxml', 406],
  ])('refuses GET %s with %d and an OperationOutcome that repeats nothing', async (path, status) => {
    const answer = await bench.get(path, { 'x-request-id': 'test-request' });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
    expect(answer.body).toMatchObject({
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', diagnostics: 'request test-request' }],
    });
    expect(answer.text).not.toMatch(/OR 1|--|99999|yesterday|much|Error:| at /);
  });

  it('tells the verdict of the audit on the resource and in the outcome', async () => {
    const { body } = await bench.get(`/fhir/Observation?patient=${person}&_count=1`);
    const [one] = resourcesOf(body);
    const id = textOf(one, 'id') ?? '';
    const finding = {
      place: 'resource_version',
      subject: `Observation/${id}/1`,
      fault: 'altered' as const,
      eventId: null,
    };
    await bench.store.transaction((manager) =>
      manager.insert(IntegrityFinding, { ...finding, foundAt: '2024-03-01T12:00:00.000Z' }),
    );
    const read = await bench.get(`/fhir/Observation/${id}`);
    expect(at(read.body, 'meta', 'tag')).toContainEqual({ system: 'urn:anamnesis:tag', code: 'integrity-mismatch' });
    expect([read.headers.get('etag'), read.headers.get('warning')]).toEqual([
      null,
      '199 - "does not agree with the archive"',
    ]);
    const again = await bench.get(`/fhir/Observation?_id=${id}`);
    expect(issuesOf(again.body)).toContain(`Observation/${id} does not agree with the archive`);
    await bench.store.transaction((manager) => manager.delete(IntegrityFinding, { subject: finding.subject }));
  });

  it('shows the anchor when it comes, without a new version', async () => {
    const record = glucose('ANCHORED', '4.4', 40);
    await bench.deliver(record);
    const { id } = certifiedOf(record).event;
    const before = await bench.get(`/fhir/Provenance/${id}`);
    expect(before.headers.get('etag')).toBeNull();
    const state = (body: Json) => at(body, 'extension', 0, 'valueCode');
    expect(state(before.body)).toBe('anchoring');
    await bench.deliver(build.anchored('batch-1', [record]));
    await until(async () => state((await bench.get(`/fhir/Provenance/${id}`)).body) === 'anchored');
    const after = await bench.get(`/fhir/Provenance/${id}`);
    expect([at(before.body, 'meta', 'versionId'), at(after.body, 'meta', 'versionId')]).toEqual(['1', '1']);
    expect(after.body).toMatchObject({
      agent: [{ who: { identifier: { value: 'TEST-HOSPITAL' } } }, {}, {}],
      entity: [{ role: 'source', what: { identifier: { value: `urn:anamnesis:event:${id}` } } }],
      signature: [{ data: 'c2lnbmVk' }, { data: 'c2lnbmVk' }],
    });
  });

  it('keeps retired numbers findable as old ones, and gives the person back after an undo', async () => {
    const [survivor, retired] = [
      { system: 'urn:test:merge', value: 'TEST-10' },
      { system: 'urn:test:merge', value: 'TEST-11' },
    ];
    const said = (one: typeof survivor) => build.certified({ subject: one, patient: patient(one.system, one.value) });
    await bench.deliver(said(survivor), said(retired), build.assertion([survivor, retired], { kind: 'merge' }));
    const [kept, gone] = [build.patientId(survivor), build.patientId(retired)];
    const idOfRetired = async () => textOf((await bench.get(`/fhir/Patient/${gone}`)).body, 'id');
    await until(async () => (await idOfRetired()) === kept);
    const { body } = await bench.get('/fhir/Patient?identifier=TEST-11');
    expect(resourcesOf(body)).toMatchObject([
      { id: kept, identifier: [survivor, { ...retired, use: 'old' }], link: [{ type: 'replaces' }] },
    ]);
    const versions = resourcesOf((await bench.get(`/fhir/Patient/${gone}/_history`)).body);
    expect(versions).toMatchObject([{ active: false, link: [{ type: 'replaced-by' }] }, { id: gone }]);
    await bench.deliver(build.assertion([survivor, retired], { kind: 'merge', version: 2, state: 'undone' }));
    await until(async () => (await idOfRetired()) === gone);
    expect(at((await bench.get(`/fhir/Patient/${kept}`)).body, 'identifier')).toMatchObject([survivor]);
  });

  it('refuses what is not in JSON', async () => {
    expect((await bench.get(`/fhir/Patient/${person}`, { accept: 'application/fhir+xml' })).status).toBe(406);
    expect((await bench.post('/fhir/Patient/_search', '{}', { 'content-type': 'application/json' })).status).toBe(415);
    expect((await bench.post('/fhir/Patient/$match', '{', { 'content-type': 'application/fhir+json' })).status).toBe(
      400,
    );
  });

  it('refuses writes as not served', async () => {
    const headers = { authorization: `Bearer ${bench.token('clinician')}`, 'content-type': 'application/fhir+json' };
    const put = await bench.fetch(`/fhir/Patient/${person}`, { method: 'PUT', headers, body: '{}' });
    expect([put.status, textOf(put.body, 'resourceType')]).toEqual([405, 'OperationOutcome']);
  });

  it('matches: certain by an equal number that agrees, probable by demographics, none where it must be certain', async () => {
    const ask = async (resource: Json, more: Json[] = []) => {
      const parameters = { resourceType: 'Parameters', parameter: [{ name: 'resource', resource }, ...more] };
      const headers = { 'content-type': 'application/fhir+json' };
      const { body, status } = await bench.post('/fhir/Patient/$match', JSON.stringify(parameters), headers);
      expect(status).toBe(200);
      return (at(body, 'entry') as Json[] | undefined) ?? [];
    };
    const grades = (entries: readonly Json[]) => entries.map((one) => at(one, 'search', 'extension', 0, 'valueCode'));
    const eve = { resourceType: 'Patient', name: [{ family: 'Everywoman', given: ['Eve'] }], birthDate: '1970-02-03' };
    const numbered = await ask({ ...eve, identifier: [clinic] });
    expect(grades(numbered)[0]).toBe('certain');
    expect(at(numbered[0], 'resource', 'id')).toBe(person);
    expect(grades(await ask(eve))).toEqual(['probable']);
    const onlyCertain = [{ name: 'onlyCertainMatches', valueBoolean: true }];
    expect(await ask(eve, onlyCertain)).toEqual([]);
    expect(
      grades(await ask({ ...eve, identifier: [clinic], name: [{ family: 'TESTPATIENT' }], gender: 'male' })),
    ).not.toContain('certain');
  });
});
