import type { Log } from './progress.mjs';

export interface ServiceOptions {
  /** Everything of this service: data, port, password, log. The same directory is the same service again. */
  readonly directory: string;
  /** What is fetched once; default `.cache` in the repository. */
  readonly cacheDirectory?: string;
  /** It goes on when this process ends (default: it is killed with it). */
  readonly outlives?: boolean;
  /** Told of each step that took time. */
  readonly log?: Log;
}

export interface MariadbOptions extends ServiceOptions {
  /** Asked at each start for lines of its configuration beyond our own, which they outrank. */
  readonly settings?: () => readonly string[];
}

/** A running MariaDB; port, password and data stay for as long as the directory lives. */
export interface Mariadb {
  /** `mariadb://root:…@127.0.0.1:…/<database>`; makes the database (utf8mb4) where there is none. */
  url(database: string): Promise<string>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Resolves when a transaction could be committed. */
  start(): Promise<void>;
  /** SIGSTOP. */
  pause(): void;
  resume(): void;
  pid(): number | undefined;
  /** Stops it in its own time. */
  stop(): Promise<void>;
}

/**
 * Starts MariaDB on loopback with a row binlog and durable commits, or finds it running in that directory. Resolves
 * when a transaction could be committed. Throws `MissingToolchain` where it is neither on PATH nor to be had from
 * Debian's packages.
 */
export function startMariadb(options: MariadbOptions): Promise<Mariadb>;
