import type { ServiceOptions } from './mariadb.mjs';

/** How a client reaches it. */
export interface PostgresConnection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** A running PostgreSQL; port, password and data stay for as long as the directory lives. */
export interface Postgres {
  connection(): PostgresConnection;
  /** Statements as its superuser, each a transaction of its own; what they print, a row a line, columns by `|`. */
  query(sql: string): Promise<string>;
  pid(): number | undefined;
  /** Ends it at once, without a checkpoint; resolves when the process is gone. */
  kill(): Promise<void>;
}

/**
 * Starts PostgreSQL on loopback with logical decoding, or finds it running in that directory. Started by root it runs as
 * `nobody`, who has to be able to reach the directory. Throws `MissingToolchain` where it is neither installed nor to be
 * had from Debian's packages.
 */
export function startPostgres(options: ServiceOptions): Promise<Postgres>;
