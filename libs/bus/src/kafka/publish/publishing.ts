import type { Rejected, Unavailable } from '@anamnesis/core';

/** One call of `publish`, whose records may stand in several lanes: done when the last is stored, failed with the first. */
export class Publishing {
  readonly done: Promise<void>;
  readonly calledAtMs = performance.now();
  #left: number;
  #resolve!: () => void;
  #reject!: (error: Error) => void;

  constructor(count: number) {
    this.#left = count;
    this.done = new Promise<void>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  stored(): void {
    if (--this.#left === 0) this.#resolve();
  }

  fail(error: Unavailable | Rejected): void {
    this.#reject(error);
  }
}
