import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readPidFile, writePidFile } from './pid-file.mjs';
import { lastLines } from './toolchain.mjs';
import { Hopeless, until } from './until.mjs';

const readyMsMax = 120_000; // a busy machine is slow, not broken
const stopMsMax = 20_000;
const killMsMax = 10_000;
const pauseMs = 20;

/**
 * A service as a process of its own, known by `<directory>/<name>.pid`, with its output in `<directory>/<name>.log`.
 * Pids are reused, so a signal goes out only to the very process that was started here: pid and start time must agree.
 */
export class Daemon {
  #directory;
  #command;
  #outlives;
  #killOnExit = () => this.signal('SIGKILL');

  /**
   * `command()` gives `{ file, args, environment?, runAs? }`, `runAs` being the `{ uid, gid }` of another user; `outlives`: it
   * goes on when the process that started it ends.
   */
  constructor({ name, directory, command, outlives = false }) {
    this.name = name;
    this.#directory = directory;
    this.#command = command;
    this.#outlives = outlives;
  }

  get logFile() {
    return join(this.#directory, `${this.name}.log`);
  }

  get #pidFile() {
    return join(this.#directory, `${this.name}.pid`);
  }

  /** Of the process that was started here, while it lives. */
  pid() {
    return readPidFile(this.#pidFile);
  }

  /** Starts it unless it runs. Resolves when the process is there, which is long before it is ready. */
  async start() {
    if (this.pid() !== undefined) return;
    mkdirSync(this.#directory, { recursive: true });
    const { file, args, environment = {}, runAs = {} } = this.#command();
    const log = openSync(this.logFile, 'a', 0o600);
    try {
      // A session of its own: Ctrl-C at the terminal is for us, and we stop services in their order.
      const child = spawn(file, args, {
        detached: true,
        stdio: ['ignore', log, log],
        env: { ...process.env, ...environment },
        cwd: this.#directory,
        ...runAs,
      });
      await once(child, 'spawn');
      child.unref();
      writePidFile(this.#pidFile, child.pid);
    } finally {
      closeSync(log);
    }
    if (!this.#outlives) process.once('exit', this.#killOnExit);
  }

  /** Repeats `probe` until it no longer throws; gives up at once when the process has died. */
  async ready(probe, { deadlineMs = readyMsMax } = {}) {
    await until(
      `${this.name} ready`,
      async () => {
        if (this.pid() === undefined) throw new Died(`${this.name} died at start: ${this.logEnd()}`);
        await probe();
      },
      { deadlineMs },
    );
  }

  logEnd() {
    try {
      const log = readFileSync(this.logFile, 'utf8');
      const errors = log.split('\n').filter((line) => /\berror\b|exception|caused by/i.test(line));
      return lastLines(errors.length > 0 ? errors.join('\n') : log);
    } catch {
      return 'it has left no log';
    }
  }

  /** Whether there was somebody to signal. */
  signal(name) {
    const pid = this.pid();
    if (pid === undefined) return false;
    try {
      process.kill(pid, name);
      return true;
    } catch (error) {
      if (error.code === 'ESRCH') return false; // gone in between
      throw error;
    }
  }

  /** SIGKILL; resolves when it is gone. */
  async kill() {
    this.signal('SIGKILL');
    if (!(await this.#isGoneWithin(killMsMax))) throw new Error(`${this.name} survives SIGKILL`);
    this.#forget();
  }

  pause() {
    if (!this.signal('SIGSTOP')) throw new Error(`${this.name} does not run`);
  }

  resume() {
    if (!this.signal('SIGCONT')) throw new Error(`${this.name} does not run`);
  }

  /** SIGTERM, then SIGKILL when that takes too long; resolves when it is gone. */
  async stop({ stopMs = stopMsMax } = {}) {
    this.signal('SIGCONT'); // a paused process does not hear anything else
    this.signal('SIGTERM');
    if (await this.#isGoneWithin(stopMs)) this.#forget();
    else await this.kill();
  }

  async #isGoneWithin(waitMs) {
    const deadline = performance.now() + waitMs;
    while (this.pid() !== undefined) {
      if (performance.now() > deadline) return false;
      await sleep(pauseMs);
    }
    return true;
  }

  #forget() {
    process.off('exit', this.#killOnExit);
    rmSync(this.#pidFile, { force: true });
  }
}

/** The process ended before it was ready. */
export class Died extends Hopeless {}
