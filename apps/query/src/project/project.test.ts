import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DeliveredRecord } from '@anamnesis/bus';
import { recordKey, Unavailable } from '@anamnesis/core';
import fc from 'fast-check';
import { QueryBench } from '../testing/query-bench.js';
import { databases } from '../../../../test/databases.js';

const one = { system: 'urn:test:hospital', value: 'TEST-1' };
const two = { system: 'urn:test:clinic', value: 'TEST-2' };
const three = { system: 'urn:test:lab', value: 'TEST-3' };

describe.each(databases)('project on $name', ({ name, fresh }) => {
  let bench: QueryBench;

  beforeEach(async () => {
    bench = await QueryBench.open(fresh);
    // Whatever order they come in, they were certified in this one.
    for (const subject of [one, two, three]) bench.build.ordinal(subject);
  });
  afterEach(() => bench.close());

  const persons = async () => (await bench.rows('chart_record')).map(({ value, personId }) => [value, personId]).sort();

  it('takes a redelivered record once', async () => {
    const record = bench.build.certified({ subject: one, patient: { gender: 'female' } });
    await bench.deliver(record);
    const before = await Promise.all(projections.map((table) => bench.rows(table)));
    await bench.deliver(record, record);
    expect(await Promise.all(projections.map((table) => bench.rows(table)))).toEqual(before);
    expect(await bench.rows('archive_entry')).toHaveLength(1);
  });

  it('leaves nothing of a batch that fails, and takes it whole when it comes again', async () => {
    const record = bench.build.certified({ subject: one, patient: { gender: 'female' } });
    const { contentKeys } = bench;
    const store = contentKeys.store.bind(contentKeys);
    contentKeys.store = () => Promise.reject(new Error('crash after the writes'));
    await expect(bench.deliver(record)).rejects.toThrow('crash');
    for (const table of [...projections, 'archive_entry', 'content_key']) expect(await bench.rows(table)).toEqual([]);
    contentKeys.store = store;
    await bench.deliver(record);
    expect(await bench.rows('content_key')).toHaveLength(1);
    expect(await bench.rows('resource_version')).toHaveLength(1);
  });

  it('seals nothing under a key that went with a commit that failed', async () => {
    const records = ['A01', 'A08'].map((trigger) => bench.build.certified({ subject: one, trigger }));
    const failing = () => bench.store.transaction(() => Promise.reject(new Unavailable('store', 'no room')));
    // On SQLite they share one commit, and the second reads the key that the first has made.
    await Promise.allSettled([...records.map((record) => bench.deliver(record)), failing()]);
    await bench.deliver(...records);
    expect(await bench.rows('archive_entry')).toHaveLength(2);
    expect(await bench.rows('content_key')).toHaveLength(1);
  });

  it('shows an event as anchored in whichever order event and proof come', async () => {
    const [first, second] = ['A01', 'A08'].map((trigger) => bench.build.certified({ subject: one, trigger }));
    if (first === undefined || second === undefined) throw new Error('two events');
    const states = async () => (await bench.rows('message')).map(({ state }) => state);
    await bench.deliver(first);
    expect(await states()).toEqual(['certified']);
    await bench.deliver(bench.build.anchored('batch-1', [first, second]));
    expect(await states()).toEqual(['anchored']);
    await bench.deliver(second);
    expect(await states()).toEqual(['anchored', 'anchored']);
  });

  it('shows a refusal until the event is certified, and never after', async () => {
    const certified = bench.build.certified({ subject: one });
    const refused = (code: string) => bench.build.refused(certified, { code, reason: 'no such permission' });
    await bench.deliver(refused('type-not-permitted'));
    expect(await bench.rows('message')).toMatchObject([{ state: 'refused', code: 'type-not-permitted' }]);
    await bench.deliver(refused('unknown-source'));
    expect(await bench.rows('message')).toMatchObject([{ state: 'refused', code: 'unknown-source' }]);
    await bench.deliver(certified, refused('unknown-source'));
    expect(await bench.rows('message')).toMatchObject([{ state: 'certified', code: null, reason: null }]);
  });

  it('refuses a record that cannot be read and takes its neighbours', async () => {
    const good = bench.build.certified({ subject: one });
    const refusals = await bench.deliver({ ...good, header: { event: 'x' } }, good);
    expect(refusals.map(({ code }) => code)).toEqual(['invalid-event']);
    expect(await bench.rows('message')).toHaveLength(1);
  });

  it('appends a late statement as a stale version and the present again after it', async () => {
    const patient = (city: string) => ({ address: [{ city }] });
    await bench.deliver(bench.build.certified({ subject: one, minute: 9, patient: patient('NEWTOWN') }));
    await bench.deliver(bench.build.certified({ subject: one, minute: 1, patient: patient('OLDTOWN') }));
    const versions = await bench.rows('resource_version');
    expect(versions.map(({ versionId, isStale }) => [versionId, isStale])).toEqual([
      [1, 0],
      [2, 1],
      [3, 0],
    ]);
    const cities = (await bench.rows('resource_index')).filter(({ param }) => param === 'address-city');
    expect(cities).toMatchObject([{ system: 'NEWTOWN', value: 'newtown' }]);
    expect(await bench.rows('chart_record')).toMatchObject([{ patientVersion: 3 }]);
  });

  it.each([
    ['in order', [0, 1]],
    ['the move first', [1, 0]],
  ])('gives a visit to the patient to whom it moved: %s', async (_, order) => {
    const status = bench.build.statement('Encounter', 'V-1', { slots: { status: 'in-progress' } });
    const subject = { reference: `Patient/${bench.build.patientId(two)}` };
    const move = bench.build.statement('Encounter', 'V-1', { slots: { subject } });
    const records = [
      bench.build.certified({ subject: one, minute: 1, trigger: 'A01', statements: [status] }),
      bench.build.certified({ subject: two, minute: 2, trigger: 'A45', statements: [move] }),
    ];
    for (const at of order) await bench.deliver(...records.slice(at, at + 1));
    const [encounter, ...others] = await bench.rows('resource_current');
    expect(others).toEqual([]);
    expect(encounter).toMatchObject({ recordKey: recordKey(bench.build.deploymentKey, two) });
    expect((await bench.rows('resource_index')).filter(({ param }) => param === 'status')).toMatchObject([
      { value: 'in-progress' },
    ]);
  });

  it('keeps the id of the record certified first through link and undo, and versions every change', async () => {
    await bench.deliver(
      bench.build.certified({ subject: one, patient: { gender: 'female' } }),
      bench.build.certified({ subject: two, patient: { gender: 'female' } }),
      bench.build.assertion([two, one]),
    );
    const [first, second] = [bench.build.patientId(one), bench.build.patientId(two)];
    expect(await persons()).toEqual([
      ['TEST-1', first],
      ['TEST-2', first],
    ]);
    await bench.deliver(bench.build.certified({ subject: two, minute: 5, patient: { gender: 'male' } }));
    await bench.deliver(bench.build.assertion([two, one], { version: 2, state: 'undone' }));
    expect(await persons()).toEqual([
      ['TEST-1', first],
      ['TEST-2', second],
    ]);
    const versions = (await bench.rows('chart_person_version')).map(
      ({ personId, version, intoPersonId, parts }) =>
        [personId, version, intoPersonId, (JSON.parse(String(parts)) as unknown[]).length] as const,
    );
    expect(versions.filter(([id]) => id === first)).toEqual([
      [first, 1, null, 1],
      [first, 2, null, 2],
      [first, 3, null, 2],
      [first, 4, null, 1],
    ]);
    expect(versions.filter(([id]) => id === second)).toEqual([
      [second, 1, null, 1],
      [second, 2, first, 1],
      [second, 3, null, 1],
    ]);
  });

  it('joins a record that an assertion named before anything about it was certified', async () => {
    await bench.deliver(bench.build.certified({ subject: two, patient: {} }), bench.build.assertion([one, two]));
    const [first, second] = [bench.build.patientId(one), bench.build.patientId(two)];
    expect(await persons()).toEqual([
      ['TEST-1', second],
      ['TEST-2', second],
    ]);
    await bench.deliver(bench.build.certified({ subject: one, patient: {} }));
    expect(await persons()).toEqual([
      ['TEST-1', first],
      ['TEST-2', first],
    ]);
  });

  it('gives the same present and the same persons for every order of arrival', async () => {
    const { build } = bench;
    const encounter = (status: string, more = {}) => build.statement('Encounter', 'V1', { slots: { status }, ...more });
    const records = [
      build.certified({
        subject: one,
        minute: 1,
        trigger: 'A01',
        patient: { gender: 'female' },
        statements: [encounter('planned')],
      }),
      build.certified({
        subject: one,
        minute: 2,
        trigger: 'A03',
        patient: { birthDate: '1970-01-01' },
        statements: [encounter('finished')],
      }),
      build.certified({
        subject: one,
        minute: 3,
        trigger: 'A13',
        statements: [encounter('in-progress', { cancels: ['A03'] })],
      }),
      build.certified({ subject: two, minute: 2, patient: { gender: 'male' }, statements: [encounter('arrived')] }),
      build.certified({ subject: three, minute: 4, patient: { name: [{ family: 'EVERYWOMAN', given: ['EVE'] }] } }),
      build.assertion([one, two]),
      build.assertion([two, three]),
      build.assertion([two, three], { version: 2, state: 'undone' }),
      build.assertion([three, one], { kind: 'merge' }),
    ];
    const [certified] = records;
    if (certified === undefined) throw new Error('records');
    records.push(build.anchored('batch-1', [certified]));
    const outcome = async (order: readonly DeliveredRecord[]) => {
      const other = await QueryBench.open(fresh);
      try {
        for (const record of order) await other.deliver(record);
        return await presentOf(other);
      } finally {
        await other.close();
      }
    };
    const expected = await outcome(records);
    expect(expected.currents).toHaveLength(4);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(records, { minLength: records.length }), async (order) => {
        expect(await outcome(order)).toEqual(expected);
      }),
      { numRuns: name === 'SQLite' ? 25 : 3 },
    );
  }, 240_000);
});

export const projections = [
  'chart_record',
  'chart_person',
  'chart_person_version',
  'chart_assertion',
  'resource_version',
  'resource_current',
  'resource_index',
  'message',
  'anchored_batch',
  'anchored_leaf',
];

/** What is now, without when and in how many steps it became so. */
async function presentOf(bench: QueryBench) {
  const currents = await bench.rows('resource_current');
  return {
    currents: currents.map(({ at: _, versionId: __, createdSeq: ___, ...present }) => present),
    index: await bench.rows('resource_index'),
    records: (await bench.rows('chart_record')).map(({ patientVersion: _, facility: __, ...record }) => record),
    assertions: await bench.rows('chart_assertion'),
    messages: (await bench.rows('message')).map(({ seq: _, ...message }) => message),
  };
}
