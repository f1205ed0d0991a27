import type { Producer } from 'kafkajs';
import { compressionTypes } from '../codecs.js';
import { clientLimits, type KafkaClient, openKafkaClient } from '../kafka-client.js';
import type { KafkaCompression, KafkaConnection } from '../kafka-options.js';
import type { LaneProducer, LaneRecord } from './lane.js';

export interface FencedProducerOptions {
  readonly connection: KafkaConnection;
  /** As the cluster calls it. */
  readonly topic: string;
  readonly partition: number;
  readonly compression: KafkaCompression;
}

/** Long enough for a new leader to be chosen; the lane's deadline comes first. */
const retry = { ...clientLimits.retry, retries: 14 };

/**
 * An idempotent kafkajs producer of one partition. Its retries keep their sequence numbers, so a lost answer stores
 * nothing twice. A producer of its own per partition, because kafkajs lets an idempotent one have a single request
 * under way per broker, and because the failure of one partition is then no other's.
 */
export class FencedProducer implements LaneProducer {
  readonly #options: FencedProducerOptions;
  readonly #client: KafkaClient;
  readonly #producer: Producer;
  #connected: Promise<void> | undefined;

  constructor(options: FencedProducerOptions) {
    this.#options = options;
    this.#client = openKafkaClient(options.connection);
    this.#producer = this.#client.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      metadataMaxAge: clientLimits.metadataMaxAgeMs,
      allowAutoTopicCreation: false,
      retry,
      createPartitioner: () => () => options.partition,
    });
  }

  async send(records: readonly LaneRecord[]): Promise<void> {
    const { topic, partition, compression } = this.#options;
    await (this.#connected ??= this.#producer.connect());
    const messages = records.map(({ key, value }) => ({
      key,
      value: Buffer.from(value.buffer, value.byteOffset, value.length),
      partition,
    }));
    const stored = await this.#producer.send({
      topic,
      messages,
      acks: -1,
      timeout: clientLimits.requestTimeoutMs,
      compression: compressionTypes[compression],
    });
    // kafkajs can resolve without the partition it was asked for, when its leader moved in between.
    if (!stored.some((one) => one.partition === partition && one.errorCode === 0))
      throw new Error(`${topic} ${partition}: not confirmed`);
  }

  fence(): void {
    this.#client.fence();
    this.#producer.disconnect().catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.#connected?.catch(() => undefined);
    await this.#producer.disconnect().catch(() => undefined);
    this.#client.fence();
  }
}
