import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ListedRow } from './parked-rows.js';

/** What an operator reads of the parked rows of one source: no key, no value. */
export interface ParkedNote {
  readonly rows: number;
  /** The first of them. */
  readonly listed: readonly Pick<ListedRow, 'table' | 'named' | 'findings' | 'since'>[];
}

export interface ReplayRequest {
  /** Absent: all. */
  readonly table?: string;
}

/**
 * How a person learns of parked rows and has them told again: a note in `<directory>/parked`, one per source, and a request
 * in `<directory>/replay` that `npm run rows -- replay <source>` leaves there.
 */
export class ParkedNotes {
  readonly #note: string;
  readonly #request: string;

  constructor(directory: string, source: string) {
    for (const folder of ['parked', 'replay']) mkdirSync(join(directory, folder), { recursive: true, mode: 0o700 });
    // Names of mapping files are safe as names of files (docs/mapping-rows.md).
    this.#note = join(directory, 'parked', `${source}.json`);
    this.#request = join(directory, 'replay', `${source}.json`);
  }

  write(note: ParkedNote): void {
    if (note.rows === 0) {
      rmSync(this.#note, { force: true });
      return;
    }
    writeFileSync(`${this.#note}.tmp`, JSON.stringify(note));
    renameSync(`${this.#note}.tmp`, this.#note);
  }

  /** Stays until it is `done`: a process that ends meanwhile begins again. */
  get request(): ReplayRequest | undefined {
    if (!existsSync(this.#request)) return undefined;
    try {
      return JSON.parse(readFileSync(this.#request, 'utf8')) as ReplayRequest;
    } catch {
      return {};
    }
  }

  done(): void {
    rmSync(this.#request, { force: true });
  }
}
