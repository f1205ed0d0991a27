import { describe, expect, it } from '@jest/globals';
import { recordKey } from '@anamnesis/core';
import { PatientRecord } from '@anamnesis/store';
import type { Hospital } from '../../test/hospital.js';
import { eachTestOpens } from '../../test/each-test-opens.js';
import type { Place } from '../../test/place.js';
import { databases } from '../../../../test/databases.js';
import { PersonGraph } from './person-graph.js';
import { decidePending, listAssertions, listPending, undoAssertion } from './review.js';

const system = 'urn:anamnesis:authority:MRN';
const number = (value: string) => ({ system, value });
const decider = { actor: 'admin:test', reason: 'the facility confirmed' };

function permutations<Item>(items: readonly Item[]): readonly Item[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, at) =>
    permutations(items.filter((_, other) => other !== at)).map((rest) => [item, ...rest]),
  );
}

describe.each(databases)('merging on $name', ({ fresh }) => {
  let place: Place;
  let hospital: Hospital;
  eachTestOpens({ fresh }, (opened) => ({ place, hospital } = opened));

  const merge = (retired: string, survivor: string, other = system) =>
    hospital.says({
      messageType: 'ADT^A40^ADT_A39',
      subject: number(survivor),
      identity: { merges: [{ survivor: number(survivor), retired: { system: other, value: retired } }] },
    });
  const key = (value: string) => recordKey(place.registration.keys.deploymentKey, number(value));
  const graph = (value: string) => PersonGraph.load(place.store.reader.manager, [key(value)]);
  const pending = () => listPending(place.registration, { state: 'open', count: 10 });

  it('keeps an alias for a number that was never seen, and repeating it changes nothing', async () => {
    await place.certifyEach([merge('B', 'A'), merge('B', 'A')]);
    expect(await place.assertions(1)).toMatchObject([
      { kind: 'merge', version: 1, first: number('A'), second: number('B'), cause: { rule: 'merge-message' } },
    ]);
    expect((await graph('B')).final(key('B'))).toEqual([key('A')]);
    const rows = await place.store.reader.manager.find(PatientRecord, { order: { ordinal: 'ASC' } });
    expect(rows.map(({ value, ordinal }) => [value, ordinal])).toEqual([
      ['A', 1],
      ['B', 2],
    ]);
  });

  it('ends in the same person whatever the order of a chain, even where one contradicts on the way', async () => {
    const merges: readonly (readonly [string, string])[] = [
      ['A', 'B'],
      ['B', 'C'],
      ['A', 'C'],
    ];
    const orders = permutations(merges);
    for (const [at, order] of orders.entries()) {
      const name = (value: string) => `${value}${at}`;
      await place.certifyEach(order.map(([retired, survivor]) => merge(name(retired), name(survivor))));
      const known = await graph(name('A'));
      expect([...known.person(key(name('A')))].sort()).toEqual(['A', 'B', 'C'].map((one) => key(name(one))).sort());
      expect(['A', 'B', 'C'].map((one) => known.final(key(name(one))))).toEqual(Array(3).fill([key(name('C'))]));
    }
    expect(orders).toHaveLength(6);
    expect(await pending()).toEqual([]);
  });

  it('stops at a cycle: it waits and changes nothing', async () => {
    await place.certifyEach([merge('A', 'B'), merge('B', 'C'), merge('C', 'A')]);
    expect((await pending()).map(({ kind, guards }) => [kind, guards])).toEqual([['merge', ['cycle']]]);
    expect(await place.assertions(2)).toHaveLength(2);
    expect((await graph('A')).final(key('A'))).toEqual([key('C')]);
  });

  it('stops at a contradiction, which an operator can resolve by undoing the other', async () => {
    await place.certifyEach([merge('A', 'B'), merge('A', 'C')]);
    const [waiting] = await pending();
    expect(waiting?.guards).toEqual(['contradiction']);
    const same = { ...decider, decision: 'same' as const };
    await expect(decidePending(place.registration, waiting?.id ?? '', same)).rejects.toThrow('undo it first');
    const [wrong] = await listAssertions(place.registration, { count: 10 });
    await undoAssertion(place.registration, wrong?.id ?? '', decider);
    await decidePending(place.registration, waiting?.id ?? '', same);
    expect((await graph('A')).final(key('A'))).toEqual([key('C')]);
    expect([...(await graph('B')).person(key('B'))]).toEqual([key('B')]);
  });

  it('does not merge across authorities; an operator may link', async () => {
    expect(await place.certifyEach([merge('A', 'B', 'urn:oid:1.2')])).toEqual([]);
    const [waiting] = await pending();
    expect(waiting?.guards).toEqual(['other-authority']);
    await decidePending(place.registration, waiting?.id ?? '', { ...decider, decision: 'same' });
    expect(await place.assertions(1)).toMatchObject([{ kind: 'link', cause: { rule: 'operator' } }]);
  });

  it('undoes without loss, and the same message again waits instead of merging anew', async () => {
    await place.certifyEach([merge('A', 'B'), merge('B', 'C')]);
    const assertions = await listAssertions(place.registration, { recordKey: key('A'), count: 10 });
    await undoAssertion(place.registration, assertions[0]?.id ?? '', decider);
    expect([...(await graph('A')).person(key('A'))]).toEqual([key('A')]);
    expect([...(await graph('B')).person(key('B'))].sort()).toEqual([key('B'), key('C')].sort());
    await place.certifyEach([merge('A', 'B')]);
    expect((await pending()).map(({ guards }) => guards)).toEqual([['not-same']]);
    const published = await place.assertions(3);
    expect(published.filter(({ version }) => version === 2)).toMatchObject([
      { state: 'undone', second: { recordKey: key('A') } },
    ]);
  });

  it('lets no detour join what an undo took apart', async () => {
    await place.certifyEach([merge('A', 'B'), merge('B', 'C'), merge('A', 'C')]);
    const all = await listAssertions(place.registration, { count: 10 });
    const wrong = all.find(({ first, second }) => first.recordKey === key('C') && second.recordKey === key('B'));
    await undoAssertion(place.registration, wrong?.id ?? '', decider);
    const known = await PersonGraph.load(place.store.reader.manager, ['A', 'B', 'C'].map(key));
    expect(known.person(key('B')).has(key('C'))).toBe(false);
    expect(known.final(key('A'))).toEqual([key('B')]);
    expect((await pending()).map(({ guards, first }) => [guards, first.recordKey])).toEqual([
      [['contradiction'], key('C')],
    ]);
  });

  it('ignores a number that becomes itself', async () => {
    await place.certifyEach([merge('A', 'A')]);
    expect([await place.read('person.changed', 0), await pending()]).toEqual([[], []]);
  });
});
