import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type ForeignTopics, openForeignTopics } from '../../../../../deploy/stack/foreign-topics.mjs';
import { TopicFollower, type TopicFollowerOptions } from '../../../test/topic-follower.js';
import { schemaRecord, tombstone, unwrappedRecord } from '../../../test/topic-records.js';
import { until } from '../../../test/until.js';
import { SourceFault } from '../source-fault.js';

const brokers = process.env['TEST_KAFKA_BROKERS']?.split(',');
if (brokers === undefined && process.env['CI'] === 'true') throw new Error('TEST_KAFKA_BROKERS is not set');
if (brokers === undefined) console.warn('SKIPPED: TEST_KAFKA_BROKERS is not set, so no topics are read');

const keys = { patients: ['id'] };
const newName = () => `d${randomUUID().slice(0, 8)}.h.patients`;

(brokers === undefined ? describe.skip : describe)('topics of Debezium on Kafka', () => {
  const connection = { clientId: 'test', brokers: brokers ?? [] };
  const made: string[] = [];
  const followers: TopicFollower[] = [];
  let foreign: ForeignTopics;

  beforeAll(async () => {
    foreign = await openForeignTopics(brokers ?? []);
  });
  afterEach(async () => {
    await Promise.all(followers.splice(0).map((one) => one.dispose()));
  });
  afterAll(async () => {
    if (made.length > 0) await foreign.remove(made);
    await foreign.close();
  });

  const newTopic = async (name = newName(), partitions = 1, config = {}): Promise<string> => {
    await foreign.create(name, { partitions, config });
    made.push(name);
    return name;
  };
  const follow = (more: Pick<TopicFollowerOptions, 'topics'> & Partial<TopicFollowerOptions>): TopicFollower => {
    const follower = new TopicFollower({ connection, keys, ...more });
    followers.push(follower);
    follower.start();
    return follower;
  };
  const told = ({ changes }: TopicFollower) =>
    changes.map(({ op, key, position }) => `${op}${Number(key[0])} ${position}`);

  it('tells every envelope as changes, in order, and goes on exactly where it stopped', async () => {
    const topic = await newTopic();
    const { value: flat, key } = unwrappedRecord({ op: 'u', id: 1, name: 'Flat', pos: 3 });
    await foreign.write(topic, [
      schemaRecord({ op: 'r', id: 1, pos: 1 }),
      schemaRecord({ op: 'u', id: 1, name: 'Changed', pos: 2 }),
      { key, value: flat },
    ]);
    const declared = { patients: { born: { name: 'io.debezium.time.Date' } } };
    const follower = follow({ topics: [topic], declared });
    await until(() => follower.caughtUp > 0);
    const born = '2024-10-04';
    expect(follower.changes.map(({ op, after }) => ({ op, after }))).toEqual([
      { op: 'r', after: { id: 1, name: 'Invented', born } },
      { op: 'u', after: { id: 1, name: 'Changed', born } },
      { op: 'u', after: { id: 1, name: 'Flat', born } },
    ]);
    await follower.stop();
    expect(follower.book.position).toEqual({
      offsets: { [topic]: { 0: 3 } },
      found: { [topic]: { 0: '2023-11-14T22:13:20.000Z' } },
    });
    await foreign.write(topic, [schemaRecord({ op: 'd', id: 1, pos: 4 }), tombstone(1)], 1);
    follower.start();
    await until(() => follower.changes.length > 3);
    expect(told(follower).slice(3)).toEqual(['d1 hosp|b.1|4|0']);
    await until(() => JSON.stringify(follower.book.position).includes(':5'));
    expect(follower.book.find('patients', [1])).toBeUndefined();
  });

  it('tells again, as the same changes, what was published and not kept when the process died', async () => {
    const topic = await newTopic();
    await foreign.write(topic, [schemaRecord({ id: 1, pos: 1 })]);
    const follower = follow({ topics: [topic] });
    await until(() => follower.caughtUp > 0);
    follower.beforeKept = () => {
      throw new Error('killed');
    };
    await foreign.write(topic, [schemaRecord({ id: 2, pos: 2 }), schemaRecord({ id: 3, pos: 3 })]);
    await until(() => follower.failure !== undefined);
    await follower.stop();
    expect(follower.book.position).toMatchObject({ offsets: { [topic]: { 0: 1 } } });
    follower.beforeKept = () => undefined;
    const before = told(follower).slice(1);
    expect(before.length).toBeGreaterThan(0);
    follower.start();
    await until(() => told(follower).length === 1 + before.length + 2);
    expect(told(follower).slice(1 + before.length)).toEqual(['c2 hosp|b.1|2|0', 'c3 hosp|b.1|3|0']);
    expect(before).toEqual(['c2 hosp|b.1|2|0', 'c3 hosp|b.1|3|0'].slice(0, before.length));
  });

  it('goes on over what it cannot use, and says where that was and nothing of what it held', async () => {
    const topic = await newTopic();
    await foreign.write(topic, [
      schemaRecord({ id: 1, pos: 1 }),
      { key: null, value: 'Secret { no json' },
      { key: null, value: JSON.stringify({ status: 'BEGIN', id: 'x:1' }) },
      schemaRecord({ table: 'other', id: 1, pos: 2 }),
      schemaRecord({ id: 2, pos: 3 }),
    ]);
    const follower = follow({ topics: [topic] });
    await until(() => follower.caughtUp > 0);
    expect(told(follower)).toEqual(['c1 hosp|b.1|1|0', 'c2 hosp|b.1|3|0']);
    expect(follower.gaps).toMatchObject([{ from: `${topic}-0@1`, reason: 'record-no-json', rule: 'record-unusable' }]);
    expect(JSON.stringify(follower.gaps)).not.toContain('Secret');
    expect(follower.guards).toEqual(['record-no-json']);
  });

  it('says that records were gone before it read them, and goes on at the oldest there is', async () => {
    const topic = await newTopic();
    const write = (...ids: number[]) =>
      foreign.write(
        topic,
        ids.map((id) => schemaRecord({ id, pos: id })),
      );
    await write(1, 2);
    const follower = follow({ topics: [topic] });
    await until(() => follower.caughtUp > 0);
    await follower.stop();
    await write(3, 4, 5);
    await foreign.purge(topic, 4);
    follower.start();
    await until(() => follower.changes.length > 2);
    expect(told(follower)).toEqual(['c1 hosp|b.1|1|0', 'c2 hosp|b.1|2|0', 'c5 hosp|b.1|5|0']);
    expect(follower.gaps).toMatchObject([{ from: `${topic}-0@2`, reason: 'topic-purged' }]);
  });

  it('reads all partitions of all topics of a prefix, and of no other', async () => {
    const prefix = `d${randomUUID().slice(0, 8)}`;
    const topic = await newTopic(`${prefix}.h.patients`, 3);
    const other = await newTopic(`${prefix}2.h.patients`);
    const visits = await newTopic(`${prefix}.h.visits`);
    const ids = Array.from({ length: 1200 }, (_, at) => at);
    await foreign.write(
      topic,
      ids.map((id) => ({ ...schemaRecord({ id, pos: id }), partition: id % 3 })),
    );
    await foreign.write(other, [schemaRecord({ id: 9999, pos: 1 })]);
    await foreign.write(visits, [schemaRecord({ table: 'visits', id: 5, pos: 1 })]);
    const follower = follow({
      topics: { prefix: `${prefix}.`, endings: ['.visits'] },
      keys: { ...keys, visits: ['id'] },
    });
    await until(() => follower.caughtUp > 0);
    const patients = follower.changes.filter(({ table }) => table === 'patients').map(({ key }) => Number(key[0]));
    for (const rest of [0, 1, 2])
      expect(patients.filter((id) => id % 3 === rest)).toEqual(ids.filter((id) => id % 3 === rest));
    expect(follower.changes.map(({ table }) => table).indexOf('visits')).toBe(0);
    expect(patients).toHaveLength(ids.length);
  });

  it('reads what Kafka has compressed, by every codec and in several blocks', async () => {
    // The broker compresses anew by what the topic says, with the code of Java's clients.
    const codecs = ['gzip', 'snappy', 'lz4', 'zstd'];
    const topics = await Promise.all(codecs.map((codec) => newTopic(newName(), 1, { 'compression.type': codec })));
    const names = Array.from({ length: 60 }, () => randomBytes(3_000).toString('hex'));
    const records = names.map((name, id) => schemaRecord({ id, name, pos: id }));
    for (const topic of topics) {
      await foreign.write(topic, records.slice(1));
      await foreign.write(topic, records.slice(0, 1));
    }
    const follower = follow({ topics });
    await until(() => follower.caughtUp > 0);
    const wanted = codecs.flatMap(() => [...names.slice(1), ...names.slice(0, 1)]);
    expect(follower.changes.map(({ after }) => after?.['name'])).toEqual(wanted);
  });

  it('names what only a person can mend', async () => {
    const failureOf = async (more: Pick<TopicFollowerOptions, 'topics'> & Partial<TopicFollowerOptions>) => {
      const follower = follow(more);
      await until(() => follower.failure !== undefined);
      const { failure } = follower;
      return failure instanceof SourceFault ? failure.code : failure;
    };
    const away = { clientId: 'test', brokers: ['127.0.0.1:1'] };
    const codes = await Promise.all([
      failureOf({ topics: ['nobody-made-this'] }),
      failureOf({ topics: { prefix: 'nobody-made-this.', endings: [] } }),
      failureOf({ topics: ['any'], connection: away }),
    ]);
    expect(codes).toEqual(['topics-topic-missing', 'topics-topic-missing', 'topics-unreachable']);
  });
});
