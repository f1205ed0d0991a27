import { describe, expect, it } from '@jest/globals';
import { databases } from '../../../../test/databases.js';
import { delivered, type Hospital } from '../../test/hospital.js';
import { eachTestOpens } from '../../test/each-test-opens.js';
import type { Place } from '../../test/place.js';
import { listAssertions, undoAssertion } from '../persons/review.js';
import { certify } from './certify.js';
import { listRefused, replay } from './refused-events.js';

const number = (value: string) => ({ system: 'urn:anamnesis:authority:MRN', value });
const [before, mergedAt, after] = ['2024-05-01T08:00:00Z', '2024-05-01T09:00:00Z', '2024-05-01T10:00:00Z'];

describe.each(databases)('a patient number that a merge retired on $name', ({ fresh }) => {
  let place: Place;
  let hospital: Hospital;
  eachTestOpens({ fresh }, (opened) => ({ place, hospital } = opened));

  const identity = { merges: [{ survivor: number('A'), retired: number('B') }] };
  const merge = () =>
    hospital.says({ messageType: 'ADT^A40^ADT_A39', subject: number('A'), identity, occurredAt: mergedAt });
  const says = (trigger: string, occurredAt: string, value = 'B') =>
    hospital.says({ messageType: `ADT^${trigger}`, subject: number(value), occurredAt });

  it.each(['A01', 'A04', 'A28'])('is not taken into use again by an %s until somebody has looked', async (trigger) => {
    expect(await place.certifyEach([merge(), says(trigger, after)])).toEqual(['number-retired']);
    const [refused] = await listRefused(place.registration, { code: 'number-retired', count: 9 });
    await replay(place.registration, refused?.eventId ?? '', { reason: 'the same person' });
    expect(await listRefused(place.registration, { state: 'requeued', count: 9 })).toHaveLength(1);
  });

  it('is known in the batch that retires it', async () => {
    const refusals = await certify(place.registration, [delivered(merge()), delivered(says('A28', after))]);
    expect(refusals.map(({ code }) => code)).toEqual(['number-retired']);
  });

  it('follows the merge in late messages, and in those that take nothing into use', async () => {
    expect(
      await place.certifyEach([merge(), says('A01', before), says('A08', after), says('A01', after, 'A')]),
    ).toEqual([]);
  });

  it('is free again when the merge is undone', async () => {
    await place.certifyEach([merge()]);
    const [assertion] = await listAssertions(place.registration, { count: 1 });
    await undoAssertion(place.registration, assertion?.id ?? '', { actor: 'admin:test', reason: 'two persons' });
    expect(await place.certifyEach([says('A28', after)])).toEqual([]);
  });
});
