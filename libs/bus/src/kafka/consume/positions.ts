import type { Admin, SeekEntry } from 'kafkajs';
import { type ClusterAdmin, NotYetKnown } from '../cluster-admin.js';

/** Where a partition begins and ends, and where its group stands. Offsets of the next record each. */
export interface Place {
  readonly partition: number;
  readonly low: number;
  readonly high: number;
  /** Absent for a group that has not settled anything there. */
  readonly committed: number | undefined;
}

/** Without `groupId` nothing is committed. Partitions in their order. Throws `Unavailable`. */
export async function readPlaces(admin: ClusterAdmin, topic: string, groupId?: string): Promise<readonly Place[]> {
  // The group first: read after the topic it could be ahead of it.
  const committed = await readCommitted(admin, topic, groupId);
  const offsets = await admin.ask(`offsets of ${topic}`, (asked) => endsOf(asked, topic));
  return offsets
    .map(({ partition, low, high }) => ({
      partition,
      low: Number(low),
      high: Number(high),
      committed: committed.get(partition),
    }))
    .sort((one, other) => one.partition - other.partition);
}

type Ends = SeekEntry & { readonly high: string; readonly low: string };

/**
 * kafkajs takes an answer apart as if every partition were in it. One that names none, or not each of them twice, is that of
 * a broker that has just started and has not heard of the topic's partitions or of their leaders.
 */
async function endsOf(admin: Admin, topic: string): Promise<readonly Ends[]> {
  const ends = await admin.fetchTopicOffsets(topic).catch((error: unknown) => {
    if (error instanceof TypeError) return [];
    throw error;
  });
  if (ends.length === 0) throw new NotYetKnown('the brokers name no partitions of it yet');
  return ends;
}

async function readCommitted(admin: ClusterAdmin, topic: string, groupId?: string): Promise<Map<number, number>> {
  if (groupId === undefined) return new Map();
  const groups = await admin.ask(`offsets of ${groupId}`, (asked) => asked.fetchOffsets({ groupId, topics: [topic] }));
  const partitions = groups.flatMap((one) => one.partitions);
  // -1 says that nothing was committed, -2 that kafkajs was told to begin at the oldest.
  return new Map(partitions.map((one) => [one.partition, Number(one.offset)] as const).filter(([, at]) => at >= 0));
}

/** The next record that there is for the group. */
export function nextOf({ low, committed = low }: Place): number {
  return Math.max(low, committed);
}

/** Records that were dropped before the group had them: retention ran over it. */
export function overrunOf({ low, committed = low }: Place): number {
  return Math.max(0, low - committed);
}
