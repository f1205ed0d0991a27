import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { certifiedOf } from '../testing/chart-builder.js';
import { QueryBench } from '../testing/query-bench.js';
import { databases } from '../../../../test/databases.js';
import type { Page, PagePosition, SearchFilter } from './history-types.js';

const one = { system: 'urn:test:hospital', value: 'TEST-1' };
const two = { system: 'urn:test:clinic', value: 'TEST-2' };
const eve = { name: [{ family: 'EVERYWOMAN', given: ['EVE'] }], birthDate: '1970-02-03', gender: 'female' };

describe.each(databases)('history on $name', ({ fresh }) => {
  let bench: QueryBench;

  beforeEach(async () => {
    bench = await QueryBench.open(fresh);
  });
  afterEach(() => bench.close());

  const recordKeysOf = async (subject: typeof one) => {
    const person = await bench.history.resolvePatient(bench.build.patientId(subject));
    return person?.records.map(({ recordKey }) => recordKey) ?? [];
  };
  const glucose = (order: string, value: string, minute: number) =>
    bench.build.certified({
      subject: one,
      minute,
      statements: [
        bench.build.statement('Observation', order, {
          slots: {
            status: 'final',
            code: { coding: [{ system: 'http://loinc.org', code: '2345-7' }] },
            'effective[x]': { effectiveDateTime: bench.build.at(minute) },
            'value[x]': { valueQuantity: { value: { $decimal: value }, unit: 'mg/dL', code: 'mg/dL' } },
            encounter: { reference: 'Encounter/visit' },
          },
        }),
      ],
    });

  it('resolves every id of a person, retired ones too, as soon as it is linked and after the undo', async () => {
    await bench.deliver(
      bench.build.certified({ subject: one, patient: eve }),
      bench.build.certified({ subject: two, patient: { gender: 'other' } }),
    );
    const [first, second] = [bench.build.patientId(one), bench.build.patientId(two)];
    const merge = { kind: 'merge' as const };
    await bench.deliver(bench.build.assertion([one, two], merge));
    expect(await bench.history.resolvePatient(second)).toMatchObject({
      personId: first,
      records: [{ value: 'TEST-1', ordinal: 1 }, { value: 'TEST-2' }],
    });
    expect(await bench.history.readMerged(first)).toMatchObject({
      version: 2,
      cause: { assertionId: 'assertion-TEST-1-TEST-2' },
      parts: [
        { isAliased: false, source: { state: { slots: eve } } },
        { isAliased: true, source: { state: { slots: { gender: 'other' } } } },
      ],
      edges: [{ kind: 'merge' }],
    });
    expect(await bench.history.readMerged(second)).toMatchObject({ version: 2, intoPersonId: first });
    await bench.deliver(bench.build.assertion([one, two], { ...merge, version: 2, state: 'undone' }));
    expect((await bench.history.resolvePatient(second))?.personId).toBe(second);
    expect((await bench.history.mergedHistory(first, { count: 10 })).map(({ parts }) => parts.length)).toEqual([
      1, 2, 1,
    ]);
    expect((await bench.history.readMerged(first, 2))?.parts).toHaveLength(2);
    expect(await bench.history.resolvePatient('nobody')).toBeUndefined();
  });

  it('finds persons by what any of their records says', async () => {
    await bench.deliver(
      bench.build.certified({
        subject: one,
        patient: { ...eve, identifier: [{ system: one.system, value: 'TEST-1' }] },
      }),
      bench.build.certified({ subject: two, patient: { telecom: [{ system: 'phone', value: '555 0100' }] } }),
      bench.build.assertion([one, two]),
    );
    const found = async (...filters: SearchFilter[]) => {
      const { matches } = await bench.history.searchPersons({ filters }, { count: 10, order: '-created' });
      expect(await bench.history.countPersons({ filters })).toBe(matches.length);
      return matches.map(({ personId }) => personId);
    };
    const both = [bench.build.patientId(one)];
    const family = (match: 'starts' | 'exact' | 'contains', text: string): SearchFilter => ({
      kind: 'string',
      param: 'family',
      match,
      anyOf: [text],
    });
    const token = (param: string, value: { system?: string; value?: string }, isNot = false): SearchFilter => ({
      kind: 'token',
      param,
      anyOf: [value],
      isNot,
    });
    expect(await found(family('starts', 'évery'), token('telecom', { value: '555 0100' }))).toEqual(both);
    expect(await found(family('contains', 'WOMAN'))).toEqual(both);
    expect(await found(family('contains', 'W%N'))).toEqual([]);
    expect(await found(family('exact', 'Everywoman'))).toEqual([]);
    expect(await found(family('exact', 'EVERYWOMAN'))).toEqual(both);
    expect(await found(token('identifier', { value: 'TEST-1' }))).toEqual(both);
    expect(await found(token('identifier', { system: 'urn:other', value: 'TEST-1' }))).toEqual([]);
    expect(await found(token('gender', { value: 'female' }, true))).toEqual([]);
    const born = (prefix: 'eq' | 'lt') => ({
      prefix,
      from: '1970-01-01T00:00:00.000Z',
      until: '1970-12-31T23:59:59.999Z',
    });
    expect(await found({ kind: 'date', param: 'birthdate', anyOf: [born('eq')] })).toEqual(both);
    expect(await found({ kind: 'date', param: 'birthdate', anyOf: [born('lt')] })).toEqual([]);
  });

  it('finds resources by code, reference, date and amount, in clinical order', async () => {
    await bench.deliver(...[3, 1, 2].map((minute) => glucose(`O${minute}`, `${90 + minute}.50`, minute)));
    const recordKeys = await recordKeysOf(one);
    const found = async (...filters: SearchFilter[]) => {
      const page: Page = { count: 10, order: '-happened' };
      const { matches } = await bench.history.search(['Observation'], { recordKeys, filters }, page);
      return matches.map(
        ({ state }) =>
          (state?.slots['value[x]'] as { valueQuantity: { value: { $decimal: string } } }).valueQuantity.value.$decimal,
      );
    };
    expect(await found()).toEqual(['93.50', '92.50', '91.50']);
    expect(
      await found({ kind: 'token', param: 'code', anyOf: [{ system: 'http://loinc.org', value: '2345-7' }] }),
    ).toHaveLength(3);
    expect(await found({ kind: 'token', param: 'code', anyOf: [{ system: 'urn:other', value: '2345-7' }] })).toEqual(
      [],
    );
    expect(await found({ kind: 'token', param: 'encounter', anyOf: [{ value: 'Encounter/visit' }] })).toHaveLength(3);
    const above = { prefix: 'gt' as const, low: 92.5, high: 92.5 };
    expect(await found({ kind: 'quantity', param: 'value-quantity', anyOf: [above] })).toEqual(['93.50']);
    expect(await bench.history.count(['Observation'], { recordKeys: [], filters: [] })).toBe(0);
  });

  it('neither repeats nor skips a resource while others arrive and change between two pages', async () => {
    const records = Array.from({ length: 7 }, (_, index) => glucose(`O${index}`, '90', index));
    await bench.deliver(...records);
    const recordKeys = await recordKeysOf(one);
    const seen: string[] = [];
    let after: PagePosition | undefined;
    do {
      const page: Page = { count: 3, order: '-created', ...(after !== undefined && { after }) };
      const { matches, next } = await bench.history.search(['Observation'], { recordKeys, filters: [] }, page);
      seen.push(...matches.map(({ id }) => id));
      after = next;
      await bench.deliver(glucose(`N${seen.length}`, '91', 30), glucose('O0', '92', 40 + seen.length));
    } while (after !== undefined);
    const expected = records.map((record) => certifiedOf(record).event.resources.statements[0]?.id);
    expect(seen).toEqual(expected.reverse());
  });

  it('keeps every earlier value in the history with its event, and the present on top', async () => {
    const [late, first] = [5, 1].map((minute) =>
      bench.build.certified({ subject: one, minute, patient: { ...eve, gender: minute === 5 ? 'female' : 'unknown' } }),
    );
    if (late === undefined || first === undefined) throw new Error('two events');
    await bench.deliver(late, first);
    const id = bench.build.patientId(one);
    const versions = await bench.history.resourceHistory({ type: 'Patient', id }, { count: 10 });
    expect(versions.map(({ isStale, state, eventId }) => [isStale, state?.slots['gender'], eventId])).toEqual([
      [false, 'female', certifiedOf(late).event.id],
      [true, 'unknown', certifiedOf(first).event.id],
      [false, 'female', certifiedOf(late).event.id],
    ]);
    expect(await bench.history.readResource('Patient', id, 2)).toMatchObject({ isStale: true, integrity: 'intact' });
    expect(await bench.history.resourcesOf(certifiedOf(first).event.id)).toMatchObject([{ versionId: 3 }]);
    expect((await bench.history.readResources([{ type: 'Patient', id }])).get(`Patient/${id}`)?.versionId).toBe(3);
  });

  it('tells an event, its raw bytes and where its proof is', async () => {
    const record = bench.build.certified({ subject: one, mapping: 'unmapped' });
    const { event } = certifiedOf(record);
    await bench.deliver(record, bench.build.anchored('batch-1', [record]));
    expect((await bench.history.eventFacts([event.id, 'unknown'])).get(event.id)).toMatchObject({
      facility: 'TEST-HOSPITAL',
      anchor: { state: 'anchored', batchId: 'batch-1' },
      certification: { policyVersion: 1, certificateSerial: '02' },
      integrity: 'intact',
    });
    expect(await bench.history.rawOf(event.id)).toMatchObject({ charset: 'utf-8', bytes: Buffer.from(record.body) });
    expect(await bench.history.unmappedMessages(await recordKeysOf(one))).toMatchObject([{ eventId: event.id }]);
  });

  it('shows what does not open any more as altered, and an erased record as erased', async () => {
    const record = bench.build.certified({ subject: one, patient: eve });
    await bench.deliver(record, bench.build.certified({ subject: two, patient: eve }));
    const alter = (sql: string, value: string) => bench.store.transaction((manager) => manager.query(sql, [value]));
    await alter("UPDATE resource_version SET sealed = X'0102' WHERE resourceId = ?", bench.build.patientId(one));
    await alter(
      "UPDATE archive_entry SET sealed = X'0102' WHERE entryKey = ?",
      `certified:${certifiedOf(record).event.id}`,
    );
    const merged = await bench.history.readMerged(bench.build.patientId(one));
    expect(merged?.parts[0]?.source).toMatchObject({ integrity: 'mismatch' });
    expect(merged?.parts[0]?.source?.state).toBeUndefined();
    const { id } = certifiedOf(record).event;
    expect((await bench.history.eventFacts([id])).get(id)?.integrity).toBe('mismatch');
    expect(await bench.history.rawOf(id)).toBeUndefined();
  });
});
