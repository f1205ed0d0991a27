import type { Log } from './progress.mjs';

export interface ConnectOptions {
  /** Everything of this worker: settings, the places of its connectors, log. */
  readonly directory: string;
  readonly brokers: readonly string[];
  /** Settings of each connector, by its name. */
  readonly connectors: Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>;
  /** What is fetched once; default `.cache` in the repository. */
  readonly cacheDirectory?: string;
  /** Told of each step that took time. */
  readonly log?: Log;
}

/** A running worker of Kafka Connect, with Debezium's connectors for MariaDB and PostgreSQL. */
export interface Connect {
  /** Resolves when every connector's task runs, which may be before its snapshot is told. */
  start(): Promise<void>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  pid(): number | undefined;
  /** The places that it has noted, as JSON texts among bytes; rejects before the first. */
  noted(): Promise<string>;
  /** Notes no place for as long as `work` takes: killed in it and started again, it sends again what it sent in it. */
  unnoted(work: () => Promise<void>): Promise<void>;
}

/**
 * Starts Kafka Connect (standalone) on loopback, killed with this process. Throws `MissingToolchain` where there is no Java
 * or Maven cannot fetch the jars.
 */
export function startConnect(options: ConnectOptions): Promise<Connect>;
