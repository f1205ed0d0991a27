import { describe, expect, it } from '@jest/globals';
import type { DeliveredRecord, Refusal } from '@anamnesis/bus';
import { Unavailable } from '@anamnesis/core';
import { JoinedBatches } from './joined-batches.js';

const batch = (partition: number, count = 1, bytes = 0): readonly DeliveredRecord[] =>
  Array.from({ length: count }, (_, offset) => ({
    ...{ topic: 'clinical.received', partition, offset, key: `p${partition}`, header: {} },
    ...{ body: new Uint8Array(bytes), appendedAt: new Date(0) },
  }));
const refusal = (record: DeliveredRecord): Refusal => ({ record, code: 'invalid-event', reason: 'why' });

/** Notes the partitions of each call; `answer` may throw. */
function joined(answer: (records: readonly DeliveredRecord[]) => readonly Refusal[] = () => [], recordsMax?: number) {
  const calls: number[][] = [];
  const handle = async (records: readonly DeliveredRecord[]) => {
    calls.push([...new Set(records.map(({ partition }) => partition))]);
    await Promise.resolve();
    return answer(records);
  };
  return { calls, batches: new JoinedBatches(handle, recordsMax) };
}

describe('batches of several partitions that wait for one handler', () => {
  it('are one call, and each hears of its own refusals', async () => {
    const { calls, batches } = joined((records) => records.filter(({ offset }) => offset === 1).map(refusal));
    const [none, one] = await Promise.all([batches.take(batch(0)), batches.take(batch(1, 2))]);
    expect(calls).toEqual([[0, 1]]);
    expect(none).toEqual([]);
    expect(one.map(({ record: { partition, offset } }) => [partition, offset])).toEqual([[1, 1]]);
  });

  it('are no more than one call may have, in the order in which they came', async () => {
    const { calls, batches } = joined(undefined, 5);
    await Promise.all([batch(0, 2), batch(1, 3), batch(2, 9), batch(3)].map((one) => batches.take(one)));
    expect(calls).toEqual([[0, 1], [2], [3]]);
    const large = joined();
    await Promise.all([0, 1, 2].map((partition) => large.batches.take(batch(partition, 1, 5 * 1024 * 1024))));
    expect(large.calls).toEqual([[0], [1], [2]]);
  });

  it('are all unavailable when the handler is, and tried apart after a defect: it is found where it is', async () => {
    const away = joined(() => {
      throw new Unavailable('store', 'away');
    });
    const outcomes = await Promise.allSettled([0, 1].map((partition) => away.batches.take(batch(partition))));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(away.calls).toEqual([[0, 1]]);
    const broken = joined((records) => {
      if (records.some(({ partition }) => partition === 1)) throw new TypeError('a defect');
      return [];
    });
    const apart = await Promise.allSettled([0, 1, 2].map((partition) => broken.batches.take(batch(partition))));
    expect(apart.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(broken.calls).toEqual([[0, 1, 2], [0], [1], [2]]);
  });

  it('lose no refusal: one that cannot be told whose it is has each handled alone', async () => {
    const { calls, batches } = joined((records) => records.slice(0, 1).map((record) => refusal({ ...record })));
    const refusals = await Promise.all([batches.take(batch(0)), batches.take(batch(1))]);
    expect(calls).toEqual([[0, 1], [0], [1]]);
    expect(refusals.flat().map(({ record: { partition } }) => partition)).toEqual([0, 1]);
  });

  it('goes on after everything was handled', async () => {
    const { calls, batches } = joined();
    await batches.take(batch(0));
    await batches.take(batch(1));
    expect(calls).toEqual([[0], [1]]);
  });
});
