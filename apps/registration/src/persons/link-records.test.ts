import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ClaimedIdentity, type PatientIdentifier, recordKey } from '@anamnesis/core';
import { Hospital } from '../../test/hospital.js';
import { openPlace, type Place } from '../../test/place.js';
import { databases } from '../../../../test/databases.js';
import { declareAuthority } from '../facilities/authorities.js';
import { PersonGraph } from './person-graph.js';
import { decidePending, listAssertions, listPending, undoAssertion } from './review.js';

const national = 'urn:oid:2.16.840.1.113883.4.1';
const eve = { birthDate: '1962-03-20', familyName: 'EVERYWOMAN', givenName: 'EVE', sex: 'F' };
const decider = { actor: 'admin:test', reason: 'seen both charts' };

describe.each(databases)('linking on $name', ({ fresh }) => {
  let place: Place;
  let hospitals: readonly Hospital[];

  beforeEach(async () => {
    place = await openPlace({}, fresh);
    hospitals = [];
    for (const name of ['H0', 'H1', 'H2', 'H3'])
      hospitals = [...hospitals, await Hospital.open(place.registration, name)];
  });
  afterEach(() => place.dispose());

  const own = (at: number, value = '1'): PatientIdentifier => ({ system: `urn:anamnesis:authority:H${at}`, value });
  const registered = (at: number, identity: Partial<ClaimedIdentity> = eve, value = '1') => {
    const hospital = hospitals[at];
    if (hospital === undefined) throw new Error('no such hospital');
    const identifiers = identity.identifiers ?? [{ system: national, value: '4711', type: 'NI' }];
    return hospital.says({ subject: own(at, value), identity: { ...identity, identifiers } });
  };
  const declare = (scope: 'national' | 'facility' = 'national') =>
    declareAuthority(place.registration, { system: national, scope });
  const key = (at: number, value = '1') => recordKey(place.registration.keys.deploymentKey, own(at, value));
  const person = async (at: number, value = '1') => {
    const graph = await PersonGraph.load(place.store.reader.manager, [key(at, value)]);
    return [...graph.person(key(at, value))].sort();
  };
  const pending = () => listPending(place.registration, { state: 'open', count: 10 });

  it('does nothing by a number of an authority that is not declared', async () => {
    await place.certifyEach([registered(0), registered(0)]);
    expect(await place.read('person.changed', 0)).toEqual([]);
  });

  it('links records that share a national number and agree otherwise, once', async () => {
    await declare();
    await place.certifyEach([registered(0), registered(1), registered(1), registered(0)]);
    const assertions = await place.assertions(1);
    expect(assertions).toHaveLength(1);
    expect(assertions[0]).toMatchObject({
      kind: 'link',
      state: 'in-force',
      version: 1,
      first: { recordKey: key(0) },
      second: { recordKey: key(1) },
      cause: { rule: 'same-identifier', system: national },
    });
    expect(await person(0)).toEqual([key(0), key(1)].sort());
  });

  it('links what was there before the declaration', async () => {
    await declare('facility');
    // Permission would be needed; open sources share.
    const open = await Hospital.open(place.registration, 'OPEN', { isOpen: true });
    const identity = { ...eve, identifiers: [{ system: national, value: '4711', type: 'NI' }] };
    const subjects = ['a', 'b'].map((value) => ({ system: 'urn:x', value }));
    expect(await place.certifyEach(subjects.map((subject) => open.says({ subject, identity })))).toEqual([]);
    expect(await place.read('person.changed', 0)).toEqual([]);
    await declare();
    expect(await place.assertions(1)).toHaveLength(1);
  });

  it("does not make one person of children under a guardian's number", async () => {
    await declare();
    const child = (givenName: string, birthDate: string) => ({ ...eve, givenName, birthDate });
    await place.certifyEach([
      registered(0, child('ANN', '2015-05-05'), 'ann'),
      registered(0, child('BEN', '2017-07-07'), 'ben'),
      registered(0, child('TWIN A', '2020-02-02'), 'x'),
      registered(0, child('TWIN B', '2020-02-02'), 'y'),
    ]);
    expect(await place.read('person.changed', 0)).toEqual([]);
    const waiting = await pending();
    expect(waiting.length).toBeGreaterThanOrEqual(3);
    expect(waiting.every(({ guards }) => guards.length > 0)).toBe(true);
    expect(JSON.stringify(waiting)).not.toMatch(/4711|ANN|BEN|2015/);
  });

  it('ignores placeholder numbers', async () => {
    await declare();
    const identifiers = [{ system: national, value: '999999999', type: 'NI' }];
    await place.certifyEach([0, 1].map((at) => registered(at, { ...eve, identifiers })));
    expect([await place.read('person.changed', 0), await pending()]).toEqual([[], []]);
  });

  it('sends the fourth record under one number to review', async () => {
    await declare();
    await place.certifyEach([0, 1, 2, 3].map((at) => registered(at)));
    expect(await person(0)).toHaveLength(3);
    expect((await pending()).map(({ guards }) => guards)).toContainEqual(['G12']);
  });

  it('links later, when the claims that were missing come', async () => {
    await declare();
    await place.certifyEach([registered(0), registered(1, { ...eve, givenName: 'BABY GIRL' })]);
    expect((await pending())[0]?.guards).toContain('G6');
    await place.certifyEach([registered(1)]);
    expect([await pending(), await person(1)]).toEqual([[], [key(0), key(1)].sort()]);
  });

  it('holds a pair apart that an operator undid, whatever comes', async () => {
    await declare();
    await place.certifyEach([registered(0), registered(1)]);
    const [link] = await listAssertions(place.registration, { count: 10 });
    await undoAssertion(place.registration, link?.id ?? '', decider);
    await place.certifyEach([registered(1, { ...eve, givenName: 'EVE ANN' }), registered(0, { ...eve, sex: 'U' })]);
    expect(await person(0)).toEqual([key(0)]);
    const published = await place.assertions(2);
    expect(published.map(({ version, state, cause }) => [version, state, cause.rule])).toEqual([
      [1, 'in-force', 'same-identifier'],
      [2, 'undone', 'operator'],
    ]);
    // A third record that fits both may not join them again by itself.
    await place.certifyEach([registered(2)]);
    expect((await person(2)).length).toBe(2);
    expect((await pending()).map(({ guards }) => guards)).toContainEqual(['G15']);
  });

  it('follows the decision of an operator, and the last one counts', async () => {
    await declare();
    await place.certifyEach([registered(0), registered(1, { ...eve, sex: 'M' })]);
    const [waiting] = await pending();
    expect(waiting).toMatchObject({ kind: 'candidate', guards: ['G9'], first: { facility: 'H0', recordKey: key(0) } });
    const decided = await decidePending(place.registration, waiting?.id ?? '', { ...decider, decision: 'same' });
    expect(await person(0)).toEqual([key(0), key(1)].sort());
    await expect(
      decidePending(place.registration, waiting?.id ?? '', { ...decider, decision: 'not-same' }),
    ).rejects.toThrow('decided');
    await undoAssertion(place.registration, decided.assertionId ?? '', decider);
    expect(await person(0)).toEqual([key(0)]);
  });
});
