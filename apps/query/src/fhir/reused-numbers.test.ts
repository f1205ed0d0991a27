import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Json, resourceId } from '@anamnesis/core';
import { parseMessage } from '@anamnesis/hl7v2';
import type { ChartBuilder } from '../testing/chart-builder.js';
import { textOf } from './fhir-json.js';
import { FhirBench, resourcesOf, until } from './testing/fhir-bench.js';
import { mappedRecords } from './testing/mapped-records.js';

const system = 'urn:anamnesis:authority:HYD';
const [eve, adam] = [
  { system, value: 'H-1' },
  { system, value: 'H-2' },
];

describe('a filler number that a laboratory uses for two patients', () => {
  let bench: FhirBench;
  let build: ChartBuilder;

  const reports = (number: string, minute: number, [value, status = 'F']: readonly [string, string?]) => {
    const lines = [
      `MSH|^~\\&|LIS|HYD|||20260306${String(10 + minute)}0000||ORU^R01^ORU_R01|${number}-${minute}|P|2.5.1`,
      `PID|1||${number}^^^HYD^MR`,
      `OBR|1|P-7|F-7|1554-5^GLUCOSE^LN||||||||||||||||||||CH|F`,
      `OBX|1|NM|1554-5^GLUCOSE^LN||${value}|mg/dL|||||${status}`,
    ];
    const name = `${number}-${minute}`;
    return mappedRecords(build, parseMessage(Buffer.from(lines.join('\r'))), { minute, name });
  };
  const found = async (query: string) =>
    resourcesOf((await bench.get(`/fhir/${query}`)).body, 'match') as readonly (Record<string, Json> & {
      id: string;
    })[];
  const values = async (number: string) =>
    (await found(`Observation?patient.identifier=${number}`)).map(({ valueQuantity, status }) => [
      (valueQuantity as { value?: number } | undefined)?.value,
      status,
    ]);
  const merge = (version = 1) => {
    const state = version === 1 ? ('in-force' as const) : ('undone' as const);
    return build.assertion([eve, adam], { kind: 'merge', version, state });
  };

  beforeAll(async () => {
    bench = await FhirBench.open();
    build = bench.builder();
    await bench.deliver(...reports('H-1', 1, ['182']), ...reports('H-2', 2, ['95']));
    await until(async () => (await found('Observation')).length === 2);
  });
  afterAll(() => bench.close());

  it('is a result of each, with its own report and order', async () => {
    expect(await values('H-1')).toEqual([[182, 'final']]);
    expect(await values('H-2')).toEqual([[95, 'final']]);
    for (const number of ['H-1', 'H-2']) {
      const [report, ...others] = await found(`DiagnosticReport?patient.identifier=${number}`);
      expect(others).toEqual([]);
      const [result] = await found(`Observation?patient.identifier=${number}`);
      expect(report).toMatchObject({ result: [{ reference: `Observation/${result?.id ?? ''}` }] });
      const [order] = await found(`ServiceRequest?patient.identifier=${number}`);
      const reports = await found(`DiagnosticReport?based-on=ServiceRequest/${order?.id ?? ''}&_include=*`);
      expect(reports.map(({ id }) => id)).toEqual([report?.id]);
    }
  });

  it('is withdrawn from one and stands for the other', async () => {
    await bench.deliver(...reports('H-1', 3, ['', 'W']));
    await until(async () => (await values('H-1'))[0]?.[1] === 'entered-in-error');
    expect(await values('H-2')).toEqual([[95, 'final']]);
  });

  it('is one result while they are one person, under either id, and two again after an undo', async () => {
    const [other] = await found('Observation?patient.identifier=H-2');
    await bench.deliver(merge());
    await until(async () => (await found('Observation')).length === 1);
    const [all] = await found('Observation?patient.identifier=H-1');
    expect((await bench.get(`/fhir/Observation/${other?.id ?? ''}`)).body).toEqual(all);
    const provenance = await found(`Provenance?target=Observation/${other?.id ?? ''}`);
    expect(provenance).toHaveLength(3);
    await bench.deliver(merge(2));
    await until(async () => (await found('Observation')).length === 2);
    expect(await values('H-2')).toEqual([[95, 'final']]);
    expect((await bench.get(`/fhir/Observation/${other?.id ?? ''}`)).body).toMatchObject({
      valueQuantity: { value: 95 },
    });
  });

  it('keeps the id that the number gives to the patient who had it first', async () => {
    const key = JSON.stringify(['HYD', 'F-7', '1554-5']);
    const [first] = await found('DiagnosticReport?patient.identifier=H-1');
    const id = resourceId(build.deploymentKey, 'DiagnosticReport', 'urn:anamnesis:facility:HYD:OBR-3', key);
    expect(textOf(first ?? null, 'id')).toBe(id);
  });
});
