import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HeldFile } from './snapshot-book.js';

/**
 * How a person learns of a held file and lets it in: a note in `<directory>/held`, one per source, which
 * `npm run held -- accept <source>` moves to `<directory>/accepted`.
 */
export class HoldNotes {
  readonly #held: string;
  readonly #accepted: string;

  constructor(
    private readonly directory: string,
    source: string,
  ) {
    // Names of mapping files are safe as names of files (docs/mapping-rows.md).
    this.#held = join(directory, 'held', `${source}.json`);
    this.#accepted = join(directory, 'accepted', `${source}.json`);
  }

  /** Says why the file is held; undefined: it is no longer. */
  write(held: HeldFile | undefined): void {
    if (held === undefined) {
      rmSync(this.#held, { force: true });
      return;
    }
    for (const folder of ['held', 'accepted'])
      mkdirSync(join(this.directory, folder), { recursive: true, mode: 0o700 });
    writeFileSync(`${this.#held}.tmp`, `${JSON.stringify(held, null, 2)}\n`);
    renameSync(`${this.#held}.tmp`, this.#held);
  }

  /** Digest of the file that a person let in; told once. */
  takeAccepted(): string | undefined {
    let text: string;
    try {
      text = readFileSync(this.#accepted, 'utf8');
    } catch {
      return undefined;
    }
    rmSync(this.#accepted, { force: true });
    try {
      return (JSON.parse(text) as HeldFile).digest;
    } catch {
      return undefined;
    }
  }
}
