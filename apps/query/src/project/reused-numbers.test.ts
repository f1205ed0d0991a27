import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DeliveredRecord } from '@anamnesis/bus';
import { type Json, recordKey, type Statement } from '@anamnesis/core';
import { Metrics, RegistrationClient } from '@anamnesis/runtime';
import { FindingBook } from '../integrity/finding-book.js';
import { IntegrityAudit } from '../integrity/integrity-audit.js';
import { certifiedOf } from '../testing/chart-builder.js';
import { QueryBench } from '../testing/query-bench.js';
import { databases } from '../../../../test/databases.js';
import { remappedKey } from './judge-facts.js';
import { projectionTables, rebuildProjections } from './rebuild-projections.js';

const [one, two, three] = ['TEST-1', 'TEST-2', 'TEST-3'].map((value) => ({ system: 'urn:test:hospital', value })) as [
  Subject,
  Subject,
  Subject,
];

interface Subject {
  readonly system: string;
  readonly value: string;
}

function permutations<Item>(items: readonly Item[]): readonly Item[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, at) =>
    permutations(items.filter((_, other) => other !== at)).map((rest) => [item, ...rest]),
  );
}

describe.each(databases)('a number that is used for two patients, on $name', ({ fresh }) => {
  let bench: QueryBench;

  beforeEach(async () => {
    bench = await QueryBench.open(fresh);
  });
  afterEach(() => bench.close());

  const reference = (type: string, number: string) => [
    { reference: `${type}/${bench.build.statement(type, number).id}`, identifier: { value: number } },
  ];
  const about = (subject: Subject) => ({ reference: `Patient/${bench.build.patientId(subject)}` });
  /** A report of a result, which answers an order, all under one number. */
  const reports = (
    subject: Subject,
    [minute, value]: readonly [number, string],
    { number = 'F-1', ...more }: Partial<Statement> & { readonly number?: string } = {},
  ) => {
    const slots = (said: Record<string, Json>) => ({ subject: about(subject), status: value, ...said });
    return bench.build.certified({
      subject,
      minute,
      patient: { gender: 'female' },
      statements: [
        bench.build.statement('Observation', number, {
          slots: slots({ [`note:${value}`]: [{ text: value }] }),
          ...more,
        }),
        bench.build.statement('DiagnosticReport', number, {
          slots: slots({ result: reference('Observation', number), basedOn: reference('ServiceRequest', number) }),
        }),
        bench.build.statement('ServiceRequest', number, { slots: slots({}) }),
      ],
    });
  };
  const linked = (ends: [Subject, Subject], more = {}) => bench.build.assertion(ends, { kind: 'merge', ...more });
  const undone = (ends: [Subject, Subject], version = 2) => linked(ends, { version, state: 'undone' });
  /** What each of them has of a type: status, and what it carries from others. */
  const had = async (subjects: readonly Subject[], type = 'Observation') => {
    const keys = subjects.map((subject) => recordKey(bench.build.deploymentKey, subject));
    const criteria = { recordKeys: keys, filters: [] };
    const { matches } = await bench.history.search([type], criteria, { count: 10, order: 'created' });
    return matches.map(({ state }) => state?.slots['status']);
  };
  const notes = async (...subjects: Subject[]) => {
    const keys = subjects.map((subject) => recordKey(bench.build.deploymentKey, subject));
    const criteria = { recordKeys: keys, filters: [] };
    const { matches } = await bench.history.search(['Observation'], criteria, { count: 10, order: 'created' });
    return matches.map(({ state }) => Object.keys(state?.slots ?? {}).filter((slot) => slot.startsWith('note')));
  };
  const audit = () => {
    const { store, archive, projector, keys, content } = bench;
    const metrics = new Metrics();
    const registration = new RegistrationClient(keys);
    return new IntegrityAudit(store, archive, projector, new FindingBook(metrics), registration, metrics, content);
  };
  const tables = () => Promise.all(projectionTables.map((table) => bench.rows(table)));
  const agrees = async () => {
    const before = await tables();
    expect(await audit().whole()).toBe(0);
    await rebuildProjections(bench.store, bench.projector, () => undefined);
    expect(await tables()).toEqual(before);
  };

  it('gives each of them a resource, in every order, and takes nothing from either', async () => {
    for (const [at, order] of permutations([0, 1, 2]).entries()) {
      const number = `F-${at}`;
      const [first, second] = [one, two].map(({ value, ...rest }) => ({ ...rest, value: `${value}-${at}` })) as [
        Subject,
        Subject,
      ];
      const records = [
        reports(first, [1, 'preliminary'], { number }),
        reports(second, [2, 'amended'], { number }),
        reports(first, [3, 'final'], { number }),
      ];
      for (const each of order) await bench.deliver(...records.slice(each, each + 1));
      for (const type of ['Observation', 'DiagnosticReport', 'ServiceRequest']) {
        expect(await had([first], type)).toEqual(['final']);
        expect(await had([second], type)).toEqual(['amended']);
      }
      expect(await notes(second)).toEqual([['note:amended']]);
    }
    await agrees();
  });

  it('gives both in one batch, too, and refers from each to its own', async () => {
    await bench.deliver(reports(one, [1, 'final']), reports(two, [2, 'amended']));
    const { matches } = await bench.history.search(
      ['DiagnosticReport'],
      { filters: [] },
      { count: 10, order: 'created' },
    );
    for (const { state } of matches)
      for (const [slot, type] of [
        ['result', 'Observation'],
        ['basedOn', 'ServiceRequest'],
      ] as const) {
        const [{ reference: name }] = state?.slots[slot] as unknown as [{ reference: string }];
        const target = await bench.history.readResource(type, name.replace(`${type}/`, ''));
        expect(target?.state?.slots['status']).toBe(state?.slots['status']);
      }
    expect(matches).toHaveLength(2);
    await agrees();
  });

  it('is one resource while they are one person, and two again after an undo, with what was said since', async () => {
    await bench.deliver(reports(one, [1, 'preliminary']), reports(two, [2, 'final']));
    await bench.deliver(linked([one, two]));
    expect(await had([one, two])).toEqual(['final']);
    await bench.deliver(reports(two, [3, 'corrected']), reports(one, [4, 'amended']));
    expect(await had([one, two])).toEqual(['amended']);
    const [retired] = await bench
      .rows('reused_number')
      .then((rows) => rows.filter(({ survivorId }) => survivorId !== null));
    expect(
      (await bench.history.aliasesOf([String(retired?.['memberId'])])).finalOf(String(retired?.['memberId'])),
    ).toBe(retired?.['survivorId']);
    await bench.deliver(undone([one, two]));
    expect([await had([one]), await had([two])]).toEqual([['amended'], ['corrected']]);
    await agrees();
  });

  it('is one resource when they were one person before', async () => {
    await bench.deliver(linked([one, two]), reports(one, [1, 'preliminary']), reports(two, [2, 'final']));
    expect(await had([one, two])).toEqual(['final']);
    expect(await bench.history.count(['Observation'], { filters: [] })).toBe(1);
    await agrees();
    await bench.store.transaction((manager) => manager.query('UPDATE reused_number SET survivorId = NULL'));
    expect(await audit().whole()).toBeGreaterThan(0);
  });

  it('says the same whatever order messages, links and undo come in', async () => {
    const ends: [Subject, Subject][] = [
      [one, two],
      [two, three],
    ];
    const makes = () => [
      reports(one, [1, 'registered']),
      reports(three, [2, 'preliminary']),
      reports(two, [3, 'final']),
      ...ends.map((pair) => linked(pair)),
      undone([one, two]),
    ];
    const seen = new Set<string>();
    // Some of 720 orders, spread over all of them.
    for (const order of permutations([0, 1, 2, 3, 4, 5]).filter((_, at) => at % 241 === 7)) {
      const records: readonly DeliveredRecord[] = makes();
      for (const each of order) await bench.deliver(...records.slice(each, each + 1));
      seen.add(JSON.stringify([await had([one]), await had([two, three]), (await notes(two, three)).flat().length]));
      await agrees();
      await bench.close();
      bench = await QueryBench.open(fresh);
    }
    expect(seen).toEqual(new Set([JSON.stringify([['registered'], ['final'], 2])]));
  });

  it('is taken back from the one to whom it was withdrawn, and stays with the other', async () => {
    const taken = { withdraws: true as const, removed: ['note:final'] };
    await bench.deliver(
      reports(one, [1, 'final']),
      reports(two, [2, 'amended']),
      reports(one, [3, 'entered-in-error'], taken),
    );
    expect([await had([one]), await had([two])]).toEqual([['entered-in-error'], ['amended']]);
    await agrees();
  });

  it('is mapped again as the one of its own patient', async () => {
    const [first, second] = [reports(one, [1, 'final']), reports(two, [2, 'amended'])];
    await bench.deliver(first, second, linked([one, two]), undone([one, two]));
    const { event, certification } = certifiedOf(second);
    const { id, receivedAt, resources } = event;
    const statements = resources.statements.map((said) => {
      return said.resourceType === 'Patient' ? said : { ...said, slots: { ...said.slots, status: 'corrected' } };
    });
    const header = {
      event: { id, receivedAt, resources: { ...resources, version: 2, statements } },
      certification: { recordKey: certification.recordKey },
      changed: ['Observation', 'ServiceRequest'].map((type) => `${type}/${bench.build.statement(type, 'F-1').id}`),
    };
    const versions = { mappingVersion: 2, tableVersion: 0 };
    const entryKey = remappedKey(id, versions);
    await bench.projector.take([
      { kind: 'remapped', entryKey, recordKey: certification.recordKey, header, raw: new Uint8Array(0) },
    ]);
    for (const type of ['Observation', 'ServiceRequest'])
      expect([await had([one], type), await had([two], type)]).toEqual([['final'], ['corrected']]);
    expect(await had([two], 'DiagnosticReport')).toEqual(['amended']);
    await bench.deliver(linked([one, two], { version: 3 }));
    expect(await had([one, two])).toEqual(['corrected']);
    await agrees();
  });

  it('stays what it is in messages that name no patient, and in rows', async () => {
    await bench.deliver(reports(one, [1, 'final']));
    const answer = bench.build.statement('ServiceRequest', 'F-1', { slots: { status: 'revoked' } });
    await bench.deliver(bench.build.certified({ minute: 2, statements: [answer] }), reports(one, [3, 'final']));
    expect(await bench.history.count(['ServiceRequest'], { filters: [] })).toBe(1);
    const row = (subject: Subject, minute: number) => {
      const statements = [bench.build.statement('Observation', 'row', { slots: { status: subject.value } })];
      const said = bench.build.received({ subject, minute, patient: { gender: 'female' }, statements });
      const source = { ...said.source, protocol: 'database' as const };
      return bench.build.certify({ ...said, source }, Buffer.from('row'));
    };
    await bench.deliver(row(one, 1), row(two, 2));
    expect(await had([two])).toEqual(['TEST-2']);
    expect(await bench.rows('reused_number')).toEqual([]);
  });
});
