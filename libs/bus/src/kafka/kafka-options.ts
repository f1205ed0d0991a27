import type { ReportDefect } from '../event-bus.js';

/** How to reach a cluster. */
export interface KafkaConnection {
  /** Names this process in the broker's logs and quotas. */
  readonly clientId: string;
  /** `host:port`, of some brokers; the others are found through them. */
  readonly brokers: readonly string[];
  /** PEM texts. `cert` and `key` together are this service's identity (mutual TLS). Absent: plain text. */
  readonly tls?: { readonly ca: string; readonly cert?: string; readonly key?: string };
  /** SCRAM-SHA-512 unless another mechanism is named. */
  readonly sasl?: { readonly username: string; readonly password: string; readonly mechanism?: SaslMechanism };
}

export type SaslMechanism = 'scram-sha-512' | 'scram-sha-256' | 'plain';

/** What the cluster must promise of every topic; beside what `topics.ts` says of each. */
export interface KafkaTopicPromises {
  readonly replicationFactor: number;
  readonly minInsyncReplicas: number;
  /** Of every topic that is not compacted: PHI does not stay on the bus for good. */
  readonly retentionMs: number;
}

/** Of what is produced; consuming takes every codec of Kafka. ZSTD can be read and not written. */
export type KafkaCompression = 'none' | 'gzip' | 'snappy' | 'lz4';

export interface KafkaBusOptions extends KafkaConnection {
  /** Put in front of topic names and group ids, so that deployments can share a cluster. Default: empty. */
  readonly topicPrefix?: string;
  readonly topics: KafkaTopicPromises;
  readonly report: ReportDefect;
  /** Default: `none`. */
  readonly compression?: KafkaCompression;
}
