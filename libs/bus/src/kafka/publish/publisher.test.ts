import { describe, expect, it } from '@jest/globals';
import { Rejected, Unavailable } from '@anamnesis/core';
import { type BusRecord, recordBytesMax } from '../../event-bus.js';
import { partitionOf } from '../../partition-of.js';
import type { LaneProducer, LaneRecord } from './lane.js';
import { Publisher, type PublisherLimits, publisherLimits } from './publisher.js';

const topic = 'clinical.received';
const record = (n: number, key = 'key', sizeBytes = 0): BusRecord => ({
  key,
  header: { n },
  body: new Uint8Array(sizeBytes),
});
const numberOf = ({ value }: LaneRecord) =>
  Number(/"n":(\d+)/.exec(Buffer.from(value.subarray(0, 40)).toString('latin1'))?.[1]);

interface Sent {
  readonly partition: number;
  readonly numbers: readonly number[];
  readonly producer: Producer;
  readonly answer: () => void;
  readonly fail: (error?: Error) => void;
}

class Producer implements LaneProducer {
  isFenced = false;

  constructor(
    readonly partition: number,
    readonly cluster: Cluster,
  ) {}

  send(records: readonly LaneRecord[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (error = new Error('connection lost')) => {
        reject(error);
      };
      this.cluster.sent.push({
        partition: this.partition,
        numbers: records.map(numberOf),
        producer: this,
        answer: resolve,
        fail,
      });
      this.cluster.told?.();
    });
  }

  fence(): void {
    this.isFenced = true;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Answers requests when it is told to: what a real broker cannot be made to do. */
class Cluster {
  readonly sent: Sent[] = [];
  told: (() => void) | undefined;

  publisher(limits: Partial<PublisherLimits> = {}): Publisher {
    return new Publisher({
      open: (_topic, partition) => new Producer(partition, this),
      limits: { ...publisherLimits, ...limits },
    });
  }

  /** The request of that number, once it is there. */
  async request(index: number): Promise<Sent> {
    for (;;) {
      const sent = this.sent[index];
      if (sent) return sent;
      await new Promise<void>((resolve) => (this.told = resolve));
    }
  }
}

const outcomes = async (publishing: readonly Promise<void>[]) =>
  (await Promise.allSettled(publishing)).map(({ status }) => status);
const otherKey = (key: string) => {
  for (let n = 0; ; n++) if (partitionOf(topic, `k${n}`) !== partitionOf(topic, key)) return `k${n}`;
};

describe('Publisher', () => {
  it('has one request of a partition under way, and sends what arrived meanwhile as the next', async () => {
    const cluster = new Cluster();
    const publisher = cluster.publisher();
    const first = publisher.publish(topic, [record(0)]);
    const request = await cluster.request(0);
    const others = [1, 2, 3].map((n) => publisher.publish(topic, [record(n)]));
    await new Promise(setImmediate);
    expect(cluster.sent).toHaveLength(1);
    request.answer();
    await first;
    const next = await cluster.request(1);
    expect(next.numbers).toEqual([1, 2, 3]);
    next.answer();
    await Promise.all(others);
  });

  it('never puts two partitions into one request, and answers when the last is stored', async () => {
    const cluster = new Cluster();
    const publisher = cluster.publisher();
    let isDone = false;
    const publishing = publisher.publish(topic, [record(0), record(1, otherKey('key'))]).then(() => (isDone = true));
    const [one, other] = [await cluster.request(0), await cluster.request(1)];
    expect([one.numbers, other.numbers].flat().sort()).toEqual([0, 1]);
    expect(one.partition).not.toBe(other.partition);
    one.answer();
    await new Promise(setImmediate);
    expect(isDone).toBe(false);
    other.answer();
    await publishing;
  });

  it('fails what stands behind a failed request, and no other partition', async () => {
    const cluster = new Cluster();
    const publisher = cluster.publisher();
    const elsewhere = publisher.publish(topic, [record(9, otherKey('key'))]);
    const behind = [publisher.publish(topic, [record(0)])];
    await cluster.request(1);
    behind.push(publisher.publish(topic, [record(1)]), publisher.publish(topic, [record(2)]));
    const failing = cluster.sent.find(({ numbers }) => numbers.includes(0));
    failing?.fail();
    for (const one of behind) await expect(one).rejects.toThrow(Unavailable);
    expect(failing?.producer.isFenced).toBe(true);
    const standing = cluster.sent.find(({ numbers }) => numbers.includes(9));
    expect(standing?.producer.isFenced).toBe(false);
    standing?.answer();
    await elsewhere;
    expect(cluster.sent).toHaveLength(2);
  });

  it('fails what is published before the callers of a failure can have heard of it', async () => {
    const cluster = new Cluster();
    const publisher = cluster.publisher();
    const first = publisher.publish(topic, [record(0)]);
    const request = await cluster.request(0);
    // Runs after the failure is known inside, and before `first` is answered.
    let unaware: Promise<void> | undefined;
    const fence = request.producer.fence.bind(request.producer);
    request.producer.fence = () => {
      fence();
      queueMicrotask(() => {
        unaware = publisher.publish(topic, [record(1)]);
      });
    };
    request.fail();
    await expect(first).rejects.toThrow('connection lost');
    await expect(unaware).rejects.toThrow('a publish before this one failed');
    // The caller knows, and sends again in order.
    await new Promise(setImmediate);
    const again = [0, 1].map((n) => publisher.publish(topic, [record(n)]));
    const next = await cluster.request(1);
    expect(next.numbers).toEqual([0, 1]);
    expect(next.producer).not.toBe(request.producer);
    next.answer();
    expect(await outcomes(again)).toEqual(['fulfilled', 'fulfilled']);
  });

  it('gives up what has no answer in time, however long the cluster hangs', async () => {
    const cluster = new Cluster();
    const publisher = cluster.publisher({ deadlineMs: 20 });
    const hanging = publisher.publish(topic, [record(0)]);
    const request = await cluster.request(0);
    const behind = publisher.publish(topic, [record(1)]);
    await expect(hanging).rejects.toThrow('no answer within');
    await expect(behind).rejects.toThrow(Unavailable);
    expect(request.producer.isFenced).toBe(true);
    request.answer();
    expect(cluster.sent).toHaveLength(1);
  });

  it('refuses a record that is too large before anything is stored, and nothing else', async () => {
    const cluster = new Cluster();
    const publisher = cluster.publisher();
    const before = publisher.publish(topic, [record(0)]);
    await expect(publisher.publish(topic, [record(1), record(2, 'key', recordBytesMax)])).rejects.toThrow(Rejected);
    const after = publisher.publish(topic, [record(3)]);
    (await cluster.request(0)).answer();
    (await cluster.request(1)).answer();
    await Promise.all([before, after]);
    expect(cluster.sent.map(({ numbers }) => numbers)).toEqual([[0], [3]]);
  });

  it('takes a bounded number of records and bytes, and nothing behind what it refused', async () => {
    const cluster = new Cluster();
    const publisher = cluster.publisher({ recordsUnderWayMax: 2, bytesUnderWayMax: 10_000 });
    const taken = publisher.publish(topic, [record(0)]);
    const tooLarge = publisher.publish(topic, [record(1, 'key', 10_000)]);
    const behind = publisher.publish(topic, [record(2)]);
    await expect(tooLarge).rejects.toThrow('too much under way');
    await expect(behind).rejects.toThrow(Unavailable);
    await new Promise(setImmediate);
    const second = publisher.publish(topic, [record(3)]);
    await expect(publisher.publish(topic, [record(4)])).rejects.toThrow('too much under way');
    (await cluster.request(0)).answer();
    await taken;
    (await cluster.request(1)).answer();
    await second;
    expect(cluster.sent.map(({ numbers }) => numbers)).toEqual([[0], [3]]);
  });

  it('keeps the event loop turning while a caller tries again at once', async () => {
    const cluster = new Cluster();
    const publisher = cluster.publisher({ recordsUnderWayMax: 1 });
    const taken = publisher.publish(topic, [record(0)]);
    const request = await cluster.request(0);
    setTimeout(request.answer, 5);
    const triesMax = 1_000_000; // what starves the loop would go on for ever
    const again = async (tries = 1): Promise<number> => {
      const [outcome] = await outcomes([publisher.publish(topic, [record(1)])]);
      return outcome === 'fulfilled' || tries === triesMax ? tries : again(tries + 1);
    };
    const tried = again();
    await taken;
    (await cluster.request(1)).answer();
    expect(await tried).toBeLessThan(triesMax);
  });

  it('takes alone what is over a limit by itself', async () => {
    const cluster = new Cluster();
    const publisher = cluster.publisher({ recordsUnderWayMax: 2, bytesUnderWayMax: 100, batchBytes: 100 });
    const large = publisher.publish(
      topic,
      [0, 1, 2].map((n) => record(n, 'key', 200)),
    );
    for (const n of [0, 1, 2]) {
      const request = await cluster.request(n);
      expect(request.numbers).toEqual([n]);
      request.answer();
    }
    await large;
  });

  it('waits for what it has taken when it is closed, and takes no more', async () => {
    const cluster = new Cluster();
    const publisher = cluster.publisher();
    const publishing = publisher.publish(topic, [record(0)]);
    const closing = publisher.close();
    await expect(publisher.publish(topic, [record(1)])).rejects.toThrow(Unavailable);
    (await cluster.request(0)).answer();
    await publishing;
    await closing;
  });
});
