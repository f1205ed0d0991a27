import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DeliveredRecord } from '@anamnesis/bus';
import type { Statement } from '@anamnesis/core';
import { assemble } from '@anamnesis/fhir';
import { Metrics, RegistrationClient } from '@anamnesis/runtime';
import fc from 'fast-check';
import { databases } from '../../../../test/databases.js';
import { FindingBook } from '../integrity/finding-book.js';
import { IntegrityAudit } from '../integrity/integrity-audit.js';
import { certifiedOf } from '../testing/chart-builder.js';
import { QueryBench } from '../testing/query-bench.js';
import { remappedKey } from './judge-facts.js';
import { resourceName } from './resource-fold.js';
import { projectionTables, rebuildProjections } from './rebuild-projections.js';

/** What one message says of the relatives of a patient. */
interface Told {
  readonly source?: string;
  /** Those that it names. */
  readonly names: readonly string[];
  /** `list`: they are all there are. `item`: said without a list (an order). `other`: said by another segment. */
  readonly as?: 'list' | 'item' | 'other';
}

const relatives = ['ADAM', 'BEA', 'CARL'];

describe.each(databases)('what a patient has by lists, on $name', ({ fresh }) => {
  let bench: QueryBench;
  beforeEach(async () => {
    bench = await QueryBench.open(fresh);
  });
  afterEach(() => bench.close());

  const patient = (value: string) => ({ system: 'urn:test:hospital', value });
  const idOf = (who: string, name: string) => bench.build.statement('RelatedPerson', `${who} ${name}`).id;

  /** The message that a source sends of a patient at a minute. */
  const tells = (who: string, minute: number, { source = 'A', names, as = 'list' }: Told): DeliveredRecord => {
    const patientId = bench.build.patientId(patient(who));
    const list = { name: `${source}:NK1`, resourceType: 'RelatedPerson' };
    const ended = { active: false };
    const ids = names.map((name) => idOf(who, name));
    const own: Statement = {
      ...bench.build.statement('Patient', ''),
      id: patientId,
      slots: { gender: 'female' },
      ...(as !== 'other' && { lists: [{ ...list, ids, ...(as === 'list' && { ended }) }] }),
    };
    const persons = ids.map((id, at) => ({
      ...bench.build.statement('RelatedPerson', '', { slots: { name: [{ family: names[at] ?? '' }] } }),
      ...{ id, removed: ['active'] },
      ...(as !== 'other' && { listed: { name: list.name, patientId } }),
    }));
    return bench.build.certified({ subject: patient(who), minute, facility: source, statements: [own, ...persons] });
  };
  const present = (who: string, name: string) => bench.history.readResource('RelatedPerson', idOf(who, name));
  /** Of each relative, whether they are one now and since which minute. */
  const shown = async (who: string) =>
    Promise.all(
      relatives.map(async (name) => {
        const state = (await present(who, name))?.state;
        return state && { isOne: state.slots['active'] ?? true, claims: state.claims, since: state.last.statedAt };
      }),
    );
  /** Those that are a relative now, of those that ever were. */
  const standing = async (who: string) => (await shown(who)).map((one) => one?.isOne);
  const dump = () => Promise.all(projectionTables.map((table) => bench.rows(table)));
  const findings = () => {
    const { store, archive, projector, keys, content } = bench;
    const [metrics, registration] = [new Metrics(), new RegistrationClient(keys)];
    const book = new FindingBook(metrics);
    return new IntegrityAudit(store, archive, projector, book, registration, metrics, content).whole();
  };

  it('ends with the list that leaves it out, as a version of that message, and is back when it is listed again', async () => {
    const lists = [['ADAM', 'BEA'], ['ADAM'], ['ADAM'], ['BEA']].map((names, minute) => tells('T', minute, { names }));
    for (const list of lists) await bench.deliver(list);
    const reference = { type: 'RelatedPerson', id: idOf('T', 'BEA') };
    const versions = await bench.history.resourceHistory(reference, { count: 10 });
    const told = versions.map(({ id, eventId, state }) => [
      state && assemble('RelatedPerson', id, state.slots)['active'],
      lists.findIndex((list) => certifiedOf(list).event.id === eventId),
    ]);
    expect(told).toEqual([
      [undefined, 3],
      [false, 1],
      [undefined, 0],
    ]);
    expect((await present('T', 'ADAM'))?.state?.slots).toMatchObject({ active: false });
  });

  it('is not ended by a late list that was sent before it', async () => {
    await bench.deliver(tells('T', 5, { names: ['BEA'] }));
    await bench.deliver(tells('T', 3, { names: ['ADAM'] }));
    expect(await standing('T')).toEqual([false, true, undefined]);
    expect((await present('T', 'ADAM'))?.state?.last).toMatchObject({ statedAt: bench.build.at(5) });
  });

  it('is ended by an empty list, and not by a message that names none of a list', async () => {
    await bench.deliver(tells('T', 1, { names: ['ADAM'] }), tells('T', 2, { names: [], as: 'item' }));
    expect(await standing('T')).toEqual([true, undefined, undefined]);
    await bench.deliver(tells('T', 3, { names: [] }));
    expect(await standing('T')).toEqual([false, undefined, undefined]);
  });

  it('stays while another source lists it, or another segment tells of it', async () => {
    await bench.deliver(tells('T', 1, { names: ['ADAM', 'BEA'] }), tells('T', 2, { source: 'B', names: ['ADAM'] }));
    await bench.deliver(tells('T', 3, { names: ['BEA'], as: 'other' }), tells('T', 4, { names: ['CARL'] }));
    expect(await standing('T')).toEqual([true, true, true]);
    await bench.deliver(tells('T', 5, { source: 'B', names: ['CARL'] }));
    expect(await standing('T')).toEqual([false, true, true]);
  });

  it('is as its lists have it after what another segment says of it was mapped again', async () => {
    const other = tells('T', 2, { names: ['ADAM'], as: 'other' });
    await bench.deliver(tells('T', 1, { names: ['ADAM'] }), other, tells('T', 3, { names: ['BEA'] }));
    const { event, certification } = certifiedOf(other);
    const statements = event.resources.statements.map((one) => ({ ...one, slots: { ...one.slots, gender: 'male' } }));
    await bench.projector.take([
      {
        kind: 'remapped',
        entryKey: remappedKey(event.id, { mappingVersion: 1, tableVersion: 1 }),
        recordKey: certification.recordKey,
        header: {
          event: { ...event, resources: { ...event.resources, statements, tableVersion: 1 } },
          certification: { recordKey: certification.recordKey },
          changed: [`RelatedPerson/${idOf('T', 'ADAM')}`],
        },
        raw: new Uint8Array(0),
      },
    ]);
    expect((await present('T', 'ADAM'))?.state).toMatchObject({ slots: { gender: 'male' }, claims: [''] });
    expect(await findings()).toBe(0);
  });

  it.each([
    ['first message first', [0, 1]],
    ['last message first', [1, 0]],
  ])('is ended by what came before lists were read, once that is mapped again: %s', async (_, order) => {
    const records = [['ADAM', 'BEA'], ['ADAM']].map((names, minute) => tells('T', minute, { names }));
    const older = records.map((record) => {
      const { event } = certifiedOf(record);
      const statements = event.resources.statements.map(({ lists: _lists, listed: _listed, ...one }) => one);
      const resources = { ...event.resources, version: 0, statements };
      return { ...record, header: { ...record.header, event: { ...event, resources } } };
    });
    await bench.deliver(...older);
    expect(await standing('T')).toEqual([true, true, undefined]);
    for (const at of order) {
      const again = records
        .slice(at, at + 1)
        .map(certifiedOf)
        .map(({ event, certification: { recordKey } }) => ({
          kind: 'remapped' as const,
          entryKey: remappedKey(event.id, { mappingVersion: 1, tableVersion: 0 }),
          recordKey,
          header: { event, certification: { recordKey }, changed: event.resources.statements.map(resourceName) },
          raw: new Uint8Array(0),
        }));
      await bench.projector.take(again);
    }
    expect(await standing('T')).toEqual([true, false, undefined]);
    expect(await findings()).toBe(0);
    const before = await dump();
    await rebuildProjections(bench.store, bench.projector, () => undefined);
    expect(await dump()).toEqual(before);
  });

  it('is the same in every order of arrival, however it is cut, and agrees with the archive and its rebuild', async () => {
    const told = fc.record({
      source: fc.constantFrom('A', 'B'),
      names: fc.subarray(relatives),
      as: fc.constantFrom('list' as const, 'list' as const, 'item' as const, 'other' as const),
    });
    const order = (length: number) =>
      fc.shuffledSubarray([...Array(length).keys()], { minLength: length, maxLength: length });
    const story = fc
      .array(told, { minLength: 2, maxLength: 6 })
      .chain((tellings) => fc.tuple(fc.constant(tellings), order(tellings.length), fc.integer({ min: 1, max: 3 })));
    let count = 0;
    await fc.assert(
      fc.asyncProperty(story, async ([tellings, arrival, cut]) => {
        const [whole, shuffled] = [`W${count}`, `S${count}`];
        count += 1;
        await bench.deliver(...tellings.map((one, minute) => tells(whole, minute, one)));
        const late = arrival.flatMap((minute) => {
          const one = tellings[minute];
          return one === undefined ? [] : [tells(shuffled, minute, one)];
        });
        for (let at = 0; at < late.length; at += cut) await bench.deliver(...late.slice(at, at + cut));
        expect(await shown(shuffled)).toEqual(await shown(whole));
      }),
      { numRuns: 12 },
    );
    expect(await findings()).toBe(0);
    const before = await dump();
    await rebuildProjections(bench.store, bench.projector, () => undefined);
    expect(await dump()).toEqual(before);
  });
});
