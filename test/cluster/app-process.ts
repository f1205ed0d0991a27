import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../deploy/stack/process/free-port.mjs';

const readyWithinMs = 240_000;
/** As an orchestrator waits before it starts a process again that ended. */
const restartMs = 500;
const linesMax = 200;

/** A test that fails in the middle must not leave a process behind. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** How a process ended that nobody had asked to. */
export interface Surprise {
  readonly name: string;
  readonly how: number | NodeJS.Signals | null;
  readonly log: string;
}

/** One app of the product as a process of its own, on ports that it keeps over restarts: as behind a service's name. */
export class AppProcess {
  /** When it ends by itself it is started again, as an orchestrator does. Not after `end`. */
  isKeptAlive = true;
  readonly surprises: Surprise[] = [];
  #child: ChildProcess | undefined;
  #isAskedToEnd = false;
  #lines: string[] = [];

  private constructor(
    readonly name: string,
    private readonly command: { readonly main: string; readonly environment: Readonly<Record<string, string>> },
    private readonly ports: readonly [http: number, mllp: number],
  ) {}

  /** Not started yet. */
  static async prepare(
    name: string,
    { app, environment }: { readonly app: string; readonly environment: Readonly<Record<string, string>> },
  ): Promise<AppProcess> {
    const [http = 0, mllp = 0] = await freePorts(2);
    const main = `dist/product/${app}.js`;
    const own = { HTTP_PORT: String(http), MLLP_PORT: String(mllp) };
    return new AppProcess(
      name,
      { main, environment: { LOG_LEVEL: 'warn', PIPELINE_NICE: '0', ...environment, ...own } },
      [http, mllp],
    );
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${this.ports[0]}`;
  }

  get mllpPort(): number {
    return this.ports[1];
  }

  get isRunning(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error(`${this.name} is not running`);
    return pid;
  }

  /** What it wrote last, over all its lives, for a failed test to show. */
  get log(): string {
    return this.#lines.slice(-40).join('');
  }

  start(): void {
    const { main, environment } = this.command;
    const env = { PATH: process.env['PATH'], ...environment };
    // A session of its own, as its own pod would be: neither Ctrl-C here nor the scheduler takes them for one thing.
    const child = spawn(process.execPath, ['--enable-source-maps', main], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        this.#lines.push(chunk.toString('utf8'));
        if (this.#lines.length > linesMax) this.#lines = this.#lines.slice(-linesMax / 2);
      });
    running.add(child);
    child.once('exit', (code, signal) => {
      running.delete(child);
      if (this.#isAskedToEnd) return;
      this.surprises.push({ name: this.name, how: code ?? signal, log: this.log });
      setTimeout(() => {
        if (this.isKeptAlive && !this.isRunning) this.start();
      }, restartMs);
    });
    this.#isAskedToEnd = false;
    this.#child = child;
  }

  /** Resolves when it says that it is ready. Throws when it does not in time, with what it wrote last. */
  async ready(): Promise<void> {
    const deadline = performance.now() + readyWithinMs;
    while (!(await this.isReady())) {
      if (!this.isRunning && !this.isKeptAlive) throw new Error(`${this.name} ended at start:\n${this.log}`);
      if (performance.now() > deadline)
        throw new Error(`${this.name} is not ready: ${await this.body('/readyz')}\n${this.log}`);
      await sleep(100);
    }
  }

  async isReady(): Promise<boolean> {
    return (await this.status('/readyz')) === 200;
  }

  /** Of `/livez` or `/readyz`; undefined when it does not answer. */
  async status(path: '/livez' | '/readyz'): Promise<number | undefined> {
    return (await this.#ask(path))?.status;
  }

  async body(path: '/livez' | '/readyz'): Promise<string> {
    return (await this.#ask(path))?.text ?? 'no answer';
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Resolves to its exit status once it is gone; it stays so until `start`. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.isKeptAlive = false;
    return this.kill(signal);
  }

  /** Resolves once it is gone, to its exit status. Started again by the caller, kept alive or not. */
  async kill(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || !this.isRunning) return child?.exitCode ?? null;
    this.#isAskedToEnd = true;
    const exited = once(child, 'exit') as Promise<[number | null]>;
    child.kill(signal);
    return (await exited)[0];
  }

  /** Resolves when it has ended by itself, to its exit status. */
  async ended(): Promise<number | null> {
    const child = this.#child;
    if (child !== undefined && this.isRunning) await once(child, 'exit');
    return child?.exitCode ?? null;
  }

  async #ask(path: string): Promise<{ readonly status: number; readonly text: string } | undefined> {
    try {
      const response = await fetch(`${this.baseUrl}${path}`, { signal: AbortSignal.timeout(4000) });
      return { status: response.status, text: await response.text() };
    } catch {
      return undefined; // not there: that is the answer
    }
  }
}
