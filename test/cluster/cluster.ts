import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { createIngress } from '../../deploy/stack/cluster/ingress-server.mjs';
import { sharedKeys } from '../../deploy/stack/cluster/shared-keys.mjs';
import { freePorts } from '../../deploy/stack/process/free-port.mjs';
import { AppProcess, type Surprise } from './app-process.js';
import { provision } from './provision.js';

export interface ClusterOptions {
  readonly directory: string;
  /** `KAFKA_*`, `DATABASE_URL`, `REDIS_URL`, `LEDGER`, `FABRIC_*` … */
  readonly environment: Readonly<Record<string, string>>;
  /** Instances of each app; default two, of the ledger writer one: the log ledger has one owner; no reader of databases. */
  readonly instances?: Partial<Record<App, number>>;
}

export type App = (typeof apps)[number];
const apps = ['registration', 'adapter-hl7', 'adapter-db', 'ledger-writer', 'query'] as const;
const instancesDefault: Record<App, number> = {
  ...{ registration: 2, 'adapter-hl7': 2, 'adapter-db': 0 },
  ...{ 'ledger-writer': 1, query: 2 },
};

type Role = 'clinician' | 'admin';

/**
 * The product in the cluster profile: every app a process of its own, several of each, behind one address, on services
 * that run for real.
 */
export class Cluster {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;

  private constructor(
    { directory, environment }: ClusterOptions,
    readonly processes: readonly AppProcess[],
    private readonly ingress: { readonly server: Server; readonly port: number },
  ) {
    this.directory = directory;
    this.environment = environment;
  }

  static async start({ directory, environment, instances = {} }: ClusterOptions): Promise<Cluster> {
    await mkdir(directory, { recursive: true });
    const shared = { PROFILE: 'cluster', ENROLMENT: 'open', ...sharedKeys(directory), ...environment };
    await provision(shared);
    const [port = 0] = await freePorts(1);
    const processes: AppProcess[] = [];
    for (const app of apps)
      for (let n = 1; n <= (instances[app] ?? instancesDefault[app]); n++) {
        const name = `${app}-${n}`;
        const own = { DATA_DIR: join(directory, name), REGISTRATION_URL: `http://127.0.0.1:${port}` };
        processes.push(await AppProcess.prepare(name, { app, environment: { ...shared, ...own } }));
      }
    const urlsOf = (app: App) => processes.filter(({ name }) => name.startsWith(app)).map(({ baseUrl }) => baseUrl);
    const server = createIngress({
      registration: urlsOf('registration'),
      'adapter-hl7': urlsOf('adapter-hl7'),
      query: urlsOf('query'),
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const cluster = new Cluster({ directory, environment: shared }, processes, { server, port });
    try {
      await cluster.startAll();
      return cluster;
    } catch (error) {
      await cluster.close();
      throw error;
    }
  }

  all(app: App): readonly AppProcess[] {
    return this.processes.filter(({ name }) => name.startsWith(`${app}-`));
  }

  /** The first instance of an app. */
  one(app: App): AppProcess {
    const [first] = this.all(app);
    if (first === undefined) throw new Error(`no ${app} in this cluster`);
    return first;
  }

  get mllp(): readonly { readonly host: string; readonly port: number }[] {
    return this.all('adapter-hl7').map(({ mllpPort }) => ({ host: '127.0.0.1', port: mllpPort }));
  }

  /** How processes ended that nobody had asked to. */
  get surprises(): readonly Surprise[] {
    return this.processes.flatMap((one) => one.surprises);
  }

  async startAll(): Promise<void> {
    for (const one of this.processes) if (!one.isRunning) one.start();
    await this.ready();
  }

  async ready(): Promise<void> {
    await Promise.all(this.processes.map((one) => one.ready()));
  }

  /** Through the one address, as users do. */
  request(path: string, { role, ...init }: RequestInit & { role?: Role | undefined } = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (role !== undefined) headers.set('authorization', `Bearer ${this.#tokens[role]}`);
    const signal = AbortSignal.timeout(60_000);
    return fetch(`http://127.0.0.1:${this.ingress.port}${path}`, { ...init, headers, signal });
  }

  async get(path: string, role: Role = 'clinician'): Promise<never> {
    const response = await this.request(path, { role });
    const body = await response.text();
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${body}`);
    return JSON.parse(body) as never;
  }

  /** The metrics of one process, as Prometheus text. */
  async metrics(process: AppProcess): Promise<string> {
    const key = Buffer.from(readFileSync(this.environment['DEPLOYMENT_KEY_FILE'] ?? '', 'utf8').trim(), 'hex');
    const token = createHmac('sha256', key).update('service-token').digest('base64url');
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${process.baseUrl}/metrics`, { headers, signal: AbortSignal.timeout(20_000) });
    return response.text();
  }

  /** Every app; resolves to the exit status of each by name. */
  async end(signal: NodeJS.Signals): Promise<Readonly<Record<string, number | null>>> {
    const statuses = await Promise.all(
      this.processes.map(async (one) => {
        one.signal('SIGCONT');
        return [one.name, await one.end(signal)] as const;
      }),
    );
    return Object.fromEntries(statuses);
  }

  /** Ends whatever still runs of it, hard. */
  async close(): Promise<void> {
    await this.end('SIGKILL');
    this.ingress.server.closeAllConnections();
    this.ingress.server.close();
  }

  get #tokens(): Readonly<Record<Role, string>> {
    return JSON.parse(readFileSync(this.environment['TOKENS_FILE'] ?? '', 'utf8')) as Record<Role, string>;
  }
}
