import { setTimeout as sleep } from 'node:timers/promises';
import type { Deliver, Position, RowSource } from '../row-source.js';
import { SourceFault } from '../source-fault.js';
import { unlessAborted } from '../unless-aborted.js';
import type { HoldNotes } from './hold-notes.js';
import { findMissing, type MissingColumn } from './schema-drift.js';
import type { HeldFile, SnapshotBook } from './snapshot-book.js';
import { type StableFile, stableRead, type StableReadOptions } from './stable-read.js';
import { type Round, type SnapshotOptions, type Taken, takeSnapshot } from './take-snapshot.js';

/** How it stands with a file, for operators. */
export type AccessState =
  | ({ readonly state: 'same' } & Lacking)
  | ({ readonly state: 'taken' } & Taken & Lacking)
  | { readonly state: 'held'; readonly held: HeldFile }
  | { readonly state: 'fault'; readonly fault: SourceFault };

interface Lacking {
  readonly missing?: readonly MissingColumn[];
}

export interface AccessSourceOptions extends Omit<SnapshotOptions, 'password'> {
  readonly path: string;
  /** As it is now; empty: none. Asked at each look, since the hospital may change it. Throws `SourceFault`. */
  readonly passwordOf: () => string;
  readonly reading: StableReadOptions;
  readonly pollMs: number;
  /** All reads of a look take no longer; then the share hangs. */
  readonly hungMs: number;
  readonly now: () => number;
  readonly notes: HoldNotes;
  /** The source's own, while it runs. */
  readonly openBook: () => SnapshotBook;
  readonly report: (state: AccessState) => void;
}

/** What a file is judged by. */
interface Judged {
  readonly digest: string;
  readonly password: string;
}

/** Of the changes that a book keeps first. */
const firstSequence = 1;

/**
 * An Access file on a share as a source of row changes: looked at again and again, compared with what it was. A file
 * that cannot be read, or is not believed, is reported and looked at again; nothing of it is delivered meanwhile, and
 * no rows are taken as deleted because a share is away.
 */
export class AccessSource implements RowSource {
  readonly #stopping = new AbortController();
  #wake = new AbortController();
  #ended: Promise<void> = Promise.resolve();
  #isReading = false;
  #verdict: (Judged & { readonly round: Promise<Round> }) | undefined;

  constructor(private readonly options: AccessSourceOptions) {}

  start(from: Position | undefined, deliver: Deliver): Promise<void> {
    const run = this.#run(from, deliver);
    this.#ended = run.catch(() => undefined);
    return run;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake.abort();
    await this.#ended;
  }

  /** Now, or as soon as the look in hand is over, instead of when it is time. */
  look(): void {
    this.#wake.abort();
  }

  async #run(from: Position | undefined, deliver: Deliver): Promise<void> {
    const book = this.options.openBook();
    try {
      // What was kept first may have been delivered without our knowing; as it stands it is the same events again.
      if (from === undefined && book.next()?.sequence !== firstSequence) book.forget();
      await drain(book, deliver);
      const { signal } = this.#stopping;
      while (!signal.aborted) {
        this.#wake = new AbortController();
        await this.#look(book, () => drain(book, deliver));
        await sleep(this.options.pollMs, undefined, { signal: this.#wake.signal }).catch(() => undefined);
      }
    } finally {
      book.close();
    }
  }

  async #look(book: SnapshotBook, afterStep: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopping;
    const { options } = this;
    try {
      const accepted = options.notes.takeAccepted();
      if (accepted !== undefined) book.allowed = accepted;
      const password = options.passwordOf();
      const file = await this.#read();
      const place = { options: { ...options, ...(password !== '' && { password }) }, book };
      const round = await this.#judged({ digest: file.digest, password }, book, () => {
        return takeSnapshot({ ...file, readAtMs: options.now() }, place, { signal, afterStep });
      });
      this.#report(round, book);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof SourceFault)) throw error;
      options.report({ state: 'fault', fault: error });
    }
  }

  /** A share that hangs keeps a thread of the process: nothing more is asked of it until it answers. */
  async #read(): Promise<StableFile> {
    const { path, reading, hungMs } = this.options;
    const { signal } = this.#stopping;
    if (this.#isReading) throw hung();
    this.#isReading = true;
    const read = stableRead(path, reading, signal).finally(() => (this.#isReading = false));
    const ending = new AbortController();
    const late = sleep(hungMs, undefined, { signal: ending.signal }).then(() => {
      throw hung();
    });
    late.catch(() => undefined); // said below, where it is awaited
    try {
      return await unlessAborted(signal, Promise.race([read, late]));
    } finally {
      ending.abort();
    }
  }

  /** A file that was held or could not be read is not read again as long as it is the same, its password is, and nobody lets it in. */
  async #judged({ digest, password }: Judged, book: SnapshotBook, judge: () => Promise<Round>): Promise<Round> {
    const last = this.#verdict;
    if (last?.digest === digest && last.password === password && book.allowed !== digest) return last.round;
    this.#verdict = undefined;
    const round = judge();
    if (await isLasting(round)) this.#verdict = { digest, password, round };
    return round;
  }

  #report(round: Round, book: SnapshotBook): void {
    const { notes, report, now, tables } = this.options;
    if (round.outcome !== 'held') {
      if (book.held !== undefined) book.held = undefined;
      notes.write(undefined);
      const { outcome: state, ...rest } = round;
      const missing = findMissing(book.shapes, tables);
      report({ state, ...rest, ...(missing.length > 0 && { missing }) } as AccessState);
      return;
    }
    const { hold, digest } = round;
    const before = book.held;
    const isSame = before?.digest === digest && before.reason === hold.reason;
    const held = { ...hold, digest, since: isSame ? before.since : new Date(now()).toISOString() };
    book.held = held;
    notes.write(held);
    report({ state: 'held', held });
  }
}

function hung(): SourceFault {
  return new SourceFault('access-file-missing', 'the file cannot be read: its share does not answer');
}

/** In order, and each again until it is delivered. */
async function drain(book: SnapshotBook, deliver: Deliver): Promise<void> {
  for (let pending = book.next(); pending !== undefined; pending = book.next()) {
    await deliver({ changes: pending.changes, position: { pending: pending.sequence } });
    book.delivered(pending);
  }
}

/** Held or unreadable for what the file holds: looking again comes to the same. */
async function isLasting(round: Promise<Round>): Promise<boolean> {
  try {
    const judged = await round;
    return judged.outcome === 'held' && judged.hold.reason !== 'clock-back';
  } catch (error) {
    return error instanceof SourceFault;
  }
}
