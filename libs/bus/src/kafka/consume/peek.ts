import type { Cluster } from 'kafkajs';
import type { KafkaConnection } from '../kafka-options.js';
import { type ClusterSession, openCluster, shutCluster } from '../open-cluster.js';
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

/** Reads single records outside of any group. */
export class Peek {
  readonly #connection: KafkaConnection;
  #session: ClusterSession | undefined;

  constructor(connection: KafkaConnection) {
    this.#connection = connection;
  }

  /** When the first record at or after the offset was appended; nothing when there is none. Throws `Unavailable`. */
  async appendedAtMs(topic: string, partition: number, offset: number): Promise<number | undefined> {
    const session = (this.#session ??= openCluster(this.#connection));
    try {
      const reading = this.#read(session.cluster, topic, { partition, fetchOffset: String(offset), maxBytes: 1 });
      const { responses } = await within(reading, peekTimeoutMs, `${topic} ${partition}`);
      const found = responses
        .flatMap(({ partitions }) => partitions.flatMap(({ messages }) => messages))
        .find((one) => Number(one.offset) >= offset);
      return found === undefined ? undefined : Number(found.timestamp);
    } catch (error) {
      if (this.#session === session) this.#session = undefined;
      shutCluster(session);
      throw unavailable(`${topic} ${partition}`, error);
    }
  }

  close(): void {
    if (this.#session) shutCluster(this.#session);
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
}
