export interface ReadingTimes {
  /** Between two comparisons of all rows with what the log told; 0: none but those that something asks for. */
  readonly reconcileMs: number;
  /** Between a comparison and the next that is asked for. */
  readonly rereadMs: number;
}

/** A table is waited for as many times the pause between two comparisons at most. */
const settlingPausesMax = 10;

/** Of the book: outlives the process. */
export interface ComparisonNote {
  /** When all rows were last compared, ISO 8601 UTC; undefined: never, or something has asked for it since. */
  readonly comparedAt: string | undefined;
  comparisonAsked(): void;
}

/**
 * When all rows are to be compared again: in regular intervals, and when something in the log asks for it. What was due when
 * the process ended is due at its next start, and an interval goes on from where it was.
 */
export class ReadingDue {
  #askedAtMs = Infinity;
  #regularAtMs: number;
  #lastAtMs = -Infinity;
  #notBeforeMs = -Infinity;
  /** A table is settled by then, whatever goes on in it; undefined: none was emptied. */
  #settledByMs: number | undefined;

  constructor(
    private readonly times: ReadingTimes,
    private readonly note: ComparisonNote,
  ) {
    const { comparedAt } = note;
    if (comparedAt === undefined) this.#askedAtMs = -Infinity;
    // The clock may have gone back.
    const goneMs = Math.max(0, Date.now() - Date.parse(comparedAt ?? new Date().toISOString()));
    this.#regularAtMs = this.#next(-goneMs);
  }

  get isDue(): boolean {
    return performance.now() >= Math.max(this.#notBeforeMs, Math.min(this.#askedAtMs, this.#regularAtMs));
  }

  ask(): void {
    this.note.comparisonAsked();
    this.#askedAtMs = Math.min(this.#askedAtMs, this.#lastAtMs + this.times.rereadMs);
  }

  /**
   * A table was emptied, or is being filled again: it is compared when no more of that was seen for a while, so that nobody
   * takes the middle of a restore for rows that are gone.
   */
  settle(): void {
    const nowMs = performance.now();
    this.#settledByMs ??= nowMs + this.times.rereadMs * settlingPausesMax;
    this.#notBeforeMs = Math.min(nowMs + this.times.rereadMs, this.#settledByMs);
  }

  get isSettling(): boolean {
    return this.#settledByMs !== undefined && performance.now() < this.#notBeforeMs;
  }

  /** It cannot be done now. */
  postpone(): void {
    this.#notBeforeMs = performance.now() + this.times.rereadMs;
  }

  done(): void {
    this.#lastAtMs = performance.now();
    this.#regularAtMs = this.#next(0);
    this.#askedAtMs = Infinity;
    this.#settledByMs = undefined;
  }

  #next(fromNowMs: number): number {
    const { reconcileMs } = this.times;
    return reconcileMs === 0 ? Infinity : performance.now() + fromNowMs + reconcileMs;
  }
}
