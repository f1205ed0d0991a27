import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { letterRecord } from '../testing/letter-record.js';
import { QueryBench } from '../testing/query-bench.js';
import { databases } from '../../../../test/databases.js';
import { SweepContent } from './sweep-content.js';
import { TestHistory } from './test-history.js';

const subject = { system: 'urn:test:hospital', value: 'TEST-1' };
const source = { facility: 'TEST-HOSPITAL', application: 'TEST-ADT' };
const weekMs = 7 * 24 * 60 * 60 * 1000;

describe.each(databases)('documents of purged test messages, on $name', ({ fresh }) => {
  let bench: QueryBench;
  let content: SweepContent;

  beforeEach(async () => {
    bench = await QueryBench.open(fresh);
    content = new SweepContent(bench.store, bench.archive, bench.contentStore);
  });
  afterEach(() => bench.close());

  const letter = async (text: string) => {
    const { build, contentStore } = bench;
    return (await letterRecord({ build, content: contentStore, subject, document: Buffer.from(text) })).record;
  };
  const put = (text: string) => {
    const digest = digestOf(text);
    return bench.contentStore.put({ digest, sizeBytes: text.length, pieces: () => [Buffer.from(text)] });
  };
  const purge = () => {
    const tests = new TestHistory(bench.store, bench.archive, bench.keys, content);
    return tests.purge({ ...source, until: '2999-01-01T00:00:00.000Z' });
  };
  /** All pages, as they are read when so much time has gone by. */
  const sweepAfter = async (ms: number) => {
    let removed = 0;
    for (let page = 0; page < 3; page++) removed += await content.sweep(Date.now() + ms);
    return removed;
  };
  const isThere = (text: string) =>
    bench.contentStore.check(digestOf(text)).then(
      () => true,
      () => false,
    );

  it('are removed once nothing that was put with them can still be on its way', async () => {
    await bench.deliver(bench.build.tested(await letter('one')), bench.build.tested(await letter('two')));
    expect(await purge()).toBe(2);
    expect([await content.isDue(), await content.isDue(Date.now() + weekMs + 60_000)]).toEqual([false, true]);
    expect([await sweepAfter(weekMs - 60_000), await isThere('one')]).toEqual([0, true]);
    expect([await sweepAfter(weekMs + 60_000), await isThere('one'), await isThere('two')]).toEqual([2, false, false]);
    expect(await bench.rows('purged_content')).toEqual([]);
  });

  it('stay where another message has them: of a patient, of another test, refused', async () => {
    const refused = bench.build.refused(await letter('refused'), { code: 'unknown-source', reason: 'why' });
    for (const text of ['patient', 'test', 'refused', 'alone'])
      await bench.deliver(bench.build.tested(await letter(text)));
    await purge();
    await bench.deliver(await letter('patient'), bench.build.tested(await letter('test')), refused);
    expect(await sweepAfter(weekMs + 60_000)).toBe(1);
    expect(await Promise.all(['patient', 'test', 'refused', 'alone'].map(isThere))).toEqual([true, true, true, false]);
  });

  it('stay while somebody has just put them, and are looked for again when that is settled', async () => {
    await bench.deliver(bench.build.tested(await letter('again')));
    await purge();
    const age = "UPDATE purged_content SET purgedAt = '2000-01-01T00:00:00.000Z'";
    await bench.store.transaction((manager) => manager.query(age));
    const onItsWay = await letter('again');
    expect([await sweepAfter(0), await isThere('again')]).toEqual([0, true]);
    expect(await bench.rows('purged_content')).toHaveLength(1);
    await bench.deliver(onItsWay);
    expect([await sweepAfter(weekMs + 60_000), await isThere('again')]).toEqual([0, true]);
    expect(await bench.rows('purged_content')).toEqual([]);
  });

  it('are written anew by whoever puts them after they were removed', async () => {
    await bench.deliver(bench.build.tested(await letter('anew')));
    await purge();
    expect(await sweepAfter(weekMs + 60_000)).toBe(1);
    await put('anew');
    expect(await isThere('anew')).toBe(true);
  });
});

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
