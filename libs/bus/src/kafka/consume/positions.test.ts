import { describe, expect, it } from '@jest/globals';
import { ClusterAdmin } from '../cluster-admin.js';
import type { openKafkaClient } from '../kafka-client.js';
import { readPlaces } from './positions.js';

type Client = ReturnType<typeof openKafkaClient>;

/** An admin whose brokers answer so, one answer after the other, the last one for good. */
function answering(...answers: readonly (() => unknown)[]): { admin: ClusterAdmin; asked: () => number } {
  let asked = 0;
  const kafka = {
    admin: () => ({
      connect: () => Promise.resolve(),
      disconnect: () => Promise.resolve(),
      fetchTopicOffsets: async () => Promise.resolve(answers[Math.min(asked++, answers.length - 1)]?.()),
    }),
  };
  const client = { kafka, fence: () => undefined } as unknown as Client;
  const connection = {} as ConstructorParameters<typeof ClusterAdmin>[0];
  return { admin: new ClusterAdmin(connection, () => client), asked: () => asked };
}

/** What kafkajs 2.2 does with an answer that names no topic. */
const takesEmptyApart = () => {
  const answer: { readonly partitions: unknown }[] = [];
  const { partitions } = answer.pop() as { partitions: unknown };
  return partitions;
};
const ends = () => [{ partition: 0, offset: '7', high: '7', low: '2' }];

describe('where the partitions of a topic begin and end', () => {
  it.each([
    ['none of them', takesEmptyApart],
    ['an empty list', () => []],
  ])('is asked again while the brokers name %s', async (_, empty) => {
    const { admin, asked } = answering(empty, ends);
    expect(await readPlaces(admin, 'clinical.certified')).toEqual([
      { partition: 0, low: 2, high: 7, committed: undefined },
    ]);
    expect(asked()).toBe(2);
    await admin.close();
  });

  it('is unavailable, and says why, when they go on naming none', async () => {
    const { admin } = answering(takesEmptyApart);
    await expect(readPlaces(admin, 'clinical.certified')).rejects.toMatchObject({
      name: 'Unavailable',
      message: expect.stringContaining('offsets of clinical.certified: NotYetKnown: the brokers name no partitions'),
    });
    await admin.close();
  });
});
