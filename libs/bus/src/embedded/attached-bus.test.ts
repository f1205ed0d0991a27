import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Unavailable } from '@anamnesis/core';
import { eventBusConformance } from '../event-bus.conformance.js';
import type { BusRecord, Consumer, EventBus } from '../event-bus.js';
import { openEventBus } from '../open-event-bus.js';
import { shareEventBus } from '../share-event-bus.js';
import { type EmbeddedBus, openEmbeddedBus } from './embedded-bus.js';

const report = () => undefined;
const newDirectory = () => mkdtemp(join(tmpdir(), 'anamnesis-attached-'));
const attach = (owner: EventBus) => openEventBus({ backend: 'embedded', attachTo: shareEventBus(owner), report });

eventBusConformance('attached embedded', async () => {
  const directory = await newDirectory();
  return {
    open: async () => {
      const owner = await openEmbeddedBus({ directory, report });
      const bus = await attach(owner);
      return {
        publish: (...given) => bus.publish(...given),
        consume: (options) => bus.consume(options),
        lag: (...given) => bus.lag(...given),
        close: async () => {
          await bus.close();
          await owner.close();
        },
      };
    },
    dispose: () => rm(directory, { recursive: true }),
  };
});

const topic = 'clinical.received';
const record = (n: number, sizeBytes = 0): BusRecord => ({
  key: 'key',
  header: { n },
  body: new Uint8Array(sizeBytes),
});
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);

/** Consumes; `reached` resolves when so many records came. */
async function collect(bus: EventBus, count: number, group = 'group') {
  const taken: unknown[] = [];
  let reach = (): void => undefined;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const consumer: Consumer = await bus.consume({
    topic,
    group,
    handle: (records) => {
      taken.push(...records.map(({ header }) => header['n']));
      if (taken.length >= count) reach();
      return Promise.resolve([]);
    },
  });
  return { taken, reached, consumer };
}

describe('a bus attached to another', () => {
  let directory: string;
  let owner: EmbeddedBus;
  beforeEach(async () => {
    directory = await newDirectory();
    owner = await openEmbeddedBus({ directory, report, sizeBytesMax: 1024 * 1024 });
  });
  afterEach(async () => {
    await owner.close();
    await rm(directory, { recursive: true });
  });

  it('wakes the consumers of the others, and they its own', async () => {
    const attached = await attach(owner);
    const atOwner = await collect(owner, 2, 'a');
    const atAttached = await collect(attached, 2, 'b');
    await attached.publish(topic, [record(0)]);
    await owner.publish(topic, [record(1)]);
    await Promise.all([atOwner.reached, atAttached.reached]);
    expect([atOwner.taken, atAttached.taken]).toEqual([
      [0, 1],
      [0, 1],
    ]);
    await attached.close();
  });

  it('closes alone, and again and again', async () => {
    for (let times = 0; times < 20; times++) {
      const attached = await attach(owner);
      await attached.publish(topic, [record(times)]);
      await attached.close();
      await expect(attached.publish(topic, [record(-1)])).rejects.toThrow(Unavailable);
    }
    const { taken, reached } = await collect(owner, 20);
    await reached;
    expect(taken).toEqual(range(0, 20));
  });

  it('ends with its owner: what waits is unavailable, consumers stop, and none can attach', async () => {
    const attached = await attach(owner);
    const { consumer } = await collect(attached, 1);
    await consumer.caughtUp;
    await owner.close();
    await expect(consumer.done).rejects.toThrow(Unavailable);
    await expect(attached.publish(topic, [record(0)])).rejects.toThrow(Unavailable);
    await attached.close();
    expect(() => shareEventBus(owner)).toThrow(Unavailable);
  });

  it('is unavailable when the owner was closed before it attached', async () => {
    const attachTo = shareEventBus(owner);
    await owner.close();
    const using = openEventBus({ backend: 'embedded', attachTo, report }).then((bus) =>
      bus.publish(topic, [record(0)]),
    );
    await expect(using).rejects.toThrow(Unavailable);
  });

  it('keeps its own order when another has failed', async () => {
    const attached = await attach(owner);
    await expect(owner.publish(topic, [record(0, 3_000_000)])).rejects.toThrow(Unavailable);
    await attached.publish(topic, [record(1)]);
    await owner.publish(topic, [record(2)]);
    const { taken, reached } = await collect(attached, 2);
    await reached;
    expect(taken).toEqual([1, 2]);
    await attached.close();
  });

  it('refuses to share what is no bus of this process', () => {
    const elsewhere: EventBus = {
      publish: () => Promise.resolve(),
      consume: () => Promise.reject(new Error()),
      lag: () => Promise.resolve({ records: 0 }),
      close: () => Promise.resolve(),
    };
    expect(() => shareEventBus(elsewhere)).toThrow(TypeError);
  });

  it('carries records between real threads, both ways, and outlives the other thread', async () => {
    const port = shareEventBus(owner);
    const echo = new Worker(echoing, { eval: true, workerData: { root, port }, transferList: [port] });
    const ended = new Promise((resolve) => echo.on('exit', resolve));
    const failed = new Promise((_, reject) => echo.on('error', reject));
    const back = new Promise<readonly unknown[]>((resolve) => echo.on('message', resolve));
    for (const n of range(0, 100)) await owner.publish('intake.refused', [record(n)]);
    const { taken, reached, consumer } = await collect(owner, 100);
    await Promise.race([reached, failed]);
    expect(taken).toEqual(range(1000, 1100));
    await owner.publish('intake.refused', [record(-1)]);
    // The thread is gone with its port open and its consumer running.
    expect(await Promise.race([back, failed])).toEqual([...range(0, 100), -1]);
    await ended;
    await consumer.stop();
    await owner.publish(topic, [record(5)]);
    expect(await owner.lag(topic, 'never')).toMatchObject({ records: 102 });
  });
});

const root = new URL('../../../../', import.meta.url).href;

/** Publishes n + 1000 for each n it consumes; at -1 says what it saw and dies on the spot. */
const echoing = `
  const { parentPort, workerData: { root, port } } = require('node:worker_threads');
  (async () => {
    const { register } = await import('node:module');
    register(root + 'test/worker-source.mjs');
    const { openEventBus } = await import(root + 'libs/bus/src/index.ts');
    const bus = await openEventBus({ backend: 'embedded', attachTo: port, report: console.error });
    const seen = [];
    await bus.consume({ topic: 'intake.refused', group: 'echo', handle: async (records) => {
      for (const { key, header, body } of records) {
        seen.push(header.n);
        await bus.publish('clinical.received', [{ key, header: { n: header.n + 1000 }, body }]);
      }
      if (seen.at(-1) === -1) {
        parentPort.postMessage(seen);
        process.exit(0);
      }
      return [];
    } });
  })();`;
