import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import type { MysqlConnection } from '@anamnesis/fhir';
import { type Mariadb, startMariadb } from '../../../deploy/stack/mariadb.mjs';
import { findMysql, startMysql } from '../../../deploy/stack/mysql.mjs';
import { provided } from '../../../deploy/stack/provided.js';

const database = 'hospital';
const passwordVariable = 'TEST_READER_PASSWORD';
const reader = 'reader';

/** What differs between the two where a hospital's administrator speaks. */
const products = {
  MariaDB: { start: startMariadb, monitor: 'BINLOG MONITOR', snapshot: undefined, forgetLog: 'RESET MASTER' },
  MySQL: {
    ...{ start: startMysql, monitor: 'REPLICATION CLIENT', snapshot: 'RELOAD' },
    forgetLog: 'RESET BINARY LOGS AND GTIDS',
  },
} as const;

export type Product = keyof typeof products;
export const allProducts = Object.keys(products) as readonly Product[];

/** A hospital's server of its own, with a user that reads its log and no more. */
export class HospitalDatabase {
  #pool: mysql.Pool;
  #url: URL;
  /** Lines of the server's configuration from its next start on. */
  readonly settings: string[];
  readonly directory: string;
  /** As a mapping file says it; the port is where the server answers now. */
  readonly connection: MysqlConnection;

  private constructor(
    readonly product: Product,
    private readonly server: Mariadb,
    { directory, url, settings }: { readonly directory: string; readonly url: URL; readonly settings: string[] },
  ) {
    this.directory = directory;
    this.#url = url;
    this.settings = settings;
    this.#pool = poolOf(url);
    process.env[passwordVariable] = 'not-secret';
    const port = () => this.port;
    this.connection = {
      ...{ host: '127.0.0.1', database, user: reader, passwordVariable },
      get port() {
        return port();
      },
    };
  }

  get port(): number {
    return Number(this.#url.port);
  }

  /** Undefined, said in capitals, where this machine cannot provide it. */
  static async start(product: Product = 'MariaDB'): Promise<HospitalDatabase | undefined> {
    if (product === 'MySQL' && isMysqlMissing()) return undefined;
    const directory = await mkdtemp(join(tmpdir(), 'anamnesis-hospital-'));
    const settings: string[] = [];
    const server = await provided(() => products[product].start({ directory, settings: () => settings }));
    if (server === undefined) return undefined;
    const url = new URL(await server.url(database));
    const hospital = new HospitalDatabase(product, server, { directory, url, settings });
    await hospital.query(`CREATE USER ${reader}@'127.0.0.1' IDENTIFIED BY 'not-secret'; ${hospital.grant()}`);
    return hospital;
  }

  /** What our user needs, or one right alone. */
  grant(rights: string = this.rights.join(', ')): string {
    return `GRANT ${rights} ON *.* TO ${reader}@'127.0.0.1'`;
  }

  get rights(): readonly string[] {
    const { monitor, snapshot } = products[this.product];
    return ['SELECT', 'REPLICATION SLAVE', monitor, ...(snapshot === undefined ? [] : [snapshot])];
  }

  /** The right to ask where the log ends. */
  get monitorRight(): string {
    return products[this.product].monitor;
  }

  /** The statement that empties the log and begins it anew. */
  get forgetLog(): string {
    return products[this.product].forgetLog;
  }

  /** SIGKILL, and again, on another port where the old one is not free yet. */
  async dieAndReturn(): Promise<void> {
    await this.server.kill();
    await this.#start();
  }

  /** In its own time, and again with the settings as they are now. */
  async restart(): Promise<void> {
    await this.server.stop();
    await this.#start();
  }

  async #start(): Promise<void> {
    await this.server.start();
    this.#url = new URL(await this.server.url(database));
    const before = this.#pool;
    this.#pool = poolOf(this.#url);
    await before.end().catch(() => undefined);
  }

  /** Hangs (SIGSTOP) for as long as `work` takes. */
  async hang(work: () => Promise<void>): Promise<void> {
    this.server.pause();
    try {
      await work();
    } finally {
      this.server.resume();
    }
  }

  /** One statement or several, as the hospital's own program. */
  async query(sql: string): Promise<readonly Record<string, unknown>[]> {
    const [rows] = await this.#pool.query<mysql.RowDataPacket[]>(sql);
    return rows;
  }

  /** A session of its own, whose settings go with it. */
  async session(work: (query: (sql: string) => Promise<unknown>) => Promise<void>): Promise<void> {
    const connection = await this.#pool.getConnection();
    try {
      await work((sql) => connection.query(sql));
    } finally {
      connection.destroy();
    }
  }

  async dispose(): Promise<void> {
    await this.#pool.end();
    await this.server.kill();
    await rm(this.directory, { recursive: true });
  }
}

function poolOf(url: URL): mysql.Pool {
  return mysql.createPool({
    ...{ host: url.hostname, port: Number(url.port), user: 'root', password: url.password, database },
    ...{ multipleStatements: true, connectionLimit: 8 },
  });
}

/** Never a failure, as for the services that Debian has: said once a suite. */
function isMysqlMissing(): boolean {
  const found = findMysql();
  if ('missing' in found) process.stderr.write(`SKIPPED: A HOSPITAL ON MYSQL: ${found.missing}\n`);
  return 'missing' in found;
}
