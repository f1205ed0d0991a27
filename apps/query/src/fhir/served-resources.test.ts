import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Json } from '@anamnesis/core';
import { objectsOf, textOf } from './fhir-json.js';
import { FhirBench, linkOf, resourcesOf } from './testing/fhir-bench.js';
import { goldenRecords } from './testing/golden-records.js';
import { fhirProblems } from './testing/fhir-validators.conformance.js';

/** A Binary is served under its own type to whoever does not ask for FHIR. */
const asFhir = { accept: 'application/fhir+json' };

const nameOf = (one: Json): string => `${textOf(one, 'resourceType') ?? ''}/${textOf(one, 'id') ?? ''}`;

/** Messages as the mappings read them, certified and projected: what is served must be FHIR R4. */
describe('served resources', () => {
  let bench: FhirBench;
  const problems = new Map<string, readonly string[]>();

  const check = (resource: Json): void => {
    const found = fhirProblems(resource);
    if (found.length > 0) problems.set(nameOf(resource), found);
  };

  beforeAll(async () => {
    bench = await FhirBench.open();
    await bench.deliver(...(await goldenRecords(bench.builder())));
  });
  afterAll(() => bench.close());

  it('are valid to two validators, with everything that pulls in, in every version', async () => {
    const { body } = await bench.get('/fhir/metadata');
    // One validator's list of versions ends before 4.0.1.
    expect(textOf(body, 'fhirVersion')).toBe('4.0.1');
    check({ ...(body as Record<string, Json>), fhirVersion: '4.0.0' });
    const types = objectsOf((body as { rest: { resource: Json }[] }).rest[0]?.resource).map(
      (one) => textOf(one, 'type') ?? '',
    );
    const met = new Set<string>();
    for (const type of types.filter((one) => one !== 'AuditEvent')) {
      const found = await bench.get(
        `/fhir/${type}?_count=500${type === 'Provenance' ? '' : '&_revinclude=Provenance:target'}`,
      );
      expect(found.status).toBe(200);
      check(found.body);
      for (const one of resourcesOf(found.body, 'match')) {
        met.add(type);
        check((await bench.get(`/fhir/${nameOf(one)}`, asFhir)).body);
        check((await bench.get(`/fhir/${nameOf(one)}/_history`)).body);
      }
    }
    for (const patient of resourcesOf((await bench.get('/fhir/Patient')).body))
      check((await bench.get(`/fhir/${nameOf(patient)}/$everything?_count=500`)).body);
    for (const type of [
      'Patient',
      'Encounter',
      'Observation',
      'DiagnosticReport',
      'AllergyIntolerance',
      'Condition',
      'Practitioner',
      'Provenance',
      'Specimen',
      'Immunization',
      'ServiceRequest',
      'MedicationRequest',
      'MedicationDispense',
      'MedicationAdministration',
      'DocumentReference',
      'Appointment',
    ])
      expect(met).toContain(type);
    expect([...problems]).toEqual([]);
  });

  it.each([
    'Immunization?vaccine-code=http://hl7.org/fhir/sid/cvx|110',
    'Immunization?lot-number=LOT-55',
    'Immunization?status=not-done&status-reason=00',
    'Immunization?status=entered-in-error',
    'Immunization?date=2025-04',
    'ServiceRequest?requisition=GRP-1&code=57021-8',
    'ServiceRequest?status=on-hold&identifier=FI-2',
    'ServiceRequest?priority=routine&intent=reflex-order',
    'ServiceRequest?authored=2026-03-13',
    'MedicationRequest?code=5640&status=active',
    'MedicationRequest?intent=instance-order',
    'MedicationRequest?identifier=N-7788',
    'MedicationDispense?code=5640&whenhandedover=2026-03-14',
    'MedicationAdministration?effective-time=2026-03-14&status=completed',
    'MedicationAdministration?reason-not-given=PR',
    'Appointment?date=2026-03-20&status=cancelled',
    'Appointment?service-type=HEM&part-status=tentative',
    'DocumentReference?identifier=DOC-1&status=superseded',
    'DocumentReference?relation=replaces',
    'DocumentReference?contenttype=application/pdf&type=CN',
    'Specimen?identifier=S-40&type=SER',
  ])('are found by what their messages say: %s', async (query) => {
    const found = await bench.get(`/fhir/${query}`);
    expect(found.status).toBe(200);
    expect(resourcesOf(found.body, 'match').length).toBeGreaterThan(0);
  });

  it.each([
    ['DiagnosticReport:based-on', 'ServiceRequest'],
    ['ServiceRequest:specimen', 'Specimen'],
    ['ServiceRequest:replaces', 'ServiceRequest'],
    ['MedicationDispense:prescription', 'MedicationRequest'],
    ['MedicationAdministration:request', 'MedicationRequest'],
    ['DocumentReference:relatesto', 'DocumentReference'],
    ['Appointment:practitioner', 'Practitioner'],
    ['Observation:part-of', 'Immunization'],
    ['Observation:has-member', 'Observation'],
  ])('lead where they refer to: %s', async (include, type) => {
    const found = await bench.get(`/fhir/${include.split(':')[0] ?? ''}?_count=500&_include=${include}`);
    const all = resourcesOf(found.body).filter((one) => textOf(one, 'resourceType') === type);
    const referring = JSON.stringify(resourcesOf(found.body, 'match'));
    expect(all.some((one) => referring.includes(`"reference":"${nameOf(one)}"`))).toBe(true);
  });

  it.each(['Immunization', 'ServiceRequest', 'MedicationRequest', 'DocumentReference', 'Appointment'])(
    'are the patient’s: %s',
    async (type) => {
      const found = await bench.get(`/fhir/${type}?patient.identifier=MR-1001&_count=500`);
      expect(resourcesOf(found.body, 'match').length).toBeGreaterThan(0);
    },
  );

  it('include the access events of all that', async () => {
    const { body } = await bench.get('/fhir/AuditEvent?_count=100', adminOf(bench));
    expect(resourcesOf(body).length).toBeGreaterThan(10);
    expect(fhirProblems(body)).toEqual([]);
    expect(linkOf(body, 'self')).toContain('/fhir/AuditEvent?_count=100');
  });

  it('each have a Provenance that targets them', async () => {
    for (const type of ['Patient', 'Encounter', 'Observation', 'Condition', 'Practitioner']) {
      const { body } = await bench.get(`/fhir/${type}?_count=500&_revinclude=Provenance:target`);
      const targets = new Set(
        resourcesOf(body, 'include').flatMap((one) =>
          objectsOf((one as { target: Json }).target).map((target) => textOf(target, 'reference')),
        ),
      );
      for (const one of resourcesOf(body, 'match')) expect(targets).toContain(nameOf(one));
    }
  });
});

function adminOf(bench: FhirBench): Record<string, string> {
  return { authorization: `Bearer ${bench.token('admin')}` };
}
