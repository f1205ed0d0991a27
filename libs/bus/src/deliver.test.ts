import { describe, expect, it } from '@jest/globals';
import { Unavailable } from '@anamnesis/core';
import { Delivery, type DeliverOptions } from './deliver.js';
import type { DeliveredRecord, Refusal } from './event-bus.js';

const record = (offset: number): DeliveredRecord => ({
  topic: 'clinical.received',
  partition: 0,
  offset,
  key: 'key',
  header: {},
  body: new Uint8Array(0),
  appendedAt: new Date(),
});

const limits = { backOffMsMin: 1, backOffMsMax: 2, defectAttemptsMax: 3, defectsInRowMax: 3 };

function options(more: Partial<DeliverOptions>): DeliverOptions {
  return {
    topic: 'clinical.received',
    group: 'group',
    handle: () => Promise.resolve([]),
    settle: () => Promise.resolve(),
    report: () => undefined,
    signal: new AbortController().signal,
    limits,
    ...more,
  };
}

describe('Delivery', () => {
  it('lets timers and sockets have their turn between any two batches', async () => {
    const delivery = new Delivery(options({}));
    let turns = 0;
    const count = (): void => {
      turns++;
      immediate = setImmediate(count);
    };
    let immediate = setImmediate(count);
    for (let batch = 0; batch < 50; batch++) await delivery.deliver([record(batch)]);
    clearImmediate(immediate);
    expect(turns).toBeGreaterThanOrEqual(49);
  });

  it('settles again, without handling again, what could not be settled', async () => {
    let handled = 0;
    let settled = 0;
    const refusal: Refusal = { record: record(1), code: 'invalid-event', reason: 'why' };
    const given: (readonly Refusal[])[] = [];
    const delivery = new Delivery(
      options({
        handle: () => Promise.resolve(++handled > 0 ? [refusal] : []),
        settle: (_records, refusals) => {
          given.push(refusals);
          return ++settled < 5 ? Promise.reject(new Unavailable('bus', 'disk full')) : Promise.resolve();
        },
      }),
    );
    expect(await delivery.deliver([record(1)])).toBe(true);
    expect(handled).toBe(1);
    expect(given).toEqual(Array(5).fill([refusal]));
  });

  it('stops with what settling throws, if that is no lack of a dependency', async () => {
    const delivery = new Delivery(options({ settle: () => Promise.reject(new RangeError('of ours')) }));
    await expect(delivery.deliver([record(1)])).rejects.toThrow(RangeError);
  });

  it('says that it did not settle when it was stopped', async () => {
    const stopping = new AbortController();
    const handle = () => {
      stopping.abort();
      return Promise.reject(new Unavailable('store', 'away'));
    };
    const delivery = new Delivery(options({ handle, signal: stopping.signal }));
    expect(await delivery.deliver([record(1), record(2)])).toBe(false);
  });

  it('counts defects in a row anew after a record that could be handled', async () => {
    const reports: boolean[] = [];
    const handle = (records: readonly DeliveredRecord[]) =>
      records.some(({ offset }) => offset % 3 !== 0) ? Promise.reject(new TypeError('x')) : Promise.resolve([]);
    const report: DeliverOptions['report'] = ({ isStopped }) => reports.push(isStopped);
    const delivery = new Delivery(options({ handle, report }));
    expect(await delivery.deliver([1, 2, 3, 4, 5, 6].map(record))).toBe(true);
    expect(reports).toEqual([false, false, false, false]);
  });
});
