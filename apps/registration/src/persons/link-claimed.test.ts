import { describe, expect, it } from '@jest/globals';
import { recordKey } from '@anamnesis/core';
import { databases } from '../../../../test/databases.js';
import { Hospital } from '../../test/hospital.js';
import { eachTestOpens } from '../../test/each-test-opens.js';
import type { Place } from '../../test/place.js';
import { PersonGraph } from './person-graph.js';
import { decidePending, listPending, undoAssertion } from './review.js';

const system = 'urn:anamnesis:authority:MRN';
const number = (value: string) => ({ system, value });
const decider = { actor: 'admin:test', reason: 'the facility confirmed' };

describe.each(databases)('links that messages make on $name', ({ fresh }) => {
  let place: Place;
  let hospital: Hospital;
  eachTestOpens({ fresh }, (opened) => ({ place, hospital } = opened));

  const says = (isLinked: boolean, minute: number, second = number('B')) =>
    hospital.says({
      messageType: isLinked ? 'ADT^A24^ADT_A24' : 'ADT^A37^ADT_A37',
      subject: number('A'),
      identity: { links: [{ first: number('A'), second, isLinked }] },
      occurredAt: `2026-03-01T10:0${minute}:00+05:00`,
    });
  const key = (value: string, of = system) => recordKey(place.registration.keys.deploymentKey, { system: of, value });
  const isOnePerson = async () =>
    (await PersonGraph.load(place.store.reader.manager, [key('A')])).person(key('A')).has(key('B'));
  const pending = () => listPending(place.registration, { state: 'open', count: 10 });

  it('joins two records, and takes the link away again', async () => {
    await place.certifyEach([says(true, 1)]);
    expect(await isOnePerson()).toBe(true);
    await place.certifyEach([says(false, 2)]);
    expect(await isOnePerson()).toBe(false);
    expect((await place.assertions(2)).map(({ version, state, cause }) => [version, state, cause.rule])).toEqual([
      [1, 'in-force', 'link-message'],
      [2, 'undone', 'link-message'],
    ]);
  });

  it('ends with the later word, whichever came first', async () => {
    await place.certifyEach([says(false, 2), says(true, 1)]);
    expect(await isOnePerson()).toBe(false);
    await place.certifyEach([says(true, 4), says(false, 3)]);
    expect(await isOnePerson()).toBe(true);
  });

  it('changes nothing when it is said again', async () => {
    const once = says(true, 1);
    await place.certifyEach([once, once]);
    expect((await place.assertions(1)).map(({ version }) => version)).toEqual([1]);
    expect(await pending()).toEqual([]);
  });

  it('waits when the number is issued by another facility', async () => {
    const other = await Hospital.open(place.registration, 'SOUTH');
    hospital = await Hospital.open(place.registration, 'EAST', { isOpen: true });
    const foreign = { system: 'urn:anamnesis:authority:SOUTH', value: 'S' };
    expect(await place.certifyEach([other.says({ subject: foreign }), says(true, 1, foreign)])).toEqual([]);
    expect(await pending()).toMatchObject([{ kind: 'candidate', guards: ['other-authority'] }]);
  });

  it('waits for an operator who holds the two apart', async () => {
    await place.certifyEach([says(true, 1)]);
    const [assertion] = await place.assertions(1);
    await undoAssertion(place.registration, assertion?.id ?? '', decider);
    await place.certifyEach([says(true, 2)]);
    expect(await isOnePerson()).toBe(false);
    const [waiting] = await pending();
    expect(waiting).toMatchObject({ guards: ['not-same'] });
    await decidePending(place.registration, waiting?.id ?? '', { ...decider, decision: 'same' });
    expect(await isOnePerson()).toBe(true);
    // Said before that decision, it comes too late to change it.
    await place.certifyEach([says(false, 3)]);
    expect(await isOnePerson()).toBe(true);
  });
});
