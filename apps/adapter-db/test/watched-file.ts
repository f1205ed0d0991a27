import { join } from 'node:path';
import type { RowChange } from '@anamnesis/core';
import { AccessSource, type AccessSourceOptions, type AccessState } from '../src/sources/access/access-source.js';
import { HoldNotes } from '../src/sources/access/hold-notes.js';
import { SnapshotBook } from '../src/sources/access/snapshot-book.js';
import type { Position } from '../src/sources/row-source.js';

export interface WatchOptions extends Pick<AccessSourceOptions, 'path' | 'reading' | 'tables'> {
  /** Of the snapshot and the notes. */
  readonly directory: string;
  readonly secret: Uint8Array;
  readonly now?: () => number;
  readonly passwordOf?: () => string;
}

const hourMs = 60 * 60 * 1000;
const rules = { lostShareMax: 0.3, lostRowsMin: 20 };

/** An Access file as a source that looks at it when the test says so. */
export class WatchedFile {
  readonly #source: AccessSource;
  #changes: RowChange[] = [];
  #told: (state: AccessState) => void = () => undefined;

  private constructor({ directory, secret, now = Date.now, passwordOf = () => '', ...options }: WatchOptions) {
    this.#source = new AccessSource({
      ...{ ...options, rules, pollMs: hourMs, hungMs: hourMs, now, passwordOf },
      notes: new HoldNotes(directory, 'hospital'),
      openBook: () => new SnapshotBook(join(directory, 'book.db'), secret),
      report: (state) => {
        this.#told(state);
      },
    });
  }

  /** Resolves with what the first look came to. */
  static async start(options: WatchOptions, from?: Position): Promise<WatchedFile> {
    const watched = new WatchedFile(options);
    const told = watched.#next();
    void watched.#source.start(from, ({ changes }) => {
      watched.#changes.push(...changes);
      return Promise.resolve();
    });
    await told;
    return watched;
  }

  /** A start whose first delivery fails: rejects with why. */
  static async fail(options: WatchOptions, from: Position): Promise<void> {
    const watched = new WatchedFile(options);
    const away = new Error('the bus is away');
    const failed = await watched.#source.start(from, () => Promise.reject(away)).catch((problem: unknown) => problem);
    await watched.stop();
    if (failed !== away) throw new Error('nothing was delivered');
  }

  look(): Promise<AccessState> {
    const told = this.#next();
    this.#source.look();
    return told;
  }

  /** What was delivered since it was asked the last time. */
  take(): readonly RowChange[] {
    const changes = this.#changes;
    this.#changes = [];
    return changes;
  }

  async stop(): Promise<void> {
    await this.#source.stop();
  }

  #next(): Promise<AccessState> {
    return new Promise((resolve) => (this.#told = resolve));
  }
}
