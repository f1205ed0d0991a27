import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { accountVisitId, type ClaimedNumber, numberedId } from '@anamnesis/core';
import { Hospital } from '../../test/hospital.js';
import { openPlace, type Place } from '../../test/place.js';
import { databases } from '../../../../test/databases.js';
import { decidePending, listAssertions, listPending, undoAssertion } from './review.js';

const decider = { actor: 'admin:test', reason: 'the facility confirmed' };
const subject = { system: 'urn:anamnesis:authority:NORTH', value: 'MR-1' };
const admittedAt = '202603010800';

function permutations(items: readonly number[]): readonly number[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}

describe.each(databases)('visits known by accounts that merge, on $name', ({ fresh }) => {
  let place: Place;
  let north: Hospital;

  beforeEach(async () => {
    place = await openPlace({}, fresh);
    north = await Hospital.open(place.registration, 'NORTH');
  });
  afterEach(() => place.dispose());

  const account = (value: string): ClaimedNumber => ({ system: 'urn:north:accounts', value, isUniversal: false });
  const visit = (value: string, at = admittedAt) =>
    north.says({ subject, identity: { accountVisits: [{ account: account(value), admittedAt: at }] } });
  const merge = (retired: string, survivor: string) =>
    north.says({
      messageType: 'ADT^A41^ADT_A39',
      subject,
      identity: { numberMerges: [{ kind: 'account', survivor: account(survivor), retired: account(retired) }] },
    });
  const idOf = (value: string, at = admittedAt) =>
    accountVisitId(place.registration.keys.deploymentKey, {
      facility: 'NORTH',
      visit: { account: account(value), admittedAt: at },
    });
  const assertions = async (kind: string) =>
    (await listAssertions(place.registration, { count: 50, state: 'in-force' })).filter((one) => one.kind === kind);
  /** `retired as survivor`, of the visits that began together. */
  const inForce = async (values: readonly string[] = ['A', 'B', 'C', 'X']) => {
    const names = new Map(values.map((value) => [idOf(value), value]));
    const pairs = (await assertions('visit')).map(({ first, second }) => [second, first]);
    return pairs.map((pair) => pair.map(({ recordKey }) => names.get(recordKey)).join(' as ')).sort();
  };
  const undoMerge = async (retired: string) => {
    const { deploymentKey } = place.registration.keys;
    const id = numberedId(deploymentKey, { kind: 'account', facility: 'NORTH', number: account(retired) });
    const found = (await assertions('account')).find(({ second }) => second.recordKey === id);
    await undoAssertion(place.registration, found?.id ?? '', decider);
  };

  it('are one, in whatever order messages and merge come', async () => {
    for (const [at, order] of permutations([0, 1, 2]).entries()) {
      const [right, old] = [`R${at}`, `O${at}`];
      const says = [visit(right), visit(old), merge(old, right)];
      expect(await place.certifyEach(order.flatMap((one) => says.slice(one, one + 1)))).toEqual([]);
    }
    const all = ['0', '1', '2', '3', '4', '5'];
    expect(await inForce(all.flatMap((at) => [`R${at}`, `O${at}`]))).toEqual(all.map((at) => `O${at} as R${at}`));
    for (const made of await assertions('visit'))
      expect(made).toMatchObject({
        version: 1,
        cause: { rule: 'merged-accounts' },
        second: { system: 'urn:north:accounts', facility: 'NORTH' },
      });
  });

  it('are two as long as they did not begin together', async () => {
    await place.certifyEach([visit('A'), visit('B', '202604010800'), merge('B', 'A'), visit('X')]);
    expect(await inForce()).toEqual([]);
  });

  it('follow a chain, part of which has no visit, and are read as the right one when it comes', async () => {
    await place.certifyEach([visit('A'), merge('B', 'C'), visit('B'), merge('A', 'B')]);
    expect(await inForce()).toEqual(['A as B']);
    await place.certifyEach([visit('C')]);
    expect(await inForce()).toEqual(['A as C', 'B as C']);
  });

  it('are two again when the merge of the accounts is undone, and one when it is decided again', async () => {
    await place.certifyEach([visit('A'), visit('B'), visit('C'), merge('A', 'B'), merge('B', 'C')]);
    await undoMerge('B');
    expect(await inForce()).toEqual(['A as B']);
    await place.certifyEach([merge('B', 'C')]);
    expect(await inForce()).toEqual(['A as B']);
    const [waiting] = await listPending(place.registration, { state: 'open', count: 10 });
    await decidePending(place.registration, waiting?.id ?? '', { ...decider, decision: 'same' });
    expect(await inForce()).toEqual(['A as C', 'B as C']);
  });

  it('are not taken apart by themselves', async () => {
    await place.certifyEach([visit('A'), visit('B'), merge('B', 'A')]);
    const [made] = await assertions('visit');
    await expect(undoAssertion(place.registration, made?.id ?? '', decider)).rejects.toThrow('undo that one');
    expect(await inForce()).toEqual(['B as A']);
  });
});
