import kafkajs, { type Cluster } from 'kafkajs';
import { clientLimits, type KafkaClient, openKafkaClient } from '../kafka-client.js';
import type { KafkaConnection } from '../kafka-options.js';
import { unavailable } from '../translate-error.js';
import { within } from '../within.js';

const peekTimeoutMs = 10_000;

/** What of a fetch response is looked at; kafkajs leaves it untyped. */
interface Fetched {
  readonly responses: readonly {
    readonly partitions: readonly {
      readonly messages: readonly { readonly offset: string; readonly timestamp: string }[];
    }[];
  }[];
}

interface Session {
  readonly client: KafkaClient;
  readonly cluster: Cluster;
}

/**
 * Reads single records outside of any group. kafkajs has no call for that, but hands its cluster to partition assigners;
 * this one belongs to a consumer that never runs.
 */
export class Peek {
  readonly #connection: KafkaConnection;
  #session: Session | undefined;

  constructor(connection: KafkaConnection) {
    this.#connection = connection;
  }

  /** When the first record at or after the offset was appended; nothing when there is none. Throws `Unavailable`. */
  async appendedAtMs(topic: string, partition: number, offset: number): Promise<number | undefined> {
    const session = (this.#session ??= this.#open());
    try {
      const reading = this.#read(session.cluster, topic, { partition, fetchOffset: String(offset), maxBytes: 1 });
      const { responses } = await within(reading, peekTimeoutMs, `${topic} ${partition}`);
      const found = responses
        .flatMap(({ partitions }) => partitions.flatMap(({ messages }) => messages))
        .find((one) => Number(one.offset) >= offset);
      return found === undefined ? undefined : Number(found.timestamp);
    } catch (error) {
      if (this.#session === session) this.#session = undefined;
      this.#shut(session);
      throw unavailable(`${topic} ${partition}`, error);
    }
  }

  close(): void {
    if (this.#session) this.#shut(this.#session);
    this.#session = undefined;
  }

  /** The broker answers with one batch, however small `maxBytes` is. */
  async #read(
    cluster: Cluster,
    topic: string,
    wanted: { readonly partition: number; readonly fetchOffset: string; readonly maxBytes: number },
  ): Promise<Fetched> {
    await cluster.connect();
    await cluster.addTargetTopic(topic);
    await cluster.refreshMetadataIfNecessary();
    const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [wanted.partition]));
    if (nodeId === undefined) throw new Error('no leader');
    const broker = await cluster.findBroker({ nodeId });
    const topics = [{ topic, partitions: [wanted] }];
    return (await broker.fetch({ maxWaitTime: 0, minBytes: 0, maxBytes: 1, isolationLevel: 0, topics })) as Fetched;
  }

  #open(): Session {
    const client = openKafkaClient(this.#connection);
    let cluster: Cluster | undefined;
    client.kafka.consumer({
      groupId: 'never-joined',
      metadataMaxAge: clientLimits.metadataMaxAgeMs,
      allowAutoTopicCreation: false,
      retry: clientLimits.retry,
      partitionAssigners: [
        (given) => {
          cluster = given.cluster;
          return kafkajs.PartitionAssigners.roundRobin(given);
        },
      ],
    });
    if (cluster === undefined) throw new TypeError('kafkajs did not hand out its cluster');
    return { client, cluster };
  }

  #shut({ client, cluster }: Session): void {
    cluster.disconnect().catch(() => undefined);
    client.fence();
  }
}
