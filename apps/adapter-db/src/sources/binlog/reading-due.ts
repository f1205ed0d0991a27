export interface ReadingTimes {
  /** Between two comparisons of all rows with what the log told; 0: none but those that something asks for. */
  readonly reconcileMs: number;
  /** Between a comparison and the next that is asked for. */
  readonly rereadMs: number;
}

/** When all rows are to be compared again: in regular intervals, and when something in the log asks for it. */
export class ReadingDue {
  #askedAtMs = Infinity;
  #openedAtMs = performance.now();
  #lastAtMs = -Infinity;

  constructor(private readonly times: ReadingTimes) {}

  get isDue(): boolean {
    const { reconcileMs } = this.times;
    const regularAtMs = reconcileMs === 0 ? Infinity : Math.max(this.#openedAtMs, this.#lastAtMs) + reconcileMs;
    return performance.now() >= Math.min(this.#askedAtMs, regularAtMs);
  }

  ask(): void {
    this.#askedAtMs = Math.min(this.#askedAtMs, this.#lastAtMs + this.times.rereadMs);
  }

  done(): void {
    this.#lastAtMs = performance.now();
    this.#askedAtMs = Infinity;
  }
}
