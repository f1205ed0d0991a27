import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { QueryBench } from '../testing/query-bench.js';
import { databases } from '../../../../test/databases.js';
import { demandWhole, projectionTables, rebuildProjections } from './rebuild-projections.js';

const one = { system: 'urn:test:hospital', value: 'TEST-1' };
const two = { system: 'urn:test:clinic', value: 'TEST-2' };

describe.each(databases)('rebuild on $name', ({ fresh }) => {
  let bench: QueryBench;

  beforeEach(async () => {
    bench = await QueryBench.open(fresh);
    const { build } = bench;
    const visit = (status: string, more = {}) => [build.statement('Encounter', 'V1', { slots: { status }, ...more })];
    const said = [5, 1, 3, 9, 2].map((minute) =>
      build.certified({ subject: one, minute, patient: { gender: `g${minute}` }, statements: visit(`s${minute}`) }),
    );
    const cancelled = build.certified({
      subject: two,
      minute: 4,
      trigger: 'A11',
      statements: visit('x', { cancels: ['A08'] }),
    });
    const refused = build.refused(build.certified({ subject: two }), {
      code: 'unknown-source',
      reason: 'not enrolled',
    });
    for (const record of said) await bench.deliver(record);
    await bench.deliver(
      build.anchored('batch-1', said.slice(0, 3)),
      cancelled,
      refused,
      build.assertion([one, two]),
      build.certified({ subject: two, minute: 6, patient: { gender: 'g6' } }),
      build.assertion([one, two], { version: 2, state: 'undone' }),
    );
  });
  afterEach(() => bench.close());

  const dump = async () => {
    const versions = await bench.history.search(
      ['Patient', 'Encounter'],
      { filters: [] },
      { count: 100, order: 'created' },
    );
    const tables = await Promise.all(projectionTables.map(async (table) => [table, await bench.rows(table)] as const));
    return { tables, versions };
  };

  it('gives the same rows, ids, versions and times', async () => {
    const before = await dump();
    const steps: number[] = [];
    const { entries, missing, unreadable } = await rebuildProjections(bench.store, bench.projector, (done) =>
      steps.push(done),
    );
    expect(await dump()).toEqual(before);
    expect(entries).toBe(11);
    expect(missing).toBe(0);
    expect(unreadable).toEqual([]);
    expect(steps.at(-1)).toBe(11);
  });

  it('leaves a mark when it is cut short, and is whole when it is run again', async () => {
    const before = await dump();
    const { projector } = bench;
    const replay = projector.replay.bind(projector);
    projector.replay = () => Promise.reject(new Error('cut short'));
    await expect(rebuildProjections(bench.store, projector, () => undefined)).rejects.toThrow('cut short');
    await expect(demandWhole(bench.store.reader.manager)).rejects.toThrow('run it again');
    projector.replay = replay;
    await rebuildProjections(bench.store, projector, () => undefined);
    await expect(demandWhole(bench.store.reader.manager)).resolves.toBeUndefined();
    expect(await dump()).toEqual(before);
  });

  it('says which entries were altered or deleted and are not in the projections', async () => {
    const key = 'entryKey FROM archive_entry ORDER BY seq LIMIT 1';
    const [entry] = await bench.store.reader.manager.query<readonly { entryKey: string }[]>(`SELECT ${key}`);
    const altered = 'UPDATE archive_entry SET sealed = ? WHERE entryKey = ?';
    await bench.store.transaction((manager) => manager.query(altered, [Buffer.alloc(40, 1), entry?.entryKey]));
    const { unreadable } = await rebuildProjections(bench.store, bench.projector, () => undefined);
    expect(unreadable).toEqual([entry?.entryKey]);
    await bench.store.transaction((manager) => manager.query('DELETE FROM archive_entry WHERE seq = 2'));
    expect(await rebuildProjections(bench.store, bench.projector, () => undefined)).toMatchObject({ missing: 1 });
  });
});
