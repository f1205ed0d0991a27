import { describe, expect, it } from '@jest/globals';
import type { Broker, Cluster } from 'kafkajs';
import { consumerLimits } from './consumer-limits.js';
import { Fetching } from './fetching.js';

const { gatherBytes, gatherMs, idleWaitMs, heldUpWaitMs } = consumerLimits;
const nothing = { responses: [] };
const fetched = (...messages: readonly unknown[]) => ({ responses: [{ partitions: [{ messages }] }] });

/** A cluster whose one broker answers when it is told to, and says what it was asked. */
function watched() {
  const waitsMs: (number | undefined)[] = [];
  const leastBytes: (number | undefined)[] = [];
  let refreshed = 0;
  let answer: (value: unknown) => void = () => undefined;
  const broker = {
    fetch: ({ maxWaitTime, minBytes }: { maxWaitTime?: number; minBytes?: number }) => {
      waitsMs.push(maxWaitTime);
      leastBytes.push(minBytes);
      return new Promise((resolve) => (answer = resolve));
    },
  };
  const cluster = {
    refreshMetadataIfNecessary: () => {
      refreshed++;
      return Promise.resolve();
    },
    findBroker: () => Promise.resolve(broker),
  } as unknown as Cluster;
  const told: string[] = [];
  const fetching = new Fetching('topic', () => ({
    pause: ([one]) => void told.push(`pause ${String(one?.partitions)}`),
    resume: ([one]) => void told.push(`resume ${String(one?.partitions)}`),
  }));
  fetching.watch(cluster);
  const fetch = async (): Promise<Awaited<ReturnType<Broker['fetch']>>> => {
    await cluster.refreshMetadataIfNecessary();
    return (await cluster.findBroker({ nodeId: '1' })).fetch({ topics: [] });
  };
  const asked = async (count: number) => {
    while (waitsMs.length < count) await new Promise(setImmediate);
  };
  return {
    fetching,
    fetch,
    asked,
    waitsMs,
    leastBytes,
    told,
    answer: (value: unknown) => {
      answer(value);
    },
    refreshed: () => refreshed,
  };
}

describe('what a consumer fetches', () => {
  it('waits long where there is nothing, and short while a partition is held up', async () => {
    const { fetching, fetch, asked, answer, waitsMs, told } = watched();
    fetching.beat();
    fetching.hold([0, 1]);
    fetching.letGo(0);
    const first = fetch();
    await asked(1);
    fetching.letGo(1);
    answer(nothing);
    expect(await first).toBe(nothing);
    void fetch();
    await asked(2);
    fetching.end();
    expect(waitsMs).toEqual([heldUpWaitMs, idleWaitMs]);
    expect(told).toEqual(['pause 0,1', 'resume 0', 'resume 1']);
  });

  it('is taken at once after nothing, and gathers after something, until nothing comes', async () => {
    const { fetching, fetch, asked, answer, leastBytes, waitsMs } = watched();
    fetching.beat();
    fetching.letGo(0);
    for (const [at, answered] of [fetched('one'), fetched(), fetched('two'), nothing].entries()) {
      const under = fetch();
      await asked(at + 1);
      answer(answered);
      expect(await under).toBe(answered);
    }
    expect(leastBytes).toEqual([1, gatherBytes, 1, gatherBytes]);
    expect(waitsMs).toEqual([idleWaitMs, gatherMs, idleWaitMs, gatherMs]);
  });

  it('does not hold up a heartbeat that is due', async () => {
    const { fetching, fetch, asked, waitsMs } = watched();
    fetching.letGo(0);
    void fetch();
    await asked(1);
    expect(waitsMs).toEqual([heldUpWaitMs]);
    fetching.end();
  });

  it('is not asked for while all partitions are held up, and at once when one is let go', async () => {
    const { fetching, fetch, asked, answer, refreshed } = watched();
    fetching.hold([0]);
    const under = fetch();
    await new Promise(setImmediate);
    expect(refreshed()).toBe(0);
    fetching.letGo(0);
    await asked(1);
    const it = fetched('it');
    answer(it);
    expect(await under).toBe(it);
  });

  it('is asked for where nothing is assigned: kafkajs itself sleeps then', async () => {
    const { fetching, fetch, asked } = watched();
    fetching.hold([0]);
    fetching.forget();
    void fetch();
    await asked(1);
    fetching.end();
  });

  it('is waited for no more at the end, neither before it is asked for nor after', async () => {
    const { fetching, fetch, asked } = watched();
    fetching.hold([0, 1]);
    fetching.letGo(0);
    const under = fetch();
    await asked(1);
    fetching.hold([0]);
    const before = fetch();
    fetching.end();
    expect(await under).toEqual({ responses: [] });
    await asked(2);
    expect(await before).toEqual({ responses: [] });
  });
});
