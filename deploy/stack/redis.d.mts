import type { ServiceOptions } from './mariadb.mjs';

/** A running Redis; port, password and data stay for as long as the directory lives. */
export interface Redis {
  /** `redis://:…@127.0.0.1:…` */
  readonly url: string;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Resolves when it stores and answers. */
  start(): Promise<void>;
  /** SIGSTOP. */
  pause(): void;
  resume(): void;
  /** Forgets everything in it. */
  flush(): Promise<void>;
  pid(): number | undefined;
  /** Stops it in its own time. */
  stop(): Promise<void>;
}

/**
 * Starts Redis on loopback with an append-only file, or finds it running in that directory. Resolves when it stores and
 * answers. Throws `MissingToolchain` where it is neither on PATH nor to be had from Debian's packages.
 */
export function startRedis(options: ServiceOptions): Promise<Redis>;
