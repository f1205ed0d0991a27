import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import type { AdapterMetrics } from '../adapter-metrics.js';
import { receiveFile, type FileResult, type ReceiveFileOptions } from './receive-file.js';

export interface FolderIntakeOptions extends Omit<ReceiveFileOptions, 'signal' | 'onFault'> {
  readonly metrics: AdapterMetrics;
}

/** What is being written, or is ours. */
const isIgnored = (name: string): boolean => name.startsWith('.') || /\.(part|tmp)$/i.test(name);

/** The same fault, again and again, is said so often. */
const sameFaultMs = 60_000;

/**
 * Takes in the files of a folder, one at a time, oldest first. A file is picked up by renaming it into `working`, so that
 * one adapter of several has it; it ends in `done`, its refused messages in `failed`, or as a whole in `failed`. What is
 * in `working` at a start, or was left there by a disk that failed, is taken from its beginning again, before anything
 * later: messages that were stored before are recognised.
 */
export class FolderIntake {
  readonly #logger = new Logger('folder');
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  /** Names in `working` that are ours to take, in order. */
  #own: string[] = [];
  #lastFault: { readonly code: string; readonly saidAtMs: number } | undefined;

  constructor(private readonly options: FolderIntakeOptions) {}

  /** Makes its folders, takes up what an earlier run left, and watches from then on. Throws when it may not write there. */
  async start(): Promise<void> {
    const { FOLDER_INTAKE: folder, FOLDER_POLL_MS: pollMs } = this.options.settings;
    if (folder === undefined) return;
    for (const name of ['working', 'done', 'failed', 'answers']) await mkdir(join(folder, name), { recursive: true });
    const left = await readdir(join(folder, 'working'), { withFileTypes: true });
    this.#own = left.flatMap((entry) => (entry.isFile() && !isIgnored(entry.name) ? [entry.name] : [])).sort();
    this.#begin(() => this.#takeOwn(folder));
    this.#timer = setInterval(() => {
      this.#begin(() => this.#look(folder));
    }, pollMs);
  }

  /** Resolves when the messages in hand are answered; the rest of their file waits in `working`. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopping.abort();
    await this.#round;
  }

  #begin(round: () => Promise<void>): void {
    this.#round ??= round()
      .then(() => {
        this.#lastFault = undefined;
      })
      .catch(this.#onFault)
      .finally(() => (this.#round = undefined));
  }

  readonly #onFault = (fault: unknown): void => {
    const code = codeOf(fault);
    const nowMs = performance.now();
    if (this.#lastFault?.code === code && nowMs - this.#lastFault.saidAtMs < sameFaultMs) return;
    this.#lastFault = { code, saidAtMs: nowMs };
    this.#logger.error('the watched folder cannot be read or written', { fault: code });
  };

  async #look(folder: string): Promise<void> {
    await this.#takeOwn(folder);
    const settledAtMs = Date.now() - this.options.settings.FOLDER_SETTLE_MS;
    const found: { readonly name: string; readonly atMs: number }[] = [];
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (!entry.isFile() || isIgnored(entry.name)) continue;
      const atMs = (await stat(join(folder, entry.name)).catch(() => undefined))?.mtimeMs;
      if (atMs !== undefined && atMs <= settledAtMs) found.push({ name: entry.name, atMs });
    }
    found.sort((a, b) => a.atMs - b.atMs || (a.name < b.name ? -1 : 1));
    for (const { name } of found) {
      if (this.#stopping.signal.aborted) return;
      if (!(await isRenamed(join(folder, name), join(folder, 'working', name)))) continue;
      this.#own.push(name);
      await this.#takeOwn(folder);
    }
  }

  /** One that cannot be read stays first, so that nothing overtakes it. */
  async #takeOwn(folder: string): Promise<void> {
    const { signal } = this.#stopping;
    for (let [name] = this.#own; name !== undefined && !signal.aborted; [name] = this.#own) {
      // Who took it away by hand wants it not to be taken.
      if (await isThere(join(folder, 'working', name))) {
        const result = await receiveFile({ folder, name }, { ...this.options, signal, onFault: this.#onFault });
        if (result === undefined) return;
        this.#note(result);
      }
      this.#own.shift();
    }
  }

  #note(result: FileResult): void {
    const { taken, refused } = result;
    this.options.metrics.files.inc({
      result: result.isWhole ? (refused === 0 ? 'done' : 'done-with-failed') : 'failed',
    });
    this.#logger.debug('file taken in', { taken, refused, isWhole: result.isWhole });
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** False when it is gone: another adapter was faster, or its writer took it back. */
async function isRenamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (fault) {
    if (codeOf(fault) === 'ENOENT') return false;
    throw fault;
  }
}

function codeOf(fault: unknown): string {
  return typeof fault === 'object' && fault !== null && 'code' in fault ? String(fault.code) : 'unknown';
}
