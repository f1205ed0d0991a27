import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type BusRecord,
  deadTopicOf,
  type DeliveredRecord,
  type EventBus,
  openEventBus,
  partitionOf,
  type Refusal,
} from '@anamnesis/bus';
import { Unavailable } from '@anamnesis/core';
import { retryParked } from './retry-parked.js';

const [topic, group] = ['clinical.certified', 'query'] as const;
const forever = new AbortController().signal;

describe('records that were parked for a defect', () => {
  let directory: string;
  let bus: EventBus;
  /** What the handler cannot do now, by the key of the record. */
  const broken = new Map<string, () => readonly Refusal[]>();
  let taken: DeliveredRecord[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'anamnesis-parked-'));
    bus = await openEventBus({ backend: 'embedded', directory, report: () => undefined });
    broken.clear();
    taken = [];
  });
  afterEach(async () => {
    await bus.close();
    await rm(directory, { recursive: true });
  });

  const defect = () => {
    throw new TypeError('a table is missing');
  };
  const handle = (records: readonly DeliveredRecord[]): Promise<readonly Refusal[]> =>
    new Promise((resolve) => {
      const refusals = records.flatMap(({ key }) => broken.get(key)?.() ?? []);
      taken.push(...records);
      resolve(refusals);
    });
  const says = (key: string): BusRecord => ({ key, header: { of: key }, body: Buffer.from(key) });
  /** Of another partition. */
  const keyBeside = (key: string): string =>
    ['b', 'c', 'd', 'e'].find((other) => partitionOf(topic, other) !== partitionOf(topic, key)) ?? '';
  const consume = async (from: typeof topic | 'clinical.received.registration.dead' = topic) => {
    const consumer = await bus.consume({ topic: from, group, handle });
    await consumer.caughtUp;
    await consumer.stop();
  };
  const retry = (signal = forever) => retryParked(bus, { topic, group, handle }, signal);

  it('are handed over as they were delivered once the defect is mended, and once only', async () => {
    await bus.publish(topic, [says('a'), says('b')]);
    broken.set('a', defect);
    await consume();
    expect(taken.map(({ key }) => key)).toEqual(['b']);
    broken.clear();
    expect(await retry()).toEqual({ done: 1, parked: 0 });
    const [b, a] = taken;
    expect(a).toMatchObject({ topic, key: 'a', header: { of: 'a' }, offset: expect.any(Number) });
    expect(Object.keys(a?.header ?? {})).toEqual(['of']);
    expect(Buffer.from(a?.body ?? []).toString()).toBe('a');
    expect(Math.abs((a?.appendedAt.getTime() ?? 0) - (b?.appendedAt.getTime() ?? 0))).toBeLessThan(60_000);
    expect(await retry()).toEqual({ done: 0, parked: 0 });
  });

  it('are parked again while the defect is there, each for itself, and are not lost however often that is', async () => {
    await bus.publish(topic, [says('a'), says('b'), says('c')]);
    broken.set('a', defect).set('c', defect);
    await consume();
    broken.delete('c');
    expect(await retry()).toEqual({ done: 1, parked: 1 });
    expect(await retry()).toEqual({ done: 0, parked: 1 });
    broken.clear();
    expect(await retry()).toEqual({ done: 1, parked: 0 });
    expect(taken.map(({ key }) => key).sort()).toEqual(['a', 'b', 'c']);
  });

  it('are parked again once and not over and over while others wait for a dependency', async () => {
    const [parked, waits] = ['a', keyBeside('a')];
    await bus.publish(topic, [says(parked), says(waits)]);
    broken.set(parked, defect).set(waits, defect);
    await consume();
    let timesAway = 6;
    broken.set(waits, () => {
      if (timesAway-- > 0) throw new Unavailable('store', 'away');
      return [];
    });
    expect(await retry()).toEqual({ done: 1, parked: 1 });
    // For a group that has read none: all that there are.
    expect(await bus.lag(deadTopicOf(topic, group), 'nobody')).toMatchObject({ records: 3 });
    broken.clear();
    expect(await retry()).toEqual({ done: 1, parked: 0 });
    expect(Object.keys(taken.at(-1)?.header ?? {})).toEqual(['of']);
  });

  it('are refused for good where that is what they are now, and what was refused for good before is left', async () => {
    const refuse = (key: string) => (): readonly Refusal[] => {
      const record = { ...says(key), topic, partition: 0, offset: 1, appendedAt: new Date() };
      return [{ record, code: 'invalid-event', reason: 'why' }];
    };
    await bus.publish(topic, [says('a')]);
    broken.set('a', defect);
    await consume();
    broken.set('a', refuse('a'));
    expect(await retry()).toEqual({ done: 1, parked: 0 });
    broken.clear();
    expect(await retry()).toEqual({ done: 0, parked: 0 });
    expect(taken).toHaveLength(1);
  });

  it('that were dead letters themselves still say why', async () => {
    const letters = 'clinical.received.registration.dead';
    const refusal = { code: 'unknown-source', reason: 'why', group: 'registration' };
    await bus.publish(letters, [{ ...says('a'), header: { of: 'a', refusal } }]);
    broken.set('a', defect);
    await consume(letters);
    broken.clear();
    expect(await retryParked(bus, { topic: letters, group, handle }, forever)).toEqual({ done: 1, parked: 0 });
    expect(taken[0]?.header).toEqual({ of: 'a', refusal });
  });

  it('wait for the next time when what they need is away, or the process ends', async () => {
    await bus.publish(topic, [says('a')]);
    broken.set('a', defect);
    await consume();
    const stopping = new AbortController();
    broken.set('a', () => {
      stopping.abort();
      throw new Unavailable('store', 'away');
    });
    await expect(retry(stopping.signal)).rejects.toThrow(Unavailable);
    broken.clear();
    expect(await retry()).toEqual({ done: 1, parked: 0 });
  });
});
