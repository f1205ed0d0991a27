import { describe, expect, it } from '@jest/globals';
import { type ClaimedNumber, numberedId, type NumberedKind } from '@anamnesis/core';
import { Hospital } from '../../test/hospital.js';
import { eachTestOpens } from '../../test/each-test-opens.js';
import type { Place } from '../../test/place.js';
import { databases } from '../../../../test/databases.js';
import { permitAuthority } from '../facilities/sources.js';
import { decidePending, listAssertions, listPending, undoAssertion } from './review.js';

const decider = { actor: 'admin:test', reason: 'the facility confirmed' };
const visits = 'urn:anamnesis:authority:PAS';
const universal = 'urn:oid:1.2.3';

describe.each(databases)('merging visits and accounts on $name', ({ fresh }) => {
  let place: Place;
  let north: Hospital;
  eachTestOpens({ fresh }, (opened) => ({ place, hospital: north } = opened));

  const number = (value: string, system = visits): ClaimedNumber => ({
    system,
    value,
    isUniversal: system === universal,
  });
  const merge = (
    retired: ClaimedNumber,
    survivor: ClaimedNumber,
    { kind = 'visit', by = north }: { kind?: NumberedKind; by?: Hospital } = {},
  ) =>
    by.says({
      messageType: kind === 'visit' ? 'ADT^A42^ADT_A39' : 'ADT^A41^ADT_A39',
      subject: { system: `urn:anamnesis:authority:${by.source.facility}`, value: 'MR-1' },
      identity: { numberMerges: [{ kind, survivor, retired }] },
    });
  const idOf = (one: ClaimedNumber, facility = 'NORTH') =>
    numberedId(place.registration.keys.deploymentKey, { kind: 'visit', facility, number: one });
  const pending = () => listPending(place.registration, { state: 'open', count: 10 });

  it('is told like a merge of patients, once, however often it is said', async () => {
    const [old, right] = [number('V-2'), number('V-1')];
    expect(await place.certifyEach([merge(old, right), merge(old, right)])).toEqual([]);
    expect(await place.assertions(1)).toMatchObject([
      {
        kind: 'visit',
        version: 1,
        state: 'in-force',
        first: { recordKey: idOf(right), system: visits, value: 'V-1' },
        second: { recordKey: idOf(old), value: 'V-2' },
        cause: { rule: 'merge-message' },
      },
    ]);
    expect(await listAssertions(place.registration, { count: 10 })).toMatchObject([
      { kind: 'visit', second: { recordKey: idOf(old), system: visits, facility: 'NORTH' } },
    ]);
  });

  it('takes numbers of two systems of the facility, and keeps accounts and visits of one number apart', async () => {
    const other = number('N-1', 'urn:anamnesis:facility:NORTH:PV1-19');
    const own = number('N-1');
    expect(await place.certifyEach([merge(other, own), merge(own, number('N-2'), { kind: 'account' })])).toEqual([]);
    expect((await place.assertions(2)).map(({ kind }) => kind).sort()).toEqual(['account', 'visit']);
    expect(await pending()).toEqual([]);
  });

  it('refuses a cycle: it waits, changes nothing, and holds once the other is undone', async () => {
    const [a, b, c] = [number('A'), number('B'), number('C')];
    await place.certifyEach([merge(a, b), merge(b, c), merge(c, a)]);
    const [waiting] = await pending();
    expect(waiting).toMatchObject({
      kind: 'visit',
      guards: ['cycle'],
      second: { recordKey: idOf(c), facility: 'NORTH' },
    });
    expect(await place.assertions(2)).toHaveLength(2);
    const same = { ...decider, decision: 'same' as const };
    await expect(decidePending(place.registration, waiting?.id ?? '', same)).rejects.toThrow('undo it first');
    for (const { id } of await listAssertions(place.registration, { count: 10 }))
      await undoAssertion(place.registration, id, decider);
    await decidePending(place.registration, waiting?.id ?? '', same);
    expect((await place.assertions(3)).map(({ state, second }) => `${second.value} ${state}`).sort()).toEqual([
      'A undone',
      'B undone',
      'C in-force',
    ]);
  });

  it('lets two numbers for one wait until the chain joins them', async () => {
    const [a, b, c] = [number('A'), number('B'), number('C')];
    await place.certifyEach([merge(a, b), merge(a, c)]);
    expect((await pending()).map(({ kind, guards }) => [kind, guards])).toEqual([['visit', ['contradiction']]]);
    await place.certifyEach([merge(b, c)]);
    expect(await pending()).toEqual([]);
    expect(await place.assertions(3)).toHaveLength(3);
  });

  it('never reaches the visits of another facility, whatever its numbers are called', async () => {
    const south = await Hospital.open(place.registration, 'SOUTH');
    const [old, right] = [number('V-2'), number('V-1')];
    await place.certifyEach([merge(old, right), merge(old, right, { by: south })]);
    const ends = (await place.assertions(2)).map(({ first, second }) => `${first.recordKey} ${second.recordKey}`);
    expect(new Set(ends)).toEqual(
      new Set(['NORTH', 'SOUTH'].map((facility) => `${idOf(right, facility)} ${idOf(old, facility)}`)),
    );
  });

  it('takes a number that is the same everywhere from its issuer alone', async () => {
    const south = await Hospital.open(place.registration, 'SOUTH');
    const [old, right] = [number('V-2', universal), number('V-1', universal)];
    expect(await place.certifyEach([merge(old, right)])).toEqual([]);
    await permitAuthority(place.registration, south.source.id, universal);
    expect(await place.certifyEach([merge(right, old, { by: south })])).toEqual(['authority-not-issued']);
    expect(await place.assertions(1)).toHaveLength(1);
  });
});
