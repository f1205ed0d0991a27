import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Unavailable } from '@anamnesis/core';
import Broker from 'kafkajs/src/broker/index.js';
import Cluster from 'kafkajs/src/cluster/index.js';
import { startKafka } from '../../../../deploy/stack/kafka.mjs';
import { provided } from '../../../../deploy/stack/provided.js';
import type { BusRecord, DeliveredRecord, EventBus, Handle } from '../event-bus.js';
import { partitionOf } from '../partition-of.js';
import { ClusterAdmin } from './cluster-admin.js';
import { consumerLimits } from './consume/consumer-limits.js';
import { publisherLimits } from './publish/publisher.js';
import { newPlace, type TestPlace, withDead } from './testing/test-cluster.js';

const directory = await mkdtemp(join(tmpdir(), 'anamnesis-faults-'));
const kafka = await provided(() => startKafka({ directory, brokers: 3 }));

afterAll(async () => {
  await kafka?.killAll();
  await rm(directory, { recursive: true });
});

const topic = 'clinical.received';
const topics = withDead(topic, 'group');
const faultTestMs = 150_000;
const range = (count: number) => Array.from({ length: count }, (_, n) => n);
const record = (n: number, key = 'key'): BusRecord => ({ key, header: { n }, body: new Uint8Array(500) });
const keys = range(12).map((n) => `key ${n}`);
const partitionKey = (partition: number) => keys.find((key) => partitionOf(topic, key) === partition) ?? '';

/** Sends what a caller sends who resends in order, three publishes at a time per key, until told to stop. */
class Senders {
  readonly stored = new Map(keys.map((key) => [key, 0]));
  readonly #bus: EventBus;
  readonly #running: Promise<unknown>;
  longestMs = 0;
  resent = 0;
  #isStopping = false;

  constructor(bus: EventBus) {
    this.#bus = bus;
    this.#running = Promise.all(keys.map((key) => this.#send(key)));
  }

  get count(): number {
    return [...this.stored.values()].reduce((sum, one) => sum + one, 0);
  }

  async until(count: number): Promise<void> {
    while (this.count < count) await sleep(5);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#running;
  }

  async #send(key: string): Promise<void> {
    for (let next = 0; !this.#isStopping; this.stored.set(key, next)) {
      const outcomes = await Promise.allSettled([0, 1, 2].map((more) => this.#publish(record(next + more, key))));
      const failedAt = outcomes.findIndex(({ status }) => status === 'rejected');
      // What stands behind a failure must have failed too.
      if (failedAt >= 0)
        for (const outcome of outcomes.slice(failedAt))
          expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(Unavailable) });
      this.resent += failedAt < 0 ? 0 : outcomes.length - failedAt;
      next += failedAt < 0 ? outcomes.length : failedAt;
    }
  }

  async #publish(one: BusRecord): Promise<void> {
    const startedMs = performance.now();
    try {
      await this.#bus.publish(topic, [one]);
    } finally {
      this.longestMs = Math.max(this.longestMs, performance.now() - startedMs);
    }
  }
}

/**
 * Nothing lost, nothing out of order; stored twice only what was sent twice because its fate was unknown. What was
 * handed over again, because a consumer could not settle it, was stored once all the same.
 */
function expectAll(taken: readonly DeliveredRecord[], { stored, resent }: Senders): void {
  const places = new Map(taken.map((one) => [`${one.partition} ${one.offset}`, one]));
  let doubled = 0;
  for (const [key, count] of stored) {
    const own = [...places.values()].filter((one) => one.key === key).map(({ header }) => Number(header['n']));
    const first = [...new Set(own)];
    // The last ones may be stored without an answer, when their sender was stopped.
    expect(first).toEqual(range(first.length));
    expect(first.length).toBeGreaterThanOrEqual(count);
    doubled += own.length - first.length;
  }
  expect(doubled).toBeLessThanOrEqual(resent);
}

(kafka ? describe : describe.skip)('Kafka of three brokers', () => {
  const cluster = kafka as NonNullable<typeof kafka>;
  let place: TestPlace;
  let admin: ClusterAdmin;
  const buses: EventBus[] = [];

  beforeEach(async () => {
    place = await newPlace(topics, {
      brokers: cluster.brokers,
      topics: { replicationFactor: 3, minInsyncReplicas: 2, retentionMs: 7 * 24 * 60 * 60 * 1000 },
    });
    admin = new ClusterAdmin(place.options);
  });
  afterEach(async () => {
    await Promise.all(buses.splice(0).map((bus) => bus.close()));
    await admin.close();
  });

  const open = async (): Promise<EventBus> => {
    const bus = await place.open();
    buses.push(bus);
    return bus;
  };
  const leaderOf = async (partition: number): Promise<number> => {
    const name = `${place.options.topicPrefix ?? ''}${topic}`;
    const found = await admin.ask('leader', (asked) => asked.fetchTopicMetadata({ topics: [name] }));
    return found.topics[0]?.partitions.find(({ partitionId }) => partitionId === partition)?.leader ?? 0;
  };
  const consume = async (bus: EventBus, more: { handle?: Handle; batchRecordsMax?: number } = {}) => {
    const taken: DeliveredRecord[] = [];
    const handle: Handle = async (records) => {
      await more.handle?.(records);
      taken.push(...records);
      return [];
    };
    const consumer = await bus.consume({ topic, group: 'group', ...more, handle });
    return { taken, consumer };
  };
  const takeAll = async (): Promise<readonly DeliveredRecord[]> => {
    const { taken, consumer } = await consume(await open());
    await consumer.caughtUp;
    await consumer.stop();
    return taken;
  };

  it(
    'loses nothing and keeps every order when the leader is killed while publishing',
    async () => {
      const senders = new Senders(await open());
      await senders.until(300);
      const leader = await leaderOf(0);
      await cluster.kill(leader);
      await senders.until(senders.count + 600);
      await senders.stop();
      await cluster.start(leader);
      expectAll(await takeAll(), senders);
    },
    faultTestMs,
  );

  it(
    'knows of a leader that hangs within its deadline, and goes on with the next leader',
    async () => {
      const bus = await open();
      const { taken, consumer } = await consume(bus);
      const senders = new Senders(bus);
      await senders.until(300);
      // The one that everybody is told to ask first.
      const leader = 1;
      const leaders = await Promise.all(range(4).map(leaderOf));
      const key = partitionKey(leaders.indexOf(leader));
      cluster.pause(leader);
      const before = senders.stored.get(key) ?? 0;
      // Still hanging when this key is being stored again.
      while ((senders.stored.get(key) ?? 0) < before + 30) await sleep(20);
      await senders.stop();
      cluster.resume(leader);
      expect(senders.longestMs).toBeLessThan(publisherLimits.deadlineMs + 2_000);
      while (new Set(taken.map(({ key: of, header }) => `${of} ${String(header['n'])}`)).size < senders.count)
        await sleep(20);
      await consumer.stop();
      expectAll(await takeAll().then((more) => [...taken, ...more]), senders);
    },
    faultTestMs,
  );

  it(
    'hands partitions over between batches: nothing twice, nothing at once, in order',
    async () => {
      const working = new Map<number, string>();
      const handled: string[] = [];
      const member = (name: string) => async (records: readonly DeliveredRecord[]) => {
        const partition = records[0]?.partition ?? -1;
        expect(working.has(partition)).toBe(false);
        working.set(partition, name);
        await sleep(120);
        handled.push(...records.map((one) => `${one.key} ${String(one.header['n'])}`));
        working.delete(partition);
        return [];
      };
      const first = await open();
      let rounds = 0;
      const publish = () => {
        const n = rounds++;
        return first.publish(
          topic,
          keys.map((key) => record(n, key)),
        );
      };
      const publishRounds = async (count: number) => {
        for (let round = 0; round < count; round++) await publish();
      };
      await publishRounds(20);
      const stay = await consume(first, { handle: member('first'), batchRecordsMax: 5 });
      while (handled.length < 20) await sleep(5);
      const second = await consume(await open(), { handle: member('second'), batchRecordsMax: 5 });
      const third = await consume(await open(), { handle: member('third'), batchRecordsMax: 5 });
      // A member hears at its next heartbeat that another one has joined: until then there is work.
      while (second.taken.length + third.taken.length === 0) {
        await publish();
        await sleep(120);
      }
      await publishRounds(10);
      await second.consumer.stop();
      while (handled.length < rounds * keys.length) await sleep(5);
      await Promise.all([stay.consumer.stop(), third.consumer.stop()]);
      expect(handled).toHaveLength(rounds * keys.length);
      for (const key of keys)
        expect(handled.filter((one) => one.startsWith(`${key} `))).toEqual(range(rounds).map((n) => `${key} ${n}`));
    },
    faultTestMs,
  );

  it(
    'goes on behind what a killed member had settled',
    async () => {
      const bus = await open();
      for (const n of range(40))
        await bus.publish(
          topic,
          keys.map((key) => record(n, key)),
        );
      const seen = await consumeUntilKilled(place, 100);
      const { taken, consumer } = await consume(bus);
      await consumer.caughtUp;
      await consumer.stop();
      const own = taken.map((one) => `${one.key} ${String(one.header['n'])}`);
      expect(new Set(own).size).toBe(own.length);
      expect(new Set([...seen, ...own]).size).toBe(40 * keys.length);
      // Only what was in hand in each partition comes again.
      expect(own.length).toBeLessThanOrEqual(40 * keys.length - seen.length + 4 * 5);
      for (const key of keys) {
        const order = [...new Set([...seen, ...own].filter((one) => one.startsWith(`${key} `)))];
        expect(order).toEqual(range(40).map((n) => `${key} ${n}`));
      }
    },
    faultTestMs,
  );

  it(
    'hands over no record while an earlier call for it goes on, however often its group is joined anew meanwhile',
    async () => {
      let inside = 0;
      let most = 0;
      let release = (): void => undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      const handle: Handle = async () => {
        most = Math.max(most, ++inside);
        await held;
        inside--;
        return [];
      };
      const bus = await open();
      const { consumer } = await consume(bus, { handle });
      await bus.publish(topic, [record(0)]);
      while (inside === 0) await sleep(20);
      const away = { handle: () => Promise.reject(new Unavailable('store', 'away')) };
      // Each comes and goes: the first has all partitions again, twice, with its call still under way.
      for (const other of [await open(), await open()]) await (await consume(other, away)).consumer.stop();
      const last = await consume(await open(), away);
      let isStopped = false;
      const stopping = consumer.stop().then(() => (isStopped = true));
      await last.consumer.stop();
      expect({ most, isStopped }).toEqual({ most: 1, isStopped: false });
      release();
      await stopping;
    },
    faultTestMs,
  );

  it(
    'stays in its group when the clock is set back',
    async () => {
      const bus = await open();
      const { taken, consumer } = await consume(bus);
      await bus.publish(topic, [record(0)]);
      while (taken.length < 1) await sleep(20);
      const now = Date.now.bind(Date);
      const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() - 3_600_000);
      await sleep(consumerLimits.sessionTimeoutMs * 1.3);
      await bus.publish(topic, [record(1)]);
      while ((await bus.lag(topic, 'group')).records > 0) await sleep(100);
      clock.mockRestore();
      await consumer.stop();
      expect(taken).toHaveLength(2);
    },
    faultTestMs,
  );

  it(
    'ends when a join came to nothing and its group knows nothing of that',
    async () => {
      jest.replaceProperty(consumerLimits, 'silenceMs', 8_000);
      let isFailing = false;
      // eslint-disable-next-line @typescript-eslint/unbound-method -- called on what they belong to
      const [{ fetch }, { findGroupCoordinator }] = [Broker.prototype, Cluster.prototype];
      const failed = (error: object) => Promise.reject(Object.assign(new Error('test'), { retriable: true, ...error }));
      jest.spyOn(Broker.prototype, 'fetch').mockImplementation(function (this: Broker, request) {
        return isFailing ? failed({ type: 'NOT_LEADER_FOR_PARTITION' }) : fetch.call(this, request);
      });
      jest.spyOn(Cluster.prototype, 'findGroupCoordinator').mockImplementation(function (this: Cluster, group) {
        return isFailing ? failed({ name: 'KafkaJSConnectionError' }) : findGroupCoordinator.call(this, group);
      });
      try {
        const bus = await open();
        const { taken, consumer } = await consume(bus);
        await bus.publish(topic, [record(0)]);
        while (taken.length < 1) await sleep(20);
        isFailing = true;
        await sleep(1_500);
        isFailing = false;
        await bus.publish(topic, [record(1)]);
        await expect(consumer.done).rejects.toThrow('silent');
        expect(taken).toHaveLength(1);
      } finally {
        jest.restoreAllMocks();
      }
    },
    faultTestMs,
  );

  it(
    'stays in its group however long a handler works or waits for a dependency',
    async () => {
      const [slow, waiting] = [partitionKey(0), partitionKey(1)];
      const longMs = consumerLimits.sessionTimeoutMs * 1.3;
      const handled: string[] = [];
      const startedMs = performance.now();
      const handle: Handle = async ([one]) => {
        if (one?.key === waiting && performance.now() - startedMs < longMs) throw new Unavailable('store', 'away');
        if (one?.key === slow) await sleep(longMs);
        handled.push(one?.key ?? '');
        return [];
      };
      const bus = await open();
      const members = [await consume(bus, { handle }), await consume(await open(), { handle })];
      await bus.publish(topic, [record(0, slow), record(0, waiting)]);
      while (handled.length < 2) await sleep(50);
      await Promise.all(members.map(({ consumer }) => consumer.stop()));
      expect(handled.sort()).toEqual([slow, waiting].sort());
      expect(await bus.lag(topic, 'group')).toEqual({ records: 0 });
    },
    faultTestMs,
  );
});

const child = `
  const [root, options, topics] = process.argv.slice(1);
  (async () => {
    const { register } = await import('node:module');
    register(root + 'test/worker-source.mjs');
    const { openKafkaBus } = await import(root + 'libs/bus/src/kafka/kafka-bus.ts');
    const bus = await openKafkaBus({ ...JSON.parse(options), report: console.error }, JSON.parse(topics));
    await bus.consume({ topic: 'clinical.received', group: 'group', batchRecordsMax: 5, handle: async (records) => {
      for (const { key, header } of records) console.log(key + ' ' + header.n);
      await new Promise((resolve) => setTimeout(resolve, 20));
      return [];
    } });
  })();`;

/** What a process of its own had handled when it was killed in the midst of a batch. */
async function consumeUntilKilled(place: TestPlace, count: number): Promise<readonly string[]> {
  const root = new URL('../../../../', import.meta.url);
  const preload = `--import=${new URL('test/worker-source.mjs', root).href}`;
  const texts = [JSON.stringify(place.options), JSON.stringify(topics)];
  const killed = spawn(process.execPath, [preload, '-e', child, root.href, ...texts], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const seen: string[] = [];
  for await (const line of createInterface({ input: killed.stdout })) {
    seen.push(line);
    if (seen.length === count) killed.kill('SIGKILL');
  }
  expect(seen.length).toBeGreaterThanOrEqual(count);
  return seen;
}
