import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { DeliveredRecord } from '@anamnesis/bus';
import type { CodeTranslation, Json } from '@anamnesis/core';
import { Metrics, RegistrationClient } from '@anamnesis/runtime';
import fc from 'fast-check';
import { databases } from '../../../../test/databases.js';
import { FindingBook } from '../integrity/finding-book.js';
import { IntegrityAudit } from '../integrity/integrity-audit.js';
import { projectionTables, rebuildProjections } from '../project/rebuild-projections.js';
import { certifiedOf } from '../testing/chart-builder.js';
import { Laboratory, localSystem, means } from '../testing/laboratory.js';
import { QueryBench } from '../testing/query-bench.js';
import { KnownSources } from './known-sources.js';
import { Remaps } from './remaps.js';

const most = 10_000;
const glucose = means('GLU', '15074-8');

describe.each(databases)('mapping again on $name', ({ fresh }) => {
  let bench: QueryBench;
  let laboratory: Laboratory;
  let remaps: Remaps;

  beforeAll(() => {
    Logger.overrideLogger(false);
  });
  beforeEach(async () => {
    bench = await QueryBench.open(fresh);
    laboratory = new Laboratory(bench.build);
    remaps = instance();
  });
  afterEach(() => bench.close());

  const instance = () => remapsOf(bench);
  /** The laboratory's next table is announced, and all that follows from it is done. */
  const apply = async (...rows: readonly CodeTranslation[]) => {
    await remaps.take([laboratory.translate(...rows)]);
    await remaps.run(most);
  };
  const statedOf = (record: DeliveredRecord, type: string): string =>
    certifiedOf(record).event.resources.statements.find(({ resourceType }) => resourceType === type)?.id ?? '';
  const codesOf = (slot: Json | undefined) =>
    [...JSON.stringify(slot ?? '').matchAll(/"code":"([^"]+)"/g)].map(([, code]) => code);
  /** Newest first: version, codes, and the code table by which it was made again. */
  const versions = async (record: DeliveredRecord, type = 'Observation', slot = 'code') => {
    const all = await bench.history.resourceHistory({ type, id: statedOf(record, type) }, { count: 100 });
    return all.map(({ versionId, state, remapped }) =>
      [versionId, ...codesOf(state?.slots[slot]), ...(remapped ? [`table ${remapped.tableVersion}`] : [])].join(' '),
    );
  };
  const progress = async () => (await remaps.report())[0];
  const dump = () => Promise.all(projectionTables.map(async (table) => [table, await bench.rows(table)] as const));
  const entries = async (kind: string) => (await bench.rows('archive_entry')).filter((row) => row['kind'] === kind);

  it('adds a version that says what the new table says, and keeps the one before', async () => {
    const record = laboratory.sends({ controlId: 'C1' });
    await bench.deliver(record);
    await apply(glucose);
    expect(await versions(record)).toEqual(['2 GLU 15074-8 table 1', '1 GLU']);
    expect(await progress()).toMatchObject({ state: 'done', tableVersion: 1, total: 1, done: 1, changed: 1, kept: 0 });
    const { id } = certifiedOf(record).event;
    const present = await bench.history.readResource('Observation', statedOf(record, 'Observation'));
    expect(present).toMatchObject({ eventId: id, isStale: false, state: { last: { eventId: id } } });
    expect((await bench.history.eventFacts([id])).get(id)).toMatchObject({ remapped: { tableVersion: 1 } });
  });

  it('takes back what a table says no longer', async () => {
    const record = laboratory.sends({ controlId: 'C1' });
    await bench.deliver(record);
    await apply(glucose);
    await apply();
    expect(await versions(record)).toEqual(['3 GLU table 2', '2 GLU 15074-8 table 1', '1 GLU']);
  });

  it('makes no version of what says the same', async () => {
    const other = laboratory.sends({ controlId: 'C2', order: 'F-2', code: 'HB' });
    await bench.deliver(laboratory.sends({ controlId: 'C1' }), other);
    await apply(glucose);
    expect(await versions(other)).toEqual(['1 HB']);
    expect(await progress()).toMatchObject({ total: 2, done: 2, changed: 1, kept: 0 });
  });

  it('reaches what arrives later, mapped with an older table, and leaves alone what was mapped with this one', async () => {
    const before = laboratory.source;
    await apply(glucose);
    const late = laboratory.sends({ controlId: 'C1' }, before);
    const punctual = laboratory.sends({ controlId: 'C2', order: 'F-2' });
    await bench.deliver(late, punctual);
    expect(await progress()).toMatchObject({ state: 'running' });
    await remaps.run(most);
    expect(await versions(late)).toEqual(['2 GLU 15074-8 table 1', '1 GLU']);
    expect(await versions(punctual)).toEqual(['1 GLU 15074-8']);
    expect(await progress()).toMatchObject({ state: 'done', total: 1, done: 1, changed: 1 });
  });

  it('begins nothing anew when it reads the registry again, and goes on where it was', async () => {
    const records = [1, 2, 3].map((n) => laboratory.sends({ controlId: `C${n}`, order: `F-${n}` }));
    await bench.deliver(...records);
    const table = laboratory.translate(glucose);
    await remaps.take([table]);
    await remaps.run(2);
    expect(await progress()).toMatchObject({ state: 'running', total: 3, done: 2 });
    remaps = instance();
    await remaps.take([table]);
    await remaps.run(most);
    const end = await progress();
    expect(end).toMatchObject({ state: 'done', total: 3, done: 3, changed: 3 });
    await instance().take([table]);
    expect(await progress()).toEqual(end);
  });

  it('doubles nothing when two instances do it at once and one is cut short', async () => {
    const records = Array.from({ length: 30 }, (_, n) => laboratory.sends({ controlId: `C${n}`, order: `F-${n}` }));
    await bench.deliver(...records);
    const table = laboratory.translate(glucose);
    const others = [instance(), instance()];
    for (const one of others) await one.take([table]);
    const takeIn = bench.projector.takeIn.bind(bench.projector);
    bench.projector.takeIn = async (manager, some) => {
      await takeIn(manager, some);
      throw new Error('cut short');
    };
    await expect(others[0]?.run(most)).rejects.toThrow('cut short');
    bench.projector.takeIn = takeIn;
    expect(await entries('remapped')).toHaveLength(0);
    for (let round = 0; round < 5; round++) await Promise.all(others.map((one) => one.run(most)));
    expect(await entries('remapped')).toHaveLength(30);
    expect(await progress()).toMatchObject({ state: 'done', total: 30, done: 30, changed: 30 });
    for (const record of records) expect(await versions(record)).toHaveLength(2);
  });

  it('gives a person a new version when the Patient says something else', async () => {
    const record = laboratory.sends({ controlId: 'C1', marital: 'ZZ^own word^L' });
    await bench.deliver(record);
    const id = statedOf(record, 'Patient');
    expect((await bench.history.readMerged(id))?.version).toBe(1);
    const to = { system: 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus', code: 'M' };
    await apply({ system: localSystem, code: 'ZZ', to });
    expect(await versions(record, 'Patient', 'maritalStatus')).toEqual(['2 ZZ M table 1', '1 ZZ']);
    const merged = await bench.history.readMerged(id);
    expect(merged).toMatchObject({ version: 2, cause: { eventId: certifiedOf(record).event.id } });
    expect(merged?.parts[0]?.source?.versionId).toBe(2);
  });

  it('keeps as it is what its source would say otherwise now', async () => {
    const record = laboratory.sends({ controlId: 'C1' });
    await bench.deliver(record);
    laboratory.source = { ...laboratory.source, zone: 'Asia/Karachi' };
    await apply(glucose);
    expect(await versions(record)).toEqual(['1 GLU']);
    expect(await progress()).toMatchObject({ state: 'done', done: 1, changed: 0, kept: 1 });
  });

  it('is not held up by an event that the mapping itself fails on', async () => {
    const record = laboratory.sends({ controlId: 'C1' });
    await bench.deliver(record);
    await apply(null as unknown as CodeTranslation);
    expect(await versions(record)).toEqual(['1 GLU']);
    expect(await progress()).toMatchObject({ state: 'done', done: 1, kept: 1 });
  });

  it('says what a later version of the mapping says, when an operator asks', async () => {
    const record = laboratory.sends({ controlId: 'C1' });
    const { event } = certifiedOf(record);
    const statements = event.resources.statements.map(({ slots: { issued: _, ...slots }, ...one }) => ({
      ...one,
      slots,
    }));
    const resources = { ...event.resources, version: event.resources.version - 1, statements };
    await bench.deliver({ ...record, header: { ...record.header, event: { ...event, resources } } });
    await remaps.take([laboratory.source]);
    await remaps.run(most);
    expect(await remaps.report()).toEqual([]);
    await remaps.again(laboratory.source.id);
    await remaps.run(most);
    expect(await progress()).toMatchObject({ state: 'done', tableVersion: 0, done: 1, changed: 1 });
    const present = await bench.history.readResource('Observation', statedOf(record, 'Observation'));
    expect(present).toMatchObject({ versionId: 2, remapped: { mappingVersion: event.resources.version } });
    expect(present?.state?.slots['issued']).toBeDefined();
  });

  it('does everything again when an operator asks', async () => {
    await apply(glucose);
    const record = laboratory.sends({ controlId: 'C1' });
    await bench.deliver(record);
    expect(await remaps.again(laboratory.source.id)).toMatchObject({ state: 'running', tableVersion: 1, total: null });
    await remaps.run(most);
    expect(await progress()).toMatchObject({ state: 'done', total: 1, done: 1, changed: 0 });
    await expect(remaps.again('unknown')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('leaves what a rebuild makes again, row by row, and the audit finds nothing', async () => {
    const before = laboratory.source;
    const first = laboratory.sends({ controlId: 'C1', status: 'P', marital: 'ZZ^own word^L' });
    await bench.deliver(first);
    await apply(glucose, { system: localSystem, code: 'ZZ', to: { system: 'urn:test', code: 'M' } });
    await bench.deliver(laboratory.sends({ controlId: 'C2', minute: 9 }));
    await bench.deliver(laboratory.sends({ controlId: 'C3', minute: 4, status: 'C' }, before));
    await remaps.run(most);
    await apply(means('GLU', '2345-7'));
    const rows = await dump();
    const { entries: count, unreadable } = await rebuildProjections(bench.store, bench.projector, () => undefined);
    expect({ count, unreadable }).toEqual({ count: (await bench.rows('archive_entry')).length, unreadable: [] });
    expect(await dump()).toEqual(rows);
    const metrics = new Metrics();
    const { store, archive, projector, keys, content } = bench;
    const book = new FindingBook(metrics);
    const audit = new IntegrityAudit(store, archive, projector, book, new RegistrationClient(keys), metrics, content);
    expect(await audit.whole()).toBe(0);
    await store.transaction((manager) => manager.query('DELETE FROM remapped_event'));
    expect(await audit.whole()).toBeGreaterThan(0);
    const places = (await audit.report()).findings.map(({ place, fault }) => `${place} ${fault}`);
    expect(places).toContain('remapped_event missing');
  });
});

describe('mapping again', () => {
  it('ends in the same present, whenever tables and messages come', async () => {
    const message = fc.record({
      minute: fc.nat({ max: 5 }),
      code: fc.constantFrom('GLU', 'HB'),
      lag: fc.nat({ max: 2 }),
    });
    const table = fc.constantFrom<readonly CodeTranslation[]>(
      [],
      [glucose],
      [glucose, means('HB', '718-7')],
      [means('GLU', '2345-7')],
    );
    const steps = fc.array(fc.oneof(message, table, fc.constant('run' as const)), { minLength: 2, maxLength: 8 });
    await fc.assert(fc.asyncProperty(steps, expectSamePresent), { numRuns: 6 });
  });
});

type Step = 'run' | readonly CodeTranslation[] | { minute: number; code: string; lag: number };

/** A message may be mapped with a table that was replaced some time ago; in the end only the last one counts. */
async function expectSamePresent(steps: readonly Step[]): Promise<void> {
  const [stepwise, atOnce] = [await QueryBench.open(), await QueryBench.open()];
  try {
    const laboratory = new Laboratory(stepwise.build);
    const remaps = remapsOf(stepwise);
    const tables = [laboratory.source];
    const sent: { controlId: string; minute: number; code: string }[] = [];
    for (const step of steps) {
      if (step === 'run') await remaps.run(most);
      else if ('minute' in step) {
        const one = { controlId: `C${sent.length}`, minute: step.minute, code: step.code };
        sent.push(one);
        await stepwise.deliver(laboratory.sends(one, tables[Math.max(0, tables.length - 1 - step.lag)]));
      } else {
        tables.push(laboratory.translate(...step));
        await remaps.take([laboratory.source]);
      }
    }
    await remaps.run(most);
    await atOnce.deliver(...sent.map((one) => laboratory.sends(one)));
    expect(await presentOf(stepwise)).toEqual(await presentOf(atOnce));
  } finally {
    await stepwise.close();
    await atOnce.close();
  }
}

function remapsOf({ store, archive, projector, keys }: QueryBench): Remaps {
  return new Remaps(store, archive, projector, new KnownSources(), keys, new Metrics());
}

async function presentOf({ history }: QueryBench): Promise<Json> {
  const types = ['Observation', 'DiagnosticReport', 'Patient', 'ServiceRequest'];
  const { matches } = await history.search(types, { filters: [] }, { count: 100, order: 'created' });
  const states = matches.map(({ resourceType, id, state }) => [`${resourceType}/${id}`, state] as const);
  return JSON.parse(JSON.stringify(Object.fromEntries(states))) as Json;
}
