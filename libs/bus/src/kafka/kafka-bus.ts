import { Unavailable } from '@anamnesis/core';
import type { BusRecord, ConsumeOptions, Consumer, EventBus, Lag } from '../event-bus.js';
import { deadTopicOf, settingsOf, type Topic } from '../topics.js';
import { ClusterAdmin } from './cluster-admin.js';
import { KafkaConsumer } from './consume/kafka-consumer.js';
import { Overruns } from './consume/overrun.js';
import { Peek } from './consume/peek.js';
import { readLag } from './consume/read-lag.js';
import type { KafkaBusOptions } from './kafka-options.js';
import { Names } from './names.js';
import { checkTopics } from './provision/check-topics.js';
import { pipelineTopics } from './provision/identities.js';
import { FencedProducer } from './publish/fenced-producer.js';
import { Publisher } from './publish/publisher.js';

/** The bus on a Kafka cluster. Refuses topics that do not keep what is promised. See README.md beside it. */
export async function openKafkaBus(
  options: KafkaBusOptions,
  topics: readonly Topic[] = pipelineTopics(),
): Promise<KafkaBus> {
  const bus = new KafkaBus(options);
  try {
    await bus.check(topics);
    return bus;
  } catch (error) {
    await bus.close();
    throw error;
  }
}

export class KafkaBus implements EventBus {
  readonly #options: KafkaBusOptions;
  readonly #names: Names;
  readonly #admin: ClusterAdmin;
  readonly #peek: Peek;
  readonly #publisher: Publisher;
  readonly #overruns: Overruns;
  readonly #checked = new Set<Topic>();
  readonly #consumers = new Set<KafkaConsumer>();
  readonly #groups = new Set<string>();
  #isClosed = false;

  constructor(options: KafkaBusOptions) {
    const { compression = 'none', report, topicPrefix } = options;
    this.#options = options;
    this.#names = new Names(topicPrefix);
    this.#admin = new ClusterAdmin(options);
    this.#peek = new Peek(options);
    this.#overruns = new Overruns(report);
    this.#publisher = new Publisher({
      open: (topic, partition) =>
        new FencedProducer({ connection: options, topic: this.#names.topic(topic), partition, compression }),
    });
  }

  /** Throws `TypeError` naming every topic that is missing or does not keep what is promised. */
  async check(topics: readonly Topic[]): Promise<void> {
    const unchecked = topics.filter((topic) => !this.#checked.has(topic));
    if (unchecked.length === 0) return;
    const { topics: promises } = this.#options;
    await checkTopics(this.#admin, { topics: unchecked, names: this.#names, promises });
    for (const topic of unchecked) this.#checked.add(topic);
  }

  publish(topic: Topic, records: readonly BusRecord[]): Promise<void> {
    return this.#publisher.publish(topic, records);
  }

  async consume(options: ConsumeOptions): Promise<Consumer> {
    const { topic, group, from = 'group' } = options;
    settingsOf(topic);
    if (!/^[\w-]+$/.test(group)) throw new TypeError(`${group}: a group is letters, digits, _ and -`);
    this.#mustBeOpen();
    const name = `${topic} ${group}`;
    if (from === 'group') {
      if (this.#groups.has(name)) throw new Error(`${name}: consumed already`);
      this.#groups.add(name);
    }
    const leave = (): unknown => from === 'group' && this.#groups.delete(name);
    try {
      await this.check([topic, deadTopicOf(topic, group)]);
      const consumer = await this.#start(options);
      consumer.done.then(leave, leave);
      return consumer;
    } catch (error) {
      leave();
      throw error;
    }
  }

  async lag(topic: Topic, group: string): Promise<Lag> {
    settingsOf(topic);
    this.#mustBeOpen();
    return readLag(
      { admin: this.#admin, peek: this.#peek, names: this.#names, overruns: this.#overruns },
      topic,
      group,
    );
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#consumers].map((consumer) => consumer.stop()));
    await this.#publisher.close();
    this.#peek.close();
    await this.#admin.close();
  }

  async #start(options: ConsumeOptions): Promise<KafkaConsumer> {
    const consumer = await KafkaConsumer.start(options, {
      connection: this.#options,
      admin: this.#admin,
      publisher: this.#publisher,
      names: this.#names,
      overruns: this.#overruns,
      report: this.#options.report,
    });
    this.#consumers.add(consumer);
    const forget = (): unknown => this.#consumers.delete(consumer);
    consumer.done.then(forget, forget);
    // Closed while it joined: nobody else would stop it.
    if (this.#isClosed) await consumer.stop();
    return consumer;
  }

  #mustBeOpen(): void {
    if (this.#isClosed) throw new Unavailable('bus', 'closed');
  }
}
