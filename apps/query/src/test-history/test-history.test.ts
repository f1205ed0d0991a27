import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Logger } from '@nestjs/common';
import type { DeliveredRecord } from '@anamnesis/bus';
import { accountVisitId, numberedId, type Statement } from '@anamnesis/core';
import { Metrics, RegistrationClient } from '@anamnesis/runtime';
import { fhirProblems } from '../fhir/testing/fhir-validators.conformance.js';
import { FindingBook } from '../integrity/finding-book.js';
import { IntegrityAudit } from '../integrity/integrity-audit.js';
import { MessageList } from '../messages/message-list.js';
import { rebuildProjections } from '../project/rebuild-projections.js';
import { certifiedOf, type Said } from '../testing/chart-builder.js';
import { QueryBench } from '../testing/query-bench.js';
import { databases } from '../../../../test/databases.js';
import { SweepContent } from './sweep-content.js';
import { TestHistory } from './test-history.js';

const one = { system: 'urn:test:hospital', value: 'TEST-1' };
const two = { system: 'urn:test:clinic', value: 'TEST-2' };
const source = { facility: 'TEST-HOSPITAL', application: 'TEST-ADT' };
const charts = [
  ...['chart_record', 'chart_person', 'chart_person_version', 'chart_assertion'],
  ...['resource_version', 'resource_current', 'resource_index'],
];
const far = '2999-01-01T00:00:00.000Z';

describe.each(databases)('the test history on $name', ({ fresh }) => {
  let bench: QueryBench;
  let tests: TestHistory;
  let list: MessageList;

  beforeEach(async () => {
    Logger.overrideLogger(false);
    bench = await QueryBench.open(fresh);
    tests = new TestHistory(bench.store, bench.archive, bench.keys, sweep());
    list = new MessageList(bench.store, bench.keys);
  });
  afterEach(() => bench.close());

  const sweep = () => new SweepContent(bench.store, bench.archive, bench.contentStore);
  const idOf = (record: DeliveredRecord) => certifiedOf(record).event.id;
  const visit = (status: string, more = {}) => [
    bench.build.statement('Encounter', 'V1', { slots: { status }, ...more }),
  ];
  const rows = async (question = {}) => (await list.page(question, 500)).messages;
  const audit = async () => {
    const { store, archive, projector, keys, content } = bench;
    const [metrics, registration] = [new Metrics(), new RegistrationClient(keys)];
    const book = new FindingBook(metrics);
    return new IntegrityAudit(store, archive, projector, book, registration, metrics, content).whole();
  };
  const rebuild = () => rebuildProjections(bench.store, bench.projector, () => undefined);

  it('has rows in a list of their own, and nothing in any chart or in the list of messages', async () => {
    const { build } = bench;
    const said = build.certified({
      subject: one,
      minute: 1,
      patient: { gender: 'female' },
      statements: visit('planned'),
    });
    const merged = build.certified({ subject: one, minute: 2, merges: [{ survivor: one, retired: two }] });
    const refusal = { code: 'type-not-permitted', reason: 'the source may not send ADT^A08' };
    const refused = build.certified({ subject: two, minute: 3, controlId: 'REFUSED' });
    await bench.deliver(build.tested(said), build.tested(merged), build.tested(said), build.tested(refused, refusal));
    expect((await rows({ state: 'test' })).map(({ eventId, state, reason }) => [eventId, state, reason])).toEqual([
      [idOf(refused), 'test', refusal.reason],
      [idOf(merged), 'test', undefined],
      [idOf(said), 'test', undefined],
    ]);
    for (const table of charts) expect([table, await bench.rows(table)]).toEqual([table, []]);
    expect(await rows()).toEqual([]);
    expect(await bench.rows('message')).toEqual([]);
    for (const identifier of ['TEST-1', `${one.system}|TEST-1`, 'TEST-2'])
      for (const state of ['test', undefined])
        expect([identifier, await rows({ identifier, ...(state && { state }) })]).toEqual([identifier, []]);
    expect(await bench.history.resolvePatient(build.patientId(one))).toBeUndefined();
    expect(await bench.history.eventFacts([idOf(said), `test:${idOf(said)}`])).toEqual(new Map());
    expect(await bench.history.rawOf(idOf(said))).toBeUndefined();
  });

  it('names no patient in a dead letter either', async () => {
    const { build } = bench;
    const refusal = { code: 'defect', reason: 'parked' };
    const [marked, other] = [one, two].map((subject) => build.refused(build.certified({ subject }), refusal));
    if (marked === undefined || other === undefined) throw new Error('two dead letters');
    await bench.deliver({ ...marked, header: { ...marked.header, history: 'test' } }, other);
    expect(await bench.rows('chart_record')).toMatchObject([{ value: 'TEST-2' }]);
    expect(await rows({ identifier: 'TEST-1' })).toEqual([]);
    expect(await rows({ state: 'refused' })).toHaveLength(2);
  });

  it('changes nothing of the history of patients, whatever is said in between', async () => {
    const said = fc.array(
      fc.record({
        isTest: fc.boolean(),
        subject: fc.constantFrom(one, two),
        minute: fc.nat(20),
        trigger: fc.constantFrom('A08', 'A11'),
        status: fc.constantFrom('planned', 'finished'),
      }),
      { minLength: 1, maxLength: 8 },
    );
    const historyOf = async (other: QueryBench) => {
      const filter = { filters: [] };
      const page = { count: 100, order: 'created' as const };
      const found = await other.history.search(['Patient', 'Encounter'], filter, page);
      const persons = await other.history.searchPersons(filter, page);
      return {
        resources: found.matches.map(({ id, versionId, state, isStale }) => ({ id, versionId, state, isStale })),
        persons: persons.matches.map(({ personId, version, parts }) => [personId, version, parts.length]),
      };
    };
    await fc.assert(
      fc.asyncProperty(said, async (messages) => {
        const [mixed, alone] = [await QueryBench.open(fresh), await QueryBench.open(fresh)];
        const { build } = mixed;
        for (const [index, { isTest, status, ...more }] of messages.entries()) {
          const statements = [build.statement('Encounter', `V${more.subject.value}`, { slots: { status } })];
          const patient = { gender: status };
          const record = build.certified({ ...more, patient, statements, controlId: `M${index}` });
          await mixed.deliver(isTest ? build.tested(record) : record);
          if (!isTest) await alone.deliver(record);
        }
        const histories = [await historyOf(mixed), await historyOf(alone)];
        await mixed.close();
        await alone.close();
        expect(histories[0]).toEqual(histories[1]);
      }),
      { numRuns: 3 },
    );
  });

  it('shows the resources of a message as they were after it, folded from its source and patient alone', async () => {
    const { build } = bench;
    const name = [{ family: 'EVERYWOMAN', given: ['EVE'] }];
    const first = build.certified({ subject: one, minute: 1, patient: { name, gender: 'unknown' } });
    const other = build.certified({ subject: one, minute: 2, facility: 'OTHER', patient: { birthDate: '1962-03-20' } });
    const real = build.certified({ subject: one, minute: 3, patient: { birthDate: '1962-03-21' } });
    const second = build.certified({ subject: one, minute: 4, patient: { gender: 'female' } });
    await bench.deliver(build.tested(first), build.tested(other), real, build.tested(second));
    const [before] = await tests.resourcesAfter(idOf(first));
    const [after, ...more] = await tests.resourcesAfter(idOf(second));
    const htest = { security: [{ code: 'HTEST' }] };
    expect(before).toMatchObject({ resourceType: 'Patient', name, gender: 'unknown', meta: htest });
    expect(after).toMatchObject({ resourceType: 'Patient', name, gender: 'female', meta: htest });
    expect(after).not.toHaveProperty('birthDate');
    expect(more).toEqual([]);
    for (const resource of [before, after]) expect(fhirProblems(resource ?? null)).toEqual([]);
    await expect(tests.resourcesAfter(idOf(real))).rejects.toMatchObject({ code: 'not-found' });
    await expect(tests.resourcesAfter(`certified:${idOf(real)}`)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('ends what the message leaves out of a list', async () => {
    const { build } = bench;
    const patientId = build.patientId(one);
    const statement = build.statement('RelatedPerson', 'R', { slots: { gender: 'male' } });
    const list = { name: 'A:NK1', resourceType: 'RelatedPerson', ended: { active: false } };
    const tells = (minute: number, ids: readonly string[]) => {
      const own = { ...build.statement('Patient', ''), id: patientId, slots: { gender: 'female' } };
      const persons = ids.map(() => ({ ...statement, listed: { name: list.name, patientId } }));
      const lists = [{ ...list, ids }];
      return build.tested(build.certified({ subject: one, minute, statements: [{ ...own, lists }, ...persons] }));
    };
    const [whole, without, again] = [tells(1, [statement.id]), tells(2, []), tells(3, [])];
    await bench.deliver(whole, without, again);
    const related = async (record: DeliveredRecord) => (await tests.resourcesAfter(idOf(record))).slice(1);
    expect(await related(whole)).toMatchObject([{ resourceType: 'RelatedPerson', gender: 'male' }]);
    expect(await related(without)).toMatchObject([{ resourceType: 'RelatedPerson', active: false }]);
    expect(await related(again)).toEqual([]);
  });

  it('makes nothing of a message that would have been refused, and an empty list of one that nothing maps', async () => {
    const { build } = bench;
    const refused = build.certified({ subject: one, minute: 1, patient: { gender: 'male' } });
    const unmapped = build.certified({ subject: one, minute: 2, mapping: 'unmapped' });
    const refusal = { code: 'bad-signature', reason: 'the signature does not fit' };
    await bench.deliver(build.tested(refused, refusal), build.tested(unmapped));
    await expect(tests.resourcesAfter(idOf(refused))).rejects.toMatchObject({ code: 'not-found' });
    expect(await tests.resourcesAfter(idOf(unmapped))).toEqual([]);
  });

  it('shows visits that a test message merged as one, whichever of the two a later one names', async () => {
    const { build } = bench;
    const number = (value: string) => ({ system: 'urn:test', value, isUniversal: false });
    const idFor = (value: string) =>
      numberedId(build.deploymentKey, { kind: 'visit', facility: 'TEST-HOSPITAL', number: number(value) });
    const says = (value: string, minute: number, { slots, ...more }: Partial<Statement> & Partial<Said>) => {
      const stated = { ...build.statement('Encounter', ''), id: idFor(value) };
      const statements = [{ ...stated, slots: { 'identifier:PV1-19': [{ system: 'urn:test', value }], ...slots } }];
      return build.certified({ subject: one, minute, statements, ...more });
    };
    const numberMerges = [{ kind: 'visit' as const, survivor: number('V-1'), retired: number('V-2') }];
    const first = says('V-2', 1, { slots: { class: { code: 'IMP' } } });
    const merged = says('V-1', 2, { slots: { status: 'in-progress' }, trigger: 'A42', numberMerges });
    const late = says('V-2', 3, { slots: { status: 'finished' } });
    await bench.deliver(...[first, merged, late].map((record) => build.tested(record)));
    const visits = async (record: DeliveredRecord) => tests.resourcesAfter(idOf(record));
    expect(await visits(first)).toMatchObject([{ id: idFor('V-2') }]);
    const identifier = [{ value: 'V-1' }];
    expect(await visits(merged)).toMatchObject([{ id: idFor('V-1'), status: 'in-progress', class: { code: 'IMP' } }]);
    expect(await visits(late)).toMatchObject([{ id: idFor('V-1'), status: 'finished', identifier }]);
  });

  it('shows visits of accounts that a test message merged as one, when they began together', async () => {
    const { build } = bench;
    const says = (value: string, minute: number, { slots, ...more }: Partial<Statement> & Partial<Said>) => {
      const visit = { account: { system: 'urn:test', value, isUniversal: false }, admittedAt: '202603010800' };
      const id = accountVisitId(build.deploymentKey, { facility: 'TEST-HOSPITAL', visit });
      const statements = [{ ...build.statement('Encounter', ''), id, slots: slots ?? {} }];
      return build.certified({ subject: one, minute, statements, accountVisits: [visit], ...more });
    };
    const [survivor, retired] = ['ACC-1', 'ACC-2'].map((value) => ({ system: 'urn:test', value, isUniversal: false }));
    if (survivor === undefined || retired === undefined) throw new Error('two accounts');
    const numberMerges = [{ kind: 'account' as const, survivor, retired }];
    const first = says('ACC-2', 1, { slots: { class: { code: 'IMP' } } });
    const merged = build.certified({ subject: one, minute: 2, trigger: 'A41', numberMerges });
    const later = says('ACC-1', 3, { slots: { status: 'finished' } });
    await bench.deliver(...[first, merged, later].map((record) => build.tested(record)));
    expect(await tests.resourcesAfter(idOf(later))).toMatchObject([{ status: 'finished', class: { code: 'IMP' } }]);
  });

  it('keeps apart what the same bytes said in testing and for patients', async () => {
    const { build } = bench;
    const record = build.certified({ subject: one, minute: 1, controlId: 'SAME', patient: { gender: 'female' } });
    await bench.deliver(build.tested(record), record, build.tested(record), build.anchored('batch-1', [record]));
    const states = [...(await rows({ controlId: 'SAME' })), ...(await rows({ controlId: 'SAME', state: 'test' }))];
    expect(states.map(({ state }) => state)).toEqual(['anchored', 'test']);
    expect(await bench.history.eventFacts([idOf(record)])).toHaveProperty('size', 1);
    expect(await tests.resourcesAfter(idOf(record))).toHaveLength(1);
  });

  it('is the same after a rebuild, and the audit finds nothing in it, before and after a purge', async () => {
    const { build } = bench;
    const said = [1, 2, 3].map((minute) =>
      build.certified({ subject: one, minute, patient: { gender: `g${minute}` } }),
    );
    const real = build.certified({ subject: one, minute: 4, patient: { gender: 'female' } });
    await bench.deliver(...said.map((record) => build.tested(record)), real);
    const messages = async () => [await bench.rows('message'), await bench.rows('test_message')];
    const before = await messages();
    expect(await rebuild()).toMatchObject({ entries: 4, missing: 0, unreadable: [] });
    expect(await messages()).toEqual(before);
    expect(await audit()).toBe(0);

    expect(await tests.purge({ ...source, until: build.at(2) })).toBe(2);
    expect((await rows({ state: 'test' })).map(({ eventId }) => eventId)).toEqual([said[2] && idOf(said[2])]);
    const [first, , last] = said;
    if (first === undefined || last === undefined) throw new Error('three records');
    await expect(tests.resourcesAfter(idOf(first))).rejects.toMatchObject({ code: 'not-found' });
    expect(await tests.resourcesAfter(idOf(last))).toMatchObject([{ gender: 'g3' }]);
    const purged = await messages();
    await bench.deliver(build.tested(first)); // the bus may deliver it again
    expect(await rebuild()).toMatchObject({ entries: 4, missing: 0, unreadable: [] });
    expect(await messages()).toEqual(purged);
    expect(await audit()).toBe(0);
    expect(await bench.history.readResource('Patient', build.patientId(one))).toMatchObject({ integrity: 'intact' });
  });

  it('is purged source by source', async () => {
    const { build } = bench;
    await bench.deliver(
      build.tested(build.certified({ subject: one, facility: 'OTHER' })),
      build.tested(build.certified({ subject: one })),
    );
    expect(await tests.purge({ ...source, until: far })).toBe(1);
    expect((await rows({ state: 'test' })).map(({ facility }) => facility)).toEqual(['OTHER']);
    expect(await tests.purge({ ...source, until: far })).toBe(0);
  });

  it('is named by the audit when a row of it was altered, or nothing accounts for one', async () => {
    await bench.deliver(bench.build.tested(bench.build.certified({ subject: one })));
    await bench.store.transaction((manager) => manager.query("UPDATE test_message SET messageType = 'ORU^R01'"));
    expect(await audit()).toBe(1);
    await bench.store.transaction((manager) => manager.query('UPDATE test_message SET seq = 99'));
    expect(await audit()).toBe(2);
  });
});
