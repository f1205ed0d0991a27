import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BusRecord,
  type DeliveredRecord,
  type EventBus,
  openEventBus,
  type Refusal,
  type Topic,
} from '@anamnesis/bus';
import { ContentStore } from '@anamnesis/content';
import {
  type AssembledMessage,
  type IntakeRefusal,
  type ReceivedEvent,
  parseReceivedEvent,
  Unavailable,
} from '@anamnesis/core';
import { Calls, Metrics, readSettings, SourceRegistry } from '@anamnesis/runtime';
import { AdapterHl7Settings } from '../src/config.js';
import { type Adapter, openAdapter } from '../src/open-adapter.js';
import { RegistrationDouble } from './registration-double.js';
import { Sender } from './sender.js';

export const deploymentKey = Buffer.alloc(32, 9);
const kek = Buffer.alloc(32, 8);

/** The real bus with a switch and a log in front of it. */
export class SwitchedBus implements EventBus {
  isAway = false;
  /** Runs after the real publish has resolved and before its caller hears of it. */
  afterPublish: (topic: Topic) => Promise<void> = () => Promise.resolve();
  readonly published: { readonly topic: Topic; readonly records: readonly BusRecord[] }[] = [];

  constructor(private readonly bus: EventBus) {}

  async publish(topic: Topic, records: readonly BusRecord[]): Promise<void> {
    if (this.isAway) throw new Unavailable('bus', 'switched off');
    await this.bus.publish(topic, records);
    this.published.push({ topic, records });
    await this.afterPublish(topic);
  }

  consume(options: Parameters<EventBus['consume']>[0]): ReturnType<EventBus['consume']> {
    return this.bus.consume(options);
  }

  lag(topic: Topic, group: string): ReturnType<EventBus['lag']> {
    return this.bus.lag(topic, group);
  }

  close(): Promise<void> {
    return this.bus.close();
  }
}

/** On a busy machine the first message of a sender takes longer than anybody should wait for it. */
const patient = { MLLP_PORT: '0', CONTACT_TIMEOUT_MS: '60000' };

/** The adapter as it is put together in production, on a real bus, in a directory of its own. */
export class RunningAdapter {
  readonly registry = new SourceRegistry();
  readonly metrics = new Metrics();
  readonly calls = new Calls();
  readonly registration = new RegistrationDouble();
  readonly blocked = new Set<string>();
  readonly #senders: Sender[] = [];
  #stop: () => Promise<void> = () => Promise.resolve();
  #adapter: Adapter | undefined;
  isContentFull = false;
  port = 0;
  tlsPort = 0;
  httpsPort = 0;

  private constructor(
    readonly directory: string,
    readonly bus: SwitchedBus,
  ) {}

  static async start(environment: Record<string, string> = {}): Promise<RunningAdapter> {
    const directory = await mkdtemp(join(tmpdir(), 'anamnesis-adapter-'));
    const report = () => undefined;
    const bus = new SwitchedBus(await openEventBus({ backend: 'embedded', directory, report }));
    const adapter = new RunningAdapter(directory, bus);
    await adapter.open(environment);
    return adapter;
  }

  static content(directory: string, role: 'writer' | 'reader'): Promise<ContentStore> {
    return ContentStore.open({ directory: join(directory, 'content'), deploymentKey, kek, role, temporaryMsMax: 0 });
  }

  /** Puts an adapter on the same directory, bus, registry and registration. */
  async open(environment: Record<string, string> = {}): Promise<void> {
    const { bus, registry, registration, blocked, directory } = this;
    const content = await RunningAdapter.content(directory, 'writer');
    const listener = openAdapter({
      content: {
        put: async (one) => {
          if (this.isContentFull) throw new Unavailable('content', 'the disk is full');
          await content.put(one);
        },
      },
      settings: readSettings(AdapterHl7Settings, { ...patient, DATA_DIR: directory, ...environment }),
      bus,
      keys: { deploymentKey },
      registry,
      registration,
      metrics: this.metrics,
      calls: this.calls,
      readiness: { block: (reason) => blocked.add(reason), unblock: (reason) => blocked.delete(reason) },
    });
    this.#adapter = listener;
    const addresses = await listener.start();
    this.port = addresses['mllp']?.port ?? 0;
    this.tlsPort = addresses['mllpTls']?.port ?? 0;
    this.httpsPort = addresses['hl7v2Https']?.port ?? 0;
    this.#stop = listener.stop;
  }

  /** What registration put together from fragments, as the bus delivers it. */
  async takeAssembled(header: AssembledMessage, text: string): Promise<readonly Refusal[]> {
    const place = { topic: 'intake.assembled', partition: 0, offset: 1, appendedAt: new Date() } as const;
    const record = { ...place, key: 'source', header: { ...header }, body: Buffer.from(text, 'latin1') };
    return (await this.#adapter?.takeAssembled([record])) ?? [];
  }

  async connect(): Promise<Sender> {
    const sender = await Sender.connect(this.port);
    this.#senders.push(sender);
    return sender;
  }

  /** Closes the adapter and leaves what it stands on. */
  async stopAdapter(): Promise<void> {
    for (const sender of this.#senders) sender.end();
    await this.#stop();
    this.#stop = () => Promise.resolve();
    this.metrics.registry.clear();
  }

  async dispose(): Promise<void> {
    await this.stopAdapter();
    await this.bus.close();
    await rm(this.directory, { recursive: true });
  }

  /** What is on the topic, read back from the bus by a group of its own, in order. */
  async records(topic: Topic): Promise<readonly DeliveredRecord[]> {
    const records: DeliveredRecord[] = [];
    const consumer = await this.bus.consume({
      topic,
      group: `test-${Math.random().toString(36).slice(2)}`,
      from: 'start',
      handle: (batch) => {
        records.push(...batch);
        return Promise.resolve([]);
      },
    });
    await consumer.caughtUp;
    await consumer.stop();
    return records;
  }

  async events(): Promise<readonly ReceivedEvent[]> {
    return (await this.records('clinical.received')).map(({ header }) => parseReceivedEvent(header));
  }

  async refusals(): Promise<readonly IntakeRefusal[]> {
    return (await this.records('intake.refused')).map(({ header }) => header as unknown as IntakeRefusal);
  }

  /** Value of one metric, summed over its labels that match. */
  async metric(name: string, labels: Record<string, string> = {}): Promise<number> {
    const all = await this.metrics.registry.getMetricsAsJSON();
    const values = all.find((one) => one.name === `anamnesis_${name}`)?.values ?? [];
    return values
      .filter((one) => Object.entries(labels).every(([label, value]) => one.labels[label] === value))
      .reduce((sum, { value }) => sum + value, 0);
  }
}
