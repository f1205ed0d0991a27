import { describe, expect, it } from '@jest/globals';
import type { EachBatchPayload } from 'kafkajs';
import type { DeliveredRecord } from '../../event-bus.js';
import { encodeRecord } from '../../record-codec.js';
import { feedLimits, PartitionFeed } from './partition-feed.js';

/** A feed from `position` on, what it asked of kafkajs and what it delivered. */
function newFeed(position: number, isHeld = false) {
  const stopping = new AbortController();
  const delivered: number[] = [];
  const asked: string[] = [];
  const resolved: string[] = [];
  let release = (): void => undefined;
  let reach = (): void => undefined;
  let calls = 0;
  const held = isHeld ? new Promise<void>((resolve) => (release = resolve)) : Promise.resolve();
  const feed = new PartitionFeed({
    topic: 'clinical.received',
    partition: 0,
    position,
    signal: stopping.signal,
    deliver: async (records: readonly DeliveredRecord[]) => {
      calls++;
      reach();
      await held;
      delivered.push(...records.map(({ offset }) => offset));
      reach();
      return true;
    },
    setFetching: (isFetching) => asked.push(isFetching ? 'fetch' : 'pause'),
    refetch: (offset) => asked.push(`from ${offset}`),
  });
  const accept = (fetchedOffset: number, offsets: readonly number[]): void => {
    const value = Buffer.from(encodeRecord({ header: {}, body: new Uint8Array(0) }));
    const messages = offsets.map((offset) => ({ key: null, value, timestamp: '0', offset: String(offset) }));
    const batch = { fetchedOffset: String(fetchedOffset), messages, lastOffset: () => String(offsets.at(-1)) };
    feed.accept({ batch, resolveOffset: (offset: string) => resolved.push(offset) } as unknown as EachBatchPayload);
  };
  const until = async (count: number): Promise<void> => {
    while (delivered.length < count) await new Promise<void>((resolve) => (reach = resolve));
  };
  const end = async (): Promise<void> => {
    stopping.abort();
    await feed.done;
  };
  const begun = async (): Promise<void> => {
    while (calls === 0) await new Promise<void>((resolve) => (reach = resolve));
  };
  return { accept, until, begun, end, release, delivered, asked, resolved };
}

describe('PartitionFeed', () => {
  it('does not take a batch from beyond its place, and fetches anew from there', async () => {
    const { accept, until, end, delivered, asked, resolved } = newFeed(300);
    accept(500, [500, 501]);
    expect(resolved).toEqual([]);
    expect(asked).toEqual(['from 300']);
    accept(300, [300, 301]);
    await until(2);
    await end();
    expect(delivered).toEqual([300, 301]);
    expect(resolved).toEqual(['301']);
  });

  it('goes over a gap that compaction left when fetching anew begins behind it again', async () => {
    const { accept, until, end, delivered, asked } = newFeed(10);
    accept(12, [12]);
    accept(12, [12]);
    await until(1);
    await end();
    expect(delivered).toEqual([12]);
    expect(asked).toEqual(['from 10']);
  });

  it('stops fetching when it is full, and fetches again when it is half empty', async () => {
    const { accept, until, end, release, delivered, asked } = newFeed(0, true);
    const offsets = Array.from({ length: feedLimits.records }, (_, n) => n);
    accept(0, offsets);
    expect(asked).toEqual(['pause']);
    release();
    await until(offsets.length);
    await end();
    expect(delivered).toEqual(offsets);
    expect(asked).toEqual(['pause', 'fetch']);
  });

  it('drops what it has not begun when it ends, and waits for what it has', async () => {
    const { accept, begun, end, release, delivered } = newFeed(0, true);
    accept(0, [0, 1]);
    await begun();
    accept(2, [2, 3]);
    const ending = end();
    release();
    await ending;
    expect(delivered).toEqual([0, 1]);
  });
});
