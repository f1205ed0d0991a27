import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Json } from '@anamnesis/core';
import { objectsOf, textOf } from './fhir-json.js';
import { FhirBench, resourcesOf } from './testing/fhir-bench.js';
import { goldenRecords } from './testing/golden-records.js';

/** Problems, goals, accounts, charges, staff and places, as their messages say them. */
describe('what administrative messages say', () => {
  let bench: FhirBench;

  const found = async (query: string): Promise<readonly Json[]> => {
    const { status, body } = await bench.get(`/fhir/${query}`, { prefer: 'handling=strict' });
    expect(status).toBe(200);
    return resourcesOf(body, 'match');
  };
  const numbersOf = (resources: readonly Json[]) =>
    resources.map((one) => textOf(objectsOf((one as { identifier: Json }).identifier)[0], 'value'));
  const idOf = async (query: string) => textOf((await found(query))[0], 'id') ?? '';

  beforeAll(async () => {
    bench = await FhirBench.open();
    const names = ['adt-a20', 'adt-a41', 'adt-a42', 'bar-p01', 'dft', 'mfn', 'ppr', 'ref'];
    await bench.deliver(...(await goldenRecords(bench.builder(), names)));
  });
  afterAll(() => bench.close());

  it.each([
    ['Goal?lifecycle-status=active', ['GOL-1']],
    ['Goal?start-date=2026-03-06', ['GOL-1']],
    ['Goal?target-date=ge2026-06-01', ['GOL-1']],
    ['Goal?target-date=ge2026-07-01', []],
    ['Goal?subject.identifier=MR-1001', ['GOL-1']],
    ['Goal?achievement-status=improving', []],
    ['Condition?category=problem-list-item&verification-status=confirmed', ['PRB-1']],
    ['ChargeItem?code=71045', ['T-1']],
    ['ChargeItem?occurrence=2026-03-02&code=71045', ['T-1']],
    ['ChargeItem?entered-date=2026-03-03', ['T-1']],
    ['ChargeItem?subject.identifier=MR-1001&code=71045', ['T-1']],
    ['Account?identifier=ACC-70&status=unknown', ['ACC-78', 'ACC-70']],
    ['Account?period=2026-03-01', []],
    ['Account?period=ge2026-03-01', ['ACC-77']],
    ['Practitioner?identifier=D-2', ['D-2']],
    ['Practitioner?active=false', ['D-2']],
    ['Location?operational-status=K', ['B2^3^W1^101^A']],
    ['Location?status=inactive', ['^^W9^^']],
    ['Location?identifier=B2%5E3%5EW1%5E101%5EA', ['B2^3^W1^101^A']],
    ['ServiceRequest?status=active&category=3457005', ['R-1']],
  ])('is found by %s', async (query, expected) => {
    expect(numbersOf(await found(query))).toEqual(expected);
  });

  it('leads from a charge to its account', async () => {
    const account = await idOf('Account?identifier=ACC-77');
    expect(await found(`ChargeItem?account=${account}`)).toHaveLength(2);
    expect(await found(`Encounter?account=${account}`)).toEqual([]);
  });
});
