import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { readPidFile, writePidFile } from '../process/pid-file.mjs';

/** What is waited before a process that died is started again: longer each time, anew after a good while of life. */
export const backOff = { firstMs: 500, lastMs: 30_000, forgetAfterMs: 60_000 };

const goneMsMax = 5_000;
const pauseMs = 20;

/**
 * One process that is kept alive, as Kubernetes keeps a pod: when it ends by itself it is started again, after a
 * back-off, until `stop`. Its lines come out under its name.
 */
export class ServiceProcess {
  #options;
  #child;
  #isStopping = false;
  #stopping = new AbortController();
  #delayMs = backOff.firstMs;
  #life = Promise.resolve();

  /** `{ name, args, environment, directory, say(line) }`: `node …args` with its pid noted in `directory`. */
  constructor(options) {
    this.name = options.name;
    this.#options = options;
  }

  get #pidFile() {
    return join(this.#options.directory, 'process.pid');
  }

  /** Ends what an earlier run left behind (its parent was killed): two of a kind would share a data directory. */
  async removeRemains() {
    const pid = readPidFile(this.#pidFile);
    if (pid === undefined) return;
    this.#options.say(`an earlier process ${pid} still runs: stopping it`);
    signal(pid, 'SIGKILL'); // what it acknowledged is durable
    for (let waitedMs = 0; readPidFile(this.#pidFile) !== undefined; waitedMs += pauseMs) {
      if (waitedMs > goneMsMax) throw new Error(`${this.name}: process ${pid} survives SIGKILL`);
      await sleep(pauseMs);
    }
  }

  start() {
    this.#life = this.#live();
  }

  get pid() {
    return this.#child?.pid;
  }

  get isRunning() {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async #live() {
    while (!this.#isStopping) {
      const startedAt = performance.now();
      const how = await this.#run();
      if (this.#isStopping) return;
      if (performance.now() - startedAt > backOff.forgetAfterMs) this.#delayMs = backOff.firstMs;
      this.#options.say(`ended by itself (${how}); again in ${this.#delayMs / 1000} s`);
      await sleep(this.#delayMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      this.#delayMs = Math.min(this.#delayMs * 2, backOff.lastMs);
    }
  }

  /** One life, to its end; says how it ended. */
  async #run() {
    const { args, environment, directory, say } = this.#options;
    mkdirSync(directory, { recursive: true });
    // A group of its own: Ctrl-C at the terminal is for the supervisor, which tells everybody once.
    const stdio = ['ignore', 'pipe', 'pipe'];
    const child = spawn(process.execPath, args, { env: environment, stdio, detached: true });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', say);
    const exited = once(child, 'exit');
    if (child.pid !== undefined) writePidFile(this.#pidFile, child.pid);
    try {
      const [code, name] = await exited;
      return name ?? `exit status ${code}`;
    } catch (error) {
      return error.message; // it could not even be started
    } finally {
      rmSync(this.#pidFile, { force: true });
    }
  }

  /** SIGTERM; resolves to the exit status once it has ended (`null`: it did not run). It is not started again. */
  async stop() {
    this.#isStopping = true;
    this.#stopping.abort();
    const wasRunning = this.isRunning;
    if (wasRunning) this.#child.kill('SIGTERM');
    await this.#life;
    return wasRunning ? (this.#child.exitCode ?? this.#child.signalCode) : null;
  }

  killNow() {
    this.#isStopping = true;
    if (this.isRunning) this.#child.kill('SIGKILL');
  }
}

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error; // gone in between
  }
}
