// The module has no types, and builds of single apps see only what is referred to.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="../kafkajs-batch.d.ts" />
import type { Cluster } from 'kafkajs';
import KafkajsBatch, { type FetchedPartition } from 'kafkajs/src/consumer/batch.js';
import type { ForeignRecord } from '../../foreign-topics.js';
import { consumerLimits } from '../consume/consumer-limits.js';

/** By topic and partition: the offset of the next record. */
export type Places = Map<string, Map<number, number>>;

/** What one fetch told of a partition. */
export interface Fetched {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly ForeignRecord[];
  readonly next: number;
  /** Records behind `next` that may be read already. */
  readonly waiting: number;
}

interface Wanted {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

const readCommitted = 1;

/** One fetch from each leader; waits a moment where there is nothing. Throws what kafkajs throws. */
export async function fetchRound(cluster: Cluster, places: Places): Promise<readonly Fetched[]> {
  const byLeader = new Map<string, Wanted[]>();
  for (const [topic, partitions] of places)
    for (const [leader, led] of Object.entries(cluster.findLeaderForPartitions(topic, [...partitions.keys()]))) {
      const wanted = led.map((partition) => ({ topic, partition, offset: partitions.get(partition) ?? 0 }));
      byLeader.set(leader, [...(byLeader.get(leader) ?? []), ...wanted]);
    }
  const rounds = [...byLeader].map(([leader, wanted]) => fetchFrom(cluster, leader, wanted));
  return (await Promise.all(rounds)).flat();
}

async function fetchFrom(cluster: Cluster, leader: string, wanted: readonly Wanted[]): Promise<readonly Fetched[]> {
  const told: Fetched[] = [];
  for (const one of await ask(cluster, leader, wanted))
    told.push(isHollow(one) ? await overHole(cluster, leader, one) : readFetched(one));
  return told;
}

interface Answer extends Wanted {
  readonly fetched: FetchedPartition;
}

async function ask(cluster: Cluster, leader: string, wanted: readonly Wanted[]): Promise<readonly Answer[]> {
  const broker = await cluster.findBroker({ nodeId: leader });
  const topics = [...new Set(wanted.map(({ topic }) => topic))].map((topic) => ({
    topic,
    partitions: wanted
      .filter((one) => one.topic === topic)
      .map(({ partition, offset }) => ({
        ...{ partition, fetchOffset: String(offset), maxBytes: consumerLimits.fetchBytesPerPartition },
      })),
  }));
  const { responses } = (await broker.fetch({
    ...{ maxWaitTime: consumerLimits.heldUpWaitMs, minBytes: 1, maxBytes: consumerLimits.fetchBytes },
    ...{ isolationLevel: readCommitted, topics },
  })) as { responses: readonly { topicName: string; partitions: readonly FetchedPartition[] }[] };
  return responses.flatMap(({ topicName, partitions }) =>
    partitions.flatMap((fetched) => {
      const asked = wanted.find((one) => one.topic === topicName && one.partition === fetched.partition);
      return asked === undefined ? [] : [{ ...asked, fetched }];
    }),
  );
}

/** Nothing came though there should be something: others took all the room, or compaction left an empty batch there. */
function isHollow({ fetched, offset }: Answer): boolean {
  return fetched.messages.length === 0 && endOf(fetched) > offset;
}

/** Asked alone, a partition tells at least one whole batch: if that is empty, so is its first offset. */
async function overHole(cluster: Cluster, leader: string, { topic, partition, offset }: Answer): Promise<Fetched> {
  const [alone] = await ask(cluster, leader, [{ topic, partition, offset }]);
  if (alone === undefined) return { topic, partition, records: [], next: offset, waiting: 1 };
  const told = readFetched(alone);
  return isHollow(alone) ? { ...told, next: offset + 1, waiting: told.waiting - 1 } : told;
}

function readFetched({ topic, partition, offset, fetched }: Answer): Fetched {
  const { messages } = new KafkajsBatch(topic, String(offset), fetched);
  const last = fetched.messages.at(-1);
  // What was asked for may be missing inside a batch that compaction thinned out.
  const next = last === undefined ? offset : Math.max(Number(last.offset), offset) + 1;
  const records = messages.map(({ offset: at, key, value, timestamp }) => ({
    ...{ offset: Number(at), key, value, timestampMs: Number(timestamp) },
  }));
  return { topic, partition, records, next, waiting: Math.max(0, endOf(fetched) - next) };
}

/** Behind what may be read: transactions that are open hold it back. */
function endOf({ highWatermark, lastStableOffset = '-1' }: FetchedPartition): number {
  const stable = Number(lastStableOffset);
  return stable >= 0 ? stable : Number(highWatermark);
}
