import { Unavailable } from '@anamnesis/core';

/** Callers who wait for their turn; beyond it they are told to come back instead of filling the memory. */
const waitingMax = 10_000;

/** Lets a limited number of calls run at once, those for one batch one after the other. */
export class InFlight {
  readonly #max: number;
  readonly #waiting: (() => void)[] = [];
  readonly #last = new Map<string, Promise<unknown>>();
  readonly #known = new Set<Promise<unknown>>();
  #running = 0;
  #isClosed = false;

  constructor(max: number) {
    this.#max = max;
  }

  async run<T>(batchId: string, act: () => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new Unavailable('ledger', 'the ledger is closed');
    if (this.#known.size >= waitingMax) throw new Unavailable('ledger', `more than ${waitingMax} entries wait`);
    const mine = this.#afterOthersOf(batchId, act);
    this.#known.add(mine);
    this.#last.set(batchId, mine);
    try {
      return await mine;
    } finally {
      this.#known.delete(mine);
      if (this.#last.get(batchId) === mine) this.#last.delete(batchId);
    }
  }

  /** Takes no more; resolves when what was taken has ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#known);
  }

  async #afterOthersOf<T>(batchId: string, act: () => Promise<T>): Promise<T> {
    // Whether the one before succeeded is its caller's business.
    await this.#last.get(batchId)?.catch(() => undefined);
    await this.#enter();
    try {
      return await act();
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#running < this.#max) this.#running++;
    else await new Promise<void>((turn) => this.#waiting.push(turn));
  }

  /** Hands its place on, if anybody waits. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running--;
    else next();
  }
}
