import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DeliveredRecord } from '@anamnesis/bus';
import { numberedId, type PersonAssertion, type RecordKey, type Statement } from '@anamnesis/core';
import { assemble } from '@anamnesis/fhir';
import { Metrics, RegistrationClient } from '@anamnesis/runtime';
import { IntegrityAudit } from '../integrity/integrity-audit.js';
import { FindingBook } from '../integrity/finding-book.js';
import { QueryBench } from '../testing/query-bench.js';
import { databases } from '../../../../test/databases.js';
import { rebuildProjections } from './rebuild-projections.js';

const subject = { system: 'urn:test:hospital', value: 'TEST-1' };
const tables = ['resource_version', 'resource_current', 'resource_index', 'chart_assertion'];

function permutations<Item>(items: readonly Item[]): readonly Item[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, at) =>
    permutations(items.filter((_, other) => other !== at)).map((rest) => [item, ...rest]),
  );
}

describe.each(databases)('visits that became one, on $name', ({ fresh }) => {
  let bench: QueryBench;

  beforeEach(async () => {
    bench = await QueryBench.open(fresh);
  });
  afterEach(() => bench.close());

  const idOf = (value: string) =>
    numberedId(bench.build.deploymentKey, {
      kind: 'visit',
      facility: 'TEST-HOSPITAL',
      number: { system: 'urn:test', value, isUniversal: false },
    });
  const states = (value: string, minute: number, { slots, ...more }: Partial<Statement>) => {
    const number = [{ system: 'urn:test', value }];
    const statement = { ...bench.build.statement('Encounter', ''), id: idOf(value), ...more };
    const statements = [{ ...statement, slots: { 'identifier:PV1-19': number, ...slots } }];
    return bench.build.certified({ subject, minute, statements });
  };
  const says = (value: string, minute: number, slots: Statement['slots']) => states(value, minute, { slots });
  const merge = (retired: string, survivor: string, more: Partial<PersonAssertion> = {}): DeliveredRecord => {
    const reference = (value: string) => ({ recordKey: idOf(value) as RecordKey, system: 'urn:test', value });
    const [first, second] = [reference(survivor), reference(retired)];
    return bench.build.assertion([first, second], { kind: 'visit', first, second, ...more });
  };
  const encounter = async (value: string) => {
    const version = await bench.history.readResource('Encounter', idOf(value));
    return version?.state && assemble('Encounter', version.id, version.state.slots);
  };
  const undone = (retired: string, survivor: string) => merge(retired, survivor, { version: 2, state: 'undone' });

  it('are the fold of what was said under either number, in every order of messages and merge', async () => {
    const orders = permutations([0, 1, 2]);
    for (const [at, order] of orders.entries()) {
      const [right, old] = [`R${at}`, `O${at}`];
      const records = [
        says(right, 1, { status: 'planned', class: { code: 'AMB' } }),
        says(old, 2, { status: 'in-progress', priority: { text: 'LATE' } }),
        merge(old, right),
      ];
      for (const one of order) await bench.deliver(...records.slice(one, one + 1));
      expect(await encounter(right)).toMatchObject({
        identifier: [{ value: right }],
        status: 'in-progress',
        class: { code: 'AMB' },
        priority: { text: 'LATE' },
      });
      expect(await encounter(old)).toMatchObject({ identifier: [{ value: old }], status: 'in-progress' });
    }
    expect(orders).toHaveLength(6);
  });

  it('keep what the right one said later, when a message with the old number is late', async () => {
    await bench.deliver(merge('O', 'R'), says('R', 9, { status: 'finished' }), says('O', 3, { status: 'in-progress' }));
    expect(await encounter('R')).toMatchObject({ status: 'finished' });
    const versions = (await bench.rows('resource_version')).filter(({ resourceId }) => resourceId === idOf('R'));
    expect(versions.map(({ isStale }) => isStale)).toEqual([0, 1, 0]);
  });

  it('follow a chain to its end, and an undo gives back what each has without it', async () => {
    await bench.deliver(says('C', 1, { status: 'planned' }), says('A', 2, { status: 'in-progress' }));
    await bench.deliver(merge('A', 'B'), merge('B', 'C'), says('A', 5, { status: 'onleave' }));
    expect([await encounter('B'), await encounter('C')]).toMatchObject([{ status: 'onleave' }, { status: 'onleave' }]);
    await bench.deliver(undone('B', 'C'));
    expect([await encounter('B'), await encounter('C')]).toMatchObject([{ status: 'onleave' }, { status: 'planned' }]);
    await bench.deliver(says('A', 6, { status: 'finished' }));
    expect([await encounter('B'), await encounter('C')]).toMatchObject([{ status: 'finished' }, { status: 'planned' }]);
  });

  it('take a merge by its newest version, whatever comes first', async () => {
    await bench.deliver(says('R', 1, { status: 'planned' }), says('O', 2, { status: 'finished' }));
    await bench.deliver(undone('O', 'R'), merge('O', 'R'));
    expect(await encounter('R')).toMatchObject({ status: 'planned' });
  });

  it('do not end with the retired one, as mappings before this told it', async () => {
    const number = [{ system: 'urn:test', value: 'O' }];
    const partOf = { reference: `Encounter/${idOf('R')}` };
    const older = [{ system: 'urn:test', value: 'OLDER', use: 'old' }];
    const numbers = { 'identifier:PV1-19': number, 'identifier:was-older': older };
    const ended = { ...numbers, status: 'finished', partOf, subject: { display: 'TEST-1' } };
    const statement = { ...bench.build.statement('Encounter', ''), id: idOf('O'), slots: ended };
    const former = bench.build.certified({ subject, minute: 5, trigger: 'A42', statements: [statement] });
    await bench.deliver(says('R', 1, { status: 'in-progress' }), former, merge('O', 'R'));
    const encounterR = await encounter('R');
    expect(encounterR).toMatchObject({
      identifier: [{ value: 'R' }, { value: 'OLDER', use: 'old' }],
      status: 'in-progress',
      subject: { display: 'TEST-1' },
    });
    expect(encounterR).not.toHaveProperty('partOf');
  });

  it('are found as one', async () => {
    await bench.deliver(says('R', 1, {}), says('O', 2, {}), says('X', 3, {}), merge('O', 'R'));
    const page = { count: 10, order: 'created' as const };
    const { matches } = await bench.history.search(['Encounter'], { filters: [] }, page);
    expect(matches.map(({ id }) => id)).toEqual([idOf('R'), idOf('X')]);
    expect(await bench.history.count(['Encounter', 'Observation'], { filters: [] })).toBe(2);
  });

  it('are the same after a rebuild, and agree with the archive', async () => {
    await bench.deliver(says('R', 1, { status: 'planned' }), says('O', 2, { status: 'in-progress' }), merge('O', 'R'));
    await bench.deliver(says('O', 1, { class: { code: 'IMP' } }), says('R', 4, { status: 'onleave' }), merge('R', 'Z'));
    await bench.deliver(
      says('Z', 3, { priority: { text: 'P' } }),
      undone('O', 'R'),
      says('O', 8, { status: 'finished' }),
    );
    await bench.deliver(merge('O', 'R', { version: 3 }), states('O', 9, { cancels: ['A08'] }));
    const before = await Promise.all(tables.map((table) => bench.rows(table)));
    const { store, archive, projector, keys, content } = bench;
    const metrics = new Metrics();
    const registration = new RegistrationClient(keys);
    const book = new FindingBook(metrics);
    const audit = new IntegrityAudit(store, archive, projector, book, registration, metrics, content);
    expect(await audit.whole()).toBe(0);
    await rebuildProjections(store, projector, () => undefined);
    expect(await Promise.all(tables.map((table) => bench.rows(table)))).toEqual(before);
    const alter = "UPDATE resource_version SET eventId = 'x' WHERE resourceId = ?";
    await store.transaction((manager) => manager.query(alter, [idOf('Z')]));
    expect(await audit.whole()).toBeGreaterThan(0);
  });
});
