import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Json, type NumberedKind, numberedId, type RecordKey } from '@anamnesis/core';
import { parseMessage } from '@anamnesis/hl7v2';
import type { ChartBuilder } from '../testing/chart-builder.js';
import { objectsOf, textOf } from './fhir-json.js';
import { FhirBench, resourcesOf, until } from './testing/fhir-bench.js';
import { fhirProblems } from './testing/fhir-validators.conformance.js';
import { mappedRecords } from './testing/mapped-records.js';

const system = 'urn:anamnesis:authority:MPK';

/** Messages of MPK about MR-1001, a minute apart. */
const messages: readonly (readonly [name: string, type: string, ...segments: string[]])[] = [
  ['admit', 'ADT^A01^ADT_A01', 'PV1|1|I|W1||||||||||||||||V-1^^^MPK'],
  ['twice', 'ADT^A01^ADT_A01', 'PV1|1|I|W2||||||||||||||||V-2^^^MPK'],
  ['result', 'ORU^R01^ORU_R01', 'PV1|1|I|||||||||||||||||V-2^^^MPK', 'OBR|1||F-1|GLU', 'OBX|1|NM|GLU||5||||||F'],
  ['account', 'BAR^P01^BAR_P01'],
  ['accounts', 'ADT^A41^ADT_A39', 'MRG|MR-1001^^^MPK^MR||ACC-2'],
  ['merge', 'ADT^A42^ADT_A39', 'MRG|MR-1001^^^MPK^MR||||V-2^^^MPK', 'PV1|1|I|||||||||||||||||V-1^^^MPK'],
  ['late', 'ADT^A02^ADT_A02', 'PV1|1|I|W9||||||||||||||||V-2^^^MPK'],
];

describe('visits and accounts that became one', () => {
  let bench: FhirBench;
  let build: ChartBuilder;

  const idOf = (kind: NumberedKind, value: string) => {
    const number = {
      system: kind === 'visit' ? system : 'urn:anamnesis:facility:MPK:PID-18',
      value,
      isUniversal: false,
    };
    return numberedId(build.deploymentKey, { kind, facility: 'MPK', number });
  };
  const merged = (kind: NumberedKind, [survivor, retired]: [string, string], version = 1) => {
    const reference = (value: string) => ({ recordKey: idOf(kind, value) as RecordKey, system, value });
    const [first, second] = [reference(survivor), reference(retired)];
    const state = version === 1 ? ('in-force' as const) : ('undone' as const);
    return build.assertion([first, second], { kind, first, second, version, state });
  };
  const get = async (path: string): Promise<Json> => (await bench.get(`/fhir/${path}`)).body;
  const found = async (query: string) => resourcesOf(await get(query), 'match');
  const ids = async (query: string) => (await found(query)).map((one) => textOf(one, 'id'));
  const versionOf = async (id: string) => textOf(((await get(`Encounter/${id}`)) as { meta: Json }).meta, 'versionId');

  beforeAll(async () => {
    bench = await FhirBench.open();
    build = bench.builder();
    const records = messages.map(([name, type, ...segments], minute) => {
      const header = `MSH|^~\\&|PAS|MPK|||2026030608${String(10 + minute)}00||${type}|${name}|P|2.5.1`;
      const account = name === 'account' ? 'ACC-2' : name === 'accounts' ? 'ACC-1' : '';
      const pid = `PID|1||MR-1001^^^MPK^MR||EVERYWOMAN^EVE|||||||||||||${account}`;
      return mappedRecords(build, parseMessage(Buffer.from([header, pid, ...segments].join('\r'))), { minute, name });
    });
    await bench.deliver(...records.flat(), merged('visit', ['V-1', 'V-2']), merged('account', ['ACC-1', 'ACC-2']));
    await until(async () => [...(await ids('Account')), ...(await ids('Encounter'))].length === 2);
  });
  afterAll(() => bench.close());

  it('are one Encounter, which went where the late message with the old number said', async () => {
    const [right, old] = [idOf('visit', 'V-1'), idOf('visit', 'V-2')];
    const [encounter, ...others] = await found('Encounter');
    expect(others).toEqual([]);
    expect(encounter).toMatchObject({
      id: right,
      identifier: [{ value: 'V-1' }, { value: 'V-2', use: 'old' }],
      location: [
        { location: { display: 'W1' }, status: 'completed' },
        { location: { display: 'W2' }, status: 'completed' },
        { location: { display: 'W9' }, status: 'active' },
      ],
    });
    expect(fhirProblems(encounter as Json)).toEqual([]);
    expect(await get(`Encounter/${old}`)).toEqual(encounter);
    for (const query of ['identifier=V-1', 'identifier=V-2', `_id=${old}`])
      expect(await ids(`Encounter?${query}`)).toEqual([right]);
  });

  it('are named by what refers to the old one, which keeps the number that was sent', async () => {
    const [right, old] = [idOf('visit', 'V-1'), idOf('visit', 'V-2')];
    const encounter = { reference: `Encounter/${right}`, identifier: { system, value: 'V-2' } };
    for (const visit of [right, old])
      expect(await found(`Observation?encounter=${visit}`)).toMatchObject([{ encounter }]);
    const all = resourcesOf(await get('Observation?_include=Observation:encounter'), 'include');
    expect(all.map((one) => textOf(one, 'id'))).toEqual([right]);
    expect(await ids('Account?identifier=ACC-2')).toEqual([idOf('account', 'ACC-1')]);
  });

  it('say in their history which message sent which number', async () => {
    const right = idOf('visit', 'V-1');
    const versions = resourcesOf(await get(`Encounter/${right}/_history`));
    expect(versions.length).toBeGreaterThan(2);
    const provenance = await found(`Provenance?target=Encounter/${right}`);
    const targets = provenance.map((one) => {
      const { entity, target } = one as { entity: Json; target: Json };
      const what = (objectsOf(entity)[0] as { what: Json }).what;
      const visit = objectsOf(target).find(({ reference }) => reference === `Encounter/${right}`);
      return [textOf(what, 'display'), textOf((visit as { identifier?: Json }).identifier ?? null, 'value') ?? 'V-1'];
    });
    expect(new Map(targets as [string, string][])).toEqual(
      new Map([
        ['message admit-0', 'V-1'],
        ['message twice-0', 'V-2'],
        ['message result-0', 'V-2'],
        ['message merge-0', 'V-2'],
        ['message late-0', 'V-2'],
      ]),
    );
  });

  it('are two again after an undo, each with what its own messages said', async () => {
    const [right, old] = [idOf('visit', 'V-1'), idOf('visit', 'V-2')];
    const before = await versionOf(right);
    await bench.deliver(merged('visit', ['V-1', 'V-2'], 2));
    await until(async () => (await versionOf(right)) !== before);
    expect((await ids('Encounter')).sort()).toEqual([right, old].sort());
    expect(await get(`Encounter/${old}`)).toMatchObject({ id: old, identifier: [{ value: 'V-2' }] });
    expect(await ids(`Observation?encounter=${old}`)).toHaveLength(1);
    expect(await ids(`Observation?encounter=${right}`)).toEqual([]);
  });
});
