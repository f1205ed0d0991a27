import type { Log } from './progress.mjs';

/** Where and how a cluster of brokers runs. */
export interface KafkaOptions {
  /** Everything of this cluster: data, ports, certificates, logs. The same directory is the same cluster again. */
  readonly directory: string;
  /** 1 (default) or 3; node N is the N-th. Topics get this replication factor by default. */
  readonly brokers?: number;
  /**
   * Mutual TLS on every listener, and no rights without an ACL. The common name of a certificate is the principal;
   * `kafka` and `admin` may do everything.
   */
  readonly isTls?: boolean;
  /** Names and passwords (SCRAM-SHA-512) for a listener of their own; they can be given at the first start only. */
  readonly users?: Readonly<Record<string, string>>;
  /** What is fetched once for all clusters; default `.cache` in the repository. */
  readonly cacheDirectory?: string;
  /** The brokers go on when this process ends (default: they are killed with it). */
  readonly outlives?: boolean;
  /** Told of each step that took time. */
  readonly log?: Log;
}

export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
}

/** A running cluster. Nodes are numbered from 1; a broker keeps its port and data for as long as the directory lives. */
export interface Kafka {
  /** `host:port` of each broker. */
  readonly brokers: readonly string[];
  /** The same brokers for SCRAM over TLS without a client certificate; with `users` only. */
  readonly passwordBrokers?: readonly string[];
  /** With TLS: where `ca.crt`, and `<name>.crt` with `<name>.key` of each identity are. */
  readonly tlsDirectory?: string;
  readonly caFile?: string;
  /** PEM files of that identity, made at the first call; throws without TLS. */
  issueCertificate(name: string): Promise<Certificate>;
  /** Resolves when every broker takes part and a topic on all of them can be made. */
  ready(): Promise<void>;
  /** SIGKILL; resolves when the process is gone. */
  kill(node: number): Promise<void>;
  /** Resolves when that broker takes part in the cluster again. */
  start(node: number): Promise<void>;
  /** SIGSTOP. */
  pause(node: number): void;
  resume(node: number): void;
  pids(): readonly (number | undefined)[];
  /** Stops every broker in its own time. */
  stop(): Promise<void>;
  /** SIGKILL to all: quick, for a cluster whose directory is thrown away. */
  killAll(): Promise<void>;
}

/**
 * Starts Apache Kafka (KRaft) on loopback, or finds it running in that directory. Resolves when a topic on all brokers
 * could be made. Throws `MissingToolchain` where there is no Java or Maven cannot fetch the jars.
 */
export function startKafka(options: KafkaOptions): Promise<Kafka>;
