import { afterEach, describe, expect, it } from '@jest/globals';
import { ForeignTopicsError, type ForeignTopicsOptions, type readForeignTopics } from '@anamnesis/bus';
import { TopicFollower } from '../../../test/topic-follower.js';
import { schemaRecord } from '../../../test/topic-records.js';
import { until } from '../../../test/until.js';
import { SourceFault } from '../source-fault.js';

type Session = (options: ForeignTopicsOptions) => unknown;

/** Each call reads as the next session says; after the last one it waits to be stopped. */
function reading(...sessions: readonly Session[]) {
  const from: ForeignTopicsOptions['from'][] = [];
  const read: typeof readForeignTopics = async (options) => {
    const session = sessions[from.length];
    from.push(options.from);
    if (session !== undefined) await session(options);
    else
      await new Promise((resolve) => {
        options.signal.addEventListener('abort', resolve);
      });
  };
  return { from, read };
}

const batchOf = (partition: number, offset: number) => {
  const { key, value } = schemaRecord({ id: offset, pos: offset });
  const record = { offset, key: Buffer.from(key), value: Buffer.from(value), timestampMs: 1 };
  return { topic: 't', partition, records: [record], next: offset + 1 };
};
const breaks = (fault: ForeignTopicsError['fault'] = 'unreachable'): never => {
  throw new ForeignTopicsError(fault, 'reading topics: said so');
};

describe('a source of topics', () => {
  const followers: TopicFollower[] = [];
  const follow = (read: typeof readForeignTopics): TopicFollower => {
    const connection = { clientId: 'test', brokers: ['nowhere:1'] };
    const follower = new TopicFollower({ connection, topics: ['t'], keys: { patients: ['id'] }, read });
    followers.push(follower);
    follower.start();
    return follower;
  };
  afterEach(async () => {
    await Promise.all(followers.splice(0).map((one) => one.dispose()));
  });

  it('goes on behind the last record that was kept, over lost connections and new starts', async () => {
    const { from, read } = reading(
      async ({ handle, waiting }) => {
        await handle(batchOf(0, 5));
        await handle(batchOf(1, 8));
        waiting(3);
        breaks();
      },
      async ({ handle, waiting }) => {
        await handle(batchOf(0, 6));
        waiting(0);
        breaks();
      },
    );
    const follower = follow(read);
    await until(() => from.length === 3);
    expect(from).toEqual([{}, { t: { 0: 6, 1: 9 } }, { t: { 0: 7, 1: 9 } }]);
    expect([follower.lost, follower.waiting, follower.caughtUp]).toEqual([['broken', 'broken'], [3, 0], 1]);
    await follower.stop();
    follower.start();
    await until(() => from.length === 4);
    expect(from[3]).toEqual(from[2]);
  });

  it('tells a change after the row that a snapshot found, though the process ended between them', async () => {
    const of = (op: 'r' | 'u', offset: number, atMs: number) => {
      const { value } = schemaRecord({ op, id: 1, pos: offset });
      const [record] = batchOf(0, offset).records;
      const at = Buffer.from(value.replace('"ts_ms":1700000000000', `"ts_ms":${atMs}`));
      return { topic: 't', partition: 0, records: record ? [{ ...record, value: at }] : [], next: offset + 1 };
    };
    const { from, read } = reading(
      async ({ handle }) => {
        await handle(of('r', 0, 1_700_000_000_290));
        breaks('not-authorised');
      },
      async ({ handle }) => handle(of('u', 1, 1_700_000_000_000)),
    );
    const follower = follow(read);
    await until(() => follower.failure !== undefined);
    await follower.stop();
    follower.start();
    await until(() => from.length === 3);
    expect(follower.changes.map(({ op, at }) => `${op} ${at}`)).toEqual([
      'r 2023-11-14T22:13:20.290Z',
      'u 2023-11-14T22:13:20.290Z',
    ]);
  });

  it('tells a person what was never reached, what is not reached for long, and what no waiting mends', async () => {
    const connects: Session = ({ waiting }) => {
      waiting(0);
      breaks();
    };
    const codeOf = async (...sessions: readonly Session[]) => {
      const { from, read } = reading(...sessions);
      const follower = follow(read);
      await until(() => follower.failure !== undefined);
      return [(follower.failure as SourceFault).code, from.length];
    };
    expect(await codeOf(() => breaks())).toEqual(['topics-unreachable', 1]);
    expect(await codeOf(connects, ...Array.from({ length: 20 }, () => () => breaks()))).toEqual([
      'topics-unreachable',
      9,
    ]);
    expect(await codeOf(connects, () => breaks('not-authorised'))).toEqual(['topics-not-authorised', 2]);
  });

  it('ends with what delivery threw, and keeps nothing of that', async () => {
    const { read } = reading(async ({ handle }) => handle(batchOf(0, 5)));
    const follower = new TopicFollower({
      ...{ connection: { clientId: 'test', brokers: [] }, topics: ['t'], keys: { patients: ['id'] }, read },
    });
    followers.push(follower);
    follower.beforeKept = () => {
      throw new Error('not published');
    };
    follower.start();
    await until(() => follower.failure !== undefined);
    expect(follower.failure).toMatchObject({ message: 'not published' });
    await follower.stop();
    expect(follower.book.position).toBeUndefined();
  });
});
