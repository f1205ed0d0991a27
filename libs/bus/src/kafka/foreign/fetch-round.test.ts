import { describe, expect, it } from '@jest/globals';
import type { Cluster } from 'kafkajs';
import { fetchRound, type Places } from './fetch-round.js';

interface Stored {
  readonly offsets: readonly number[];
  readonly end: number;
  /** Records that fit into an answer with others. */
  readonly room?: number;
}

/** A broker that has one topic; it counts how often it was asked. */
function clusterOf(partitions: Readonly<Record<number, Stored>>) {
  let asked = 0;
  const batchContext = { inTransaction: false };
  const answer = ({ partition, fetchOffset }: { partition: number; fetchOffset: string }, isAlone: boolean) => {
    const { offsets, end, room = Infinity } = partitions[partition] ?? { offsets: [], end: 0 };
    const found = offsets.filter((one) => one >= Number(fetchOffset)).slice(0, isAlone ? undefined : room);
    const messages = found.map((one) => ({
      offset: String(one),
      timestamp: '7',
      key: null,
      value: null,
      batchContext,
    }));
    return { partition, highWatermark: String(end), lastStableOffset: String(end), messages };
  };
  const broker = {
    fetch: ({ topics }: { topics: { topic: string; partitions: { partition: number; fetchOffset: string }[] }[] }) => {
      asked++;
      const responses = topics.map(({ topic, partitions: wanted }) => ({
        ...{ topicName: topic, partitions: wanted.map((one) => answer(one, wanted.length === 1)) },
      }));
      return Promise.resolve({ responses });
    },
  };
  const cluster = {
    findLeaderForPartitions: (_: string, wanted: readonly number[]) => ({ 1: wanted }),
    findBroker: () => Promise.resolve(broker),
  } as unknown as Cluster;
  return { cluster, asked: () => asked };
}

const places = (offsets: Readonly<Record<number, number>>): Places =>
  new Map([['t', new Map(Object.entries(offsets).map(([partition, at]) => [Number(partition), at]))]]);
const summary = async (cluster: Cluster, from: Readonly<Record<number, number>>) =>
  (await fetchRound(cluster, places(from))).map(({ records, next, waiting }) => ({
    ...{ offsets: records.map(({ offset }) => offset), next, waiting },
  }));

describe('a round of fetches', () => {
  it('says what came, where to go on and what waits', async () => {
    const { cluster, asked } = clusterOf({ 0: { offsets: [3, 4, 7], end: 10 }, 1: { offsets: [], end: 5 } });
    expect(await summary(cluster, { 0: 4, 1: 5 })).toEqual([
      { offsets: [4, 7], next: 8, waiting: 2 },
      { offsets: [], next: 5, waiting: 0 },
    ]);
    expect(asked()).toBe(1);
  });

  it('asks a partition alone that got no room beside others', async () => {
    const { cluster } = clusterOf({ 0: { offsets: [1], end: 2 }, 1: { offsets: [1], end: 2, room: 0 } });
    expect(await summary(cluster, { 0: 0, 1: 0 })).toMatchObject([{ offsets: [1] }, { offsets: [1] }]);
  });

  it('steps over an offset at which compaction left nothing', async () => {
    const { cluster } = clusterOf({ 0: { offsets: [], end: 6 } });
    expect(await summary(cluster, { 0: 4 })).toEqual([{ offsets: [], next: 5, waiting: 1 }]);
  });
});
