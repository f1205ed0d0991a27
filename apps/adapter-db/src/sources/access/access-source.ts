import { setTimeout as sleep } from 'node:timers/promises';
import type { Deliver, Position, RowSource } from '../row-source.js';
import { SourceFault } from '../source-fault.js';
import type { Drift } from './schema-drift.js';
import type { HeldFile, SnapshotBook } from './snapshot-book.js';
import { stableRead, type StableReadOptions } from './stable-read.js';
import { type Round, type SnapshotOptions, takeSnapshot } from './take-snapshot.js';

/** How it stands with a file, for operators. */
export type AccessState =
  | { readonly state: 'same' }
  | { readonly state: 'taken'; readonly changes: number; readonly drift: readonly Drift[]; readonly skipped: number }
  | { readonly state: 'held'; readonly held: HeldFile }
  | { readonly state: 'fault'; readonly fault: SourceFault };

export interface AccessSourceOptions extends SnapshotOptions {
  readonly path: string;
  readonly reading: StableReadOptions;
  readonly pollMs: number;
  readonly now: () => number;
  readonly report: (state: AccessState) => void;
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
  #verdict: { readonly digest: string; readonly round: Promise<Round> } | undefined;

  constructor(
    private readonly options: AccessSourceOptions,
    private readonly book: SnapshotBook,
  ) {}

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

  get held(): HeldFile | undefined {
    return this.book.held;
  }

  /** Lets the held file in, and no other. False when that file is not held (any more). */
  accept(digest: string): boolean {
    if (this.book.held?.digest !== digest) return false;
    this.book.allowed = digest;
    this.look();
    return true;
  }

  /** Now, or as soon as the look in hand is over, instead of when it is time. */
  look(): void {
    this.#wake.abort();
  }

  async #run(from: Position | undefined, deliver: Deliver): Promise<void> {
    // What was kept first may have been delivered without our knowing; as it stands it is the same events again.
    if (from === undefined && this.book.next()?.sequence !== firstSequence) this.book.forget();
    const afterStep = (): Promise<void> => this.#drain(deliver);
    await afterStep();
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#wake = new AbortController();
      await this.#look(afterStep);
      await sleep(this.options.pollMs, undefined, { signal: this.#wake.signal }).catch(() => undefined);
    }
  }

  async #look(afterStep: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopping;
    const { options, book } = this;
    try {
      const file = await stableRead(options.path, options.reading, signal);
      const round = await this.#judged(file.digest, () => {
        return takeSnapshot({ ...file, readAtMs: options.now() }, { options, book }, { signal, afterStep });
      });
      this.#report(round);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof SourceFault)) throw error;
      options.report({ state: 'fault', fault: error });
    }
  }

  /** A file that was held or could not be read is not read again as long as it is the same and nobody lets it in. */
  async #judged(digest: string, judge: () => Promise<Round>): Promise<Round> {
    if (this.#verdict?.digest === digest && this.book.allowed !== digest) return this.#verdict.round;
    this.#verdict = undefined;
    const round = judge();
    if (await isLasting(round)) this.#verdict = { digest, round };
    return round;
  }

  #report(round: Round): void {
    if (round.outcome !== 'held') {
      if (this.book.held !== undefined) this.book.held = undefined;
      const { outcome: state, ...rest } = round;
      this.options.report({ state, ...rest } as AccessState);
      return;
    }
    const { hold, digest } = round;
    const before = this.book.held;
    const isSame = before?.digest === digest && before.reason === hold.reason;
    const held = { ...hold, digest, since: isSame ? before.since : new Date(this.options.now()).toISOString() };
    this.book.held = held;
    this.options.report({ state: 'held', held });
  }

  /** In order, and each again until it is delivered. */
  async #drain(deliver: Deliver): Promise<void> {
    for (let pending = this.book.next(); pending !== undefined; pending = this.book.next()) {
      await deliver({ changes: pending.changes, position: { pending: pending.sequence } });
      this.book.delivered(pending);
    }
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
