import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DeliveredRecord } from '@anamnesis/bus';
import { eventId, type MessageFragment, sourceRecordKey } from '@anamnesis/core';
import { Fragment } from '@anamnesis/store';
import { databases } from '../../../../test/databases.js';
import { openPlace, type Place } from '../../test/place.js';
import { addSource } from '../facilities/sources.js';
import { expireFragments, pruneFragments } from './expire-fragments.js';
import { discardFragment, listFragments } from './fragment-list.js';
import { keepFragments } from './keep-fragments.js';

const sender = { facility: 'NORTH', application: 'LIS' };
const hourMs = 60 * 60 * 1000;

describe.each(databases)('fragments of messages on $name', ({ fresh }) => {
  let place: Place;
  beforeEach(async () => {
    place = await openPlace({ FRAGMENTS_OPEN_MAX: 5, FRAGMENTED_MESSAGE_BYTES_MAX: 2000 }, fresh);
    await addSource(place.registration, sender);
  });
  afterEach(() => place.dispose());

  /** `C1 -P1`: the message C1 that ends with the pointer P1; `C2 P1-` continues it. */
  const fragment = (text: string, { facility = 'NORTH', more = '', ageMs = 0 } = {}): DeliveredRecord => {
    const [controlId = '', pointers = ''] = text.split(' ');
    const [continues = '', pointer = ''] = pointers.split('-');
    const content = `MSH|^~\\&|LIS|${facility}|||||ORU^R01|${controlId}|P|2.5.1||${continues}`;
    const body = Buffer.from(`${content}\rZZZ|${controlId}${more}\r${pointer === '' ? '' : `DSC|${pointer}|F\r`}`);
    const { deploymentKey } = place.registration.keys;
    const rawDigest = createHash('sha256').update(body).digest();
    const id = eventId(deploymentKey, { ...sender, facility, messageId: controlId, rawDigest, ordinal: 0 });
    const came = { protocol: 'hl7v2-mllp', authentication: 'none', receivedAt: new Date().toISOString() } as const;
    const type = { controlId, messageType: 'ORU^R01^ORU_R01' };
    const header: MessageFragment = { id, ...sender, facility, ...came, ...type, continues, pointer };
    const key = sourceRecordKey(deploymentKey, facility, sender.application);
    const appendedAt = new Date(Date.now() - ageMs);
    return { topic: 'intake.fragment', partition: 0, offset: 1, appendedAt, key, header: { ...header }, body };
  };
  const keep = async (...records: readonly DeliveredRecord[]) =>
    (await keepFragments(place.registration, records)).map(({ code }) => code);
  const assembled = async (count: number) =>
    (await place.read('intake.assembled', count)).map(({ header, body }) => ({
      fragments: header['fragments'],
      text: Buffer.from(body).toString().split('\r').slice(1, -1),
    }));
  const states = async () =>
    Object.fromEntries(
      (await listFragments(place.registration, { count: 100 })).map((one) => [one.controlId, one.state]),
    );

  it('become one message when the last one is there, in whatever order and batches they come, once', async () => {
    const [a, b, c] = [fragment('C1 -P1'), fragment('C2 P1-P2'), fragment('C3 P2-')];
    expect(await keep(c)).toEqual([]);
    expect(await keep(a, a)).toEqual([]);
    expect(await assembled(0)).toEqual([]);
    await keep(b);
    expect(await assembled(1)).toEqual([{ fragments: 3, text: ['ZZZ|C1', 'ZZZ|C2', 'ZZZ|C3'] }]);
    // Sent again, or delivered again by the bus: recognised, each of them and all together.
    await keep(a, b, c);
    expect(await assembled(0)).toEqual([]);
    expect(await states()).toEqual({ C1: 'assembled', C2: 'assembled', C3: 'assembled' });
  });

  it('are known by another instance, and sealed where they are kept', async () => {
    await keep(fragment('C1 -P1', { more: ' SECRET' }));
    const { manager } = place.store.reader;
    expect(Buffer.from((await manager.findOneByOrFail(Fragment, {})).sealedBytes).includes('SECRET')).toBe(false);
    expect(await keepFragments(await place.another(), [fragment('C2 P1-')])).toEqual([]);
    expect(await assembled(1)).toMatchObject([{ text: ['ZZZ|C1 SECRET', 'ZZZ|C2'] }]);
  });

  it('tell every adapter that their source sends fragments, once', async () => {
    await keep(fragment('C1 -P1'), fragment('C2 P1-P2'));
    const facts = (await place.read('registry.changed', 2)).map(({ header }) => header['isFragmenting']);
    expect(facts).toEqual([undefined, true]);
    expect(await place.read('registry.changed', 0)).toEqual([]);
  });

  it('of two sources are never one message, though they use one pointer', async () => {
    await addSource(place.registration, { ...sender, facility: 'SOUTH' });
    await keep(fragment('C1 -1'), fragment('C2 1-', { facility: 'SOUTH' }));
    expect(await assembled(0)).toEqual([]);
    await keep(fragment('C3 -1', { facility: 'SOUTH' }));
    expect(await assembled(1)).toMatchObject([{ text: ['ZZZ|C3', 'ZZZ|C2'] }]);
  });

  it('with one pointer twice wait until an operator discards one of them', async () => {
    await keep(fragment('C1 -1'), fragment('C2 -1'), fragment('C3 1-'));
    expect(await assembled(0)).toEqual([]);
    const [wrong] = (await listFragments(place.registration, { count: 9 })).filter((one) => one.controlId === 'C1');
    const discarded = await discardFragment(place.registration, wrong?.id ?? '', 'its connection broke');
    expect(discarded).toMatchObject({ state: 'discarded', reason: 'its connection broke' });
    expect(await assembled(1)).toMatchObject([{ text: ['ZZZ|C2', 'ZZZ|C3'] }]);
    const done = (await listFragments(place.registration, { state: 'assembled', count: 9 }))[0]?.id ?? '';
    await expect(discardFragment(place.registration, done, 'no')).rejects.toMatchObject({ code: 'conflict' });
    await expect(discardFragment(place.registration, 'nobody', 'no')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('that nothing completes are on record as refused, once a message, and are completed by what comes late', async () => {
    const old = { ageMs: hourMs };
    await keep(fragment('C1 -P1', old), fragment('C2 P1-P2', old), fragment('C9 P8-', old), fragment('C5 -P5'));
    expect(await expireFragments(place.registration)).toBe(2);
    expect(await expireFragments(place.registration)).toBe(0);
    await place.registration.relay.flush();
    const refused = (await place.read('intake.refused', 2)).map(({ header }) => [
      header['controlId'],
      header['reason'],
    ]);
    expect(refused.sort()).toEqual([
      ['C1', 'the fragments that complete this one did not come in time (DSC-1)'],
      ['C9', 'the fragment that this one continues did not come in time (MSH-14)'],
    ]);
    expect(await states()).toEqual({ C1: 'incomplete', C2: 'incomplete', C9: 'incomplete', C5: 'open' });
    await keep(fragment('C3 P2-'));
    expect(await assembled(1)).toMatchObject([{ fragments: 3 }]);
    await pruneFragments(place.registration);
    expect(await states()).toMatchObject({ C1: 'assembled', C9: 'incomplete' });
  });

  it('are limited in number for a source, and in size for a message', async () => {
    const many = ['-1', '-2', '-3', '-4', '-5', '-6'].map((pointers, n) => fragment(`C${n} ${pointers}`));
    expect(await keep(...many)).toEqual(['fragments-over-limit']);
    expect(await place.read('intake.refused', 1)).toMatchObject([{ header: { controlId: 'C5', condition: 207 } }]);
    for (const { id } of await listFragments(place.registration, { count: 9 }))
      await discardFragment(place.registration, id, 'to make room');
    const long = { more: 'x'.repeat(1500) };
    await keep(fragment('L1 -L', long), fragment('L2 L-', long));
    expect(await place.read('intake.refused', 1)).toMatchObject([{ header: { controlId: 'L1' } }]);
    expect(await states()).toMatchObject({ L1: 'refused', L2: 'refused' });
    expect(await assembled(0)).toEqual([]);
  });

  it('of nobody who is registered, and what is no fragment, are refused', async () => {
    const wrong = { ...fragment('C1 -1'), header: { id: 'x' } };
    expect(await keep(fragment('C1 -1', { facility: 'NOBODY' }), wrong)).toEqual(['invalid-event', 'unknown-source']);
  });
});
