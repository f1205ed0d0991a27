import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import kafkajs from 'kafkajs';
import type { BusRecord, DeliveredRecord, EventBus, Handle, ReportDefect } from '../event-bus.js';
import { openEventBus } from '../open-event-bus.js';
import { partitionOf } from '../partition-of.js';
import { ClusterAdmin } from './cluster-admin.js';
import type { KafkaCompression } from './kafka-options.js';
import { Names } from './names.js';
import { provision } from './provision/provision.js';
import { readTopics } from './provision/read-topics.js';
import { topics as pipelineTopics } from '../topics.js';
import { isKafkaThere, newPlace, testOptions, type TestPlace, withDead } from './testing/test-cluster.js';

const suite = isKafkaThere() ? describe : describe.skip;
const topic = 'clinical.received';
const topics = withDead(topic, 'group');
const record = (n: number, key = 'key'): BusRecord => ({ key, header: { n }, body: Buffer.alloc(1000, 'a') });
const numbers = (records: readonly DeliveredRecord[]) => records.map(({ header }) => header['n']);
const range = (count: number) => Array.from({ length: count }, (_, n) => n);

async function takeAll(bus: EventBus): Promise<DeliveredRecord[]> {
  const taken: DeliveredRecord[] = [];
  const handle: Handle = (records) => {
    taken.push(...records);
    return Promise.resolve([]);
  };
  const consumer = await bus.consume({ topic, group: 'group', handle });
  await consumer.caughtUp;
  await consumer.stop();
  return taken;
}

suite('Kafka topics', () => {
  let place: TestPlace;
  let admin: ClusterAdmin;
  let name: string;
  beforeEach(async () => {
    place = await newPlace(topics);
    admin = new ClusterAdmin(place.options);
    name = `${place.options.topicPrefix ?? ''}${topic}`;
  });
  afterEach(async () => {
    await admin.close();
    await place.dispose();
  });

  const settingsNow = async () => {
    const found = (await readTopics(admin, [name])).get(name);
    return Object.fromEntries([...(found?.settings ?? [])].map(([key, { value }]) => [key, value]));
  };

  /** As an operator would: one override more, the others kept. */
  const alter = async (settings: Readonly<Record<string, string>>): Promise<void> => {
    const own = [...((await readTopics(admin, [name])).get(name)?.settings ?? [])].filter(([, { isOwn }]) => isOwn);
    const merged = new Map([...own.map(([key, { value }]) => [key, value] as const), ...Object.entries(settings)]);
    const configEntries = [...merged].map(([key, value]) => ({ name: key, value }));
    const resources = [{ type: kafkajs.ConfigResourceTypes.TOPIC, name, configEntries }];
    await admin.ask('alter', (asked) => asked.alterConfigs({ validateOnly: false, resources }));
    const isSeen = (now: Readonly<Record<string, string>>) =>
      Object.entries(settings).every(([key, value]) => now[key] === value);
    // The broker hears of it some time after the controller.
    while (!isSeen(await settingsNow()));
  };

  it.each(['gzip', 'snappy', 'lz4', 'zstd'])('reads what the broker has compressed (%s)', async (codec) => {
    await alter({ 'compression.type': codec });
    const bus = await place.open();
    await bus.publish(
      topic,
      range(50).map((n) => record(n)),
    );
    const taken = await takeAll(bus);
    expect(numbers(taken)).toEqual(range(50));
    expect(Buffer.from(taken[0]?.body ?? [])).toEqual(Buffer.alloc(1000, 'a'));
    await bus.close();
  });

  it.each<KafkaCompression>(['gzip', 'snappy', 'lz4'])('compresses itself when told to (%s)', async (compression) => {
    const bus = await place.open({ compression });
    await bus.publish(
      topic,
      range(50).map((n) => record(n)),
    );
    expect(numbers(await takeAll(bus))).toEqual(range(50));
    await bus.close();
  });

  it.each([
    ['retention.ms', '1000'],
    ['retention.ms', '-1'],
    ['retention.bytes', '1000000'],
    ['cleanup.policy', 'compact'],
    ['max.message.bytes', '1000000'],
    ['message.timestamp.type', 'CreateTime'],
    ['unclean.leader.election.enable', 'true'],
  ])('refuses a topic whose %s is %s, and names what was found and what is demanded', async (setting, value) => {
    await alter({ [setting]: value });
    await expect(place.open()).rejects.toThrow(`${name}: ${setting} is ${value}, demanded `);
  });

  it('refuses fewer replicas than demanded', async () => {
    const promises = { ...place.options.topics, replicationFactor: 3, minInsyncReplicas: 2 };
    const opening = place.open({ topics: promises });
    await expect(opening).rejects.toThrow('replication factor is 1, demanded at least 3');
    await expect(opening).rejects.toThrow('min.insync.replicas is 1, demanded 2');
  });

  it('refuses another count of partitions, and does not try to put that right', async () => {
    await admin.ask('more', (asked) => asked.createPartitions({ topicPartitions: [{ topic: name, count: 5 }] }));
    while ((await readTopics(admin, [name])).get(name)?.partitions !== 5);
    await expect(place.open()).rejects.toThrow('partitions is 5, demanded 4');
    await expect(provision({ ...place.options, only: topics })).rejects.toThrow('partitions is 5, demanded 4');
  });

  it('names every topic of the product that is missing', async () => {
    const opening = openEventBus({ backend: 'kafka', ...place.options });
    await expect(opening).rejects.toThrow('clinical.certified: missing');
    await expect(opening).rejects.toThrow('clinical.received.registration.dead: missing');
  });

  it('refuses to consume for a group that has no dead topic', async () => {
    const bus = await place.open();
    const consuming = bus.consume({ topic, group: 'other', handle: () => Promise.resolve([]) });
    await expect(consuming).rejects.toThrow(`${name}.other.dead: missing`);
    await bus.close();
  });

  it('puts settings right, keeps what else was set, and does nothing when run again', async () => {
    await alter({ 'retention.ms': '1000', 'segment.ms': '100000' });
    const { altered, created, unchanged } = await provision({ ...place.options, only: topics });
    expect(altered).toEqual([`${name}: retention.ms is 1000, demanded 604800000`]);
    expect([created.length, unchanged.length]).toEqual([0, topics.length - 1]);
    expect(await settingsNow()).toMatchObject({ 'retention.ms': '604800000', 'segment.ms': '100000' });
    const again = await provision({ ...place.options, only: topics });
    expect(again).toMatchObject({ created: [], altered: [] });
    await (await place.open()).close();
  });

  it('makes every topic of the product, when several do so at once', async () => {
    const options = testOptions();
    const done = await Promise.all(range(3).map(() => provision(options)));
    expect(done.flatMap(({ altered }) => altered)).toEqual([]);
    const bus = await openEventBus({ backend: 'kafka', ...options });
    await bus.publish('registry.changed', [record(0)]);
    await bus.close();
    const prefix = new Names(options.topicPrefix).topic('' as never);
    const all = (await admin.ask('topics', (asked) => asked.listTopics())).filter((one) => one.startsWith(prefix));
    const names = Object.keys(pipelineTopics).map((one) => `${prefix}${one}`);
    expect(all).toEqual(expect.arrayContaining(names));
    // All others are where their groups' refusals go.
    expect(all.filter((one) => !names.includes(one)).every((one) => one.endsWith('.dead'))).toBe(true);
    expect(all.length).toBeGreaterThan(names.length);
    await admin.ask('delete', (asked) => asked.deleteTopics({ topics: all }));
  });

  it('tells, and goes on, where retention ran over a group', async () => {
    const reports: Parameters<ReportDefect>[0][] = [];
    const bus = await place.open({ report: (defect) => reports.push(defect) });
    await bus.publish(
      topic,
      range(3).map((n) => record(n)),
    );
    expect(numbers(await takeAll(bus))).toEqual(range(3));
    await bus.publish(
      topic,
      range(10).map((n) => record(n + 3)),
    );
    const partition = partitionOf(topic, 'key');
    const partitions = [{ partition, offset: '8' }];
    await admin.ask('drop', async (asked) => {
      await asked.fetchTopicOffsets(name);
      await asked.deleteTopicRecords({ topic: name, partitions });
    });
    expect(await bus.lag(topic, 'group')).toMatchObject({ records: 5 });
    expect(reports).toMatchObject([{ topic, group: 'group', partition, offset: 3, isStopped: false }]);
    expect(String(reports[0]?.error)).toContain('offsets 3 to 7 are lost');
    expect(numbers(await takeAll(bus))).toEqual([8, 9, 10, 11, 12]);
    expect(reports).toHaveLength(1);
    await bus.close();
  });

  it('takes the places that say "oldest" for what they are', async () => {
    const bus = await place.open();
    await bus.publish(
      topic,
      range(3).map((n) => record(n)),
    );
    await takeAll(bus);
    const groupId = new Names(place.options.topicPrefix).group(topic, 'group');
    await admin.ask('reset', (asked) => asked.resetOffsets({ groupId, topic: name, earliest: true }));
    expect(await bus.lag(topic, 'group')).toMatchObject({ records: 3 });
    expect(numbers(await takeAll(bus))).toEqual(range(3));
    await bus.close();
  });

  it('tells when the oldest record that waits was appended', async () => {
    const bus = await place.open();
    const before = Date.now();
    await bus.publish(topic, [record(0)]);
    await bus.publish(
      topic,
      range(20).map((n) => record(n, `key ${n}`)),
    );
    const { oldestAppendedAt } = await bus.lag(topic, 'group');
    const [first] = (await takeAll(bus)).sort((one, other) => one.appendedAt.getTime() - other.appendedAt.getTime());
    expect(oldestAppendedAt).toEqual(first?.appendedAt);
    expect(oldestAppendedAt?.getTime()).toBeGreaterThanOrEqual(before - 1000);
    await bus.close();
  });

  it('leaves no group behind of a reader from the start', async () => {
    const bus = await place.open();
    const consumer = await bus.consume({ topic, group: 'group', from: 'start', handle: () => Promise.resolve([]) });
    const groups = async () => {
      const { groups: all } = await admin.ask('groups', (asked) => asked.listGroups());
      return all.filter(({ groupId }) => groupId.startsWith(place.options.topicPrefix ?? ''));
    };
    expect(await groups()).toHaveLength(1);
    await consumer.stop();
    expect(await groups()).toEqual([]);
    await bus.close();
  });
});
