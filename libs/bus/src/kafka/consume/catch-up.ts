/** Which partitions have not come to where they ended when the consumer began. */
export class CatchUp {
  readonly reached: Promise<void>;
  readonly #ends: Map<number, number>;
  #resolve!: () => void;

  constructor(ends: readonly { readonly partition: number; readonly high: number }[]) {
    this.reached = new Promise((resolve) => (this.#resolve = resolve));
    this.#ends = new Map(ends.map(({ partition, high }) => [partition, high]));
  }

  get isReached(): boolean {
    return this.#ends.size === 0;
  }

  /** `next` is the offset of the first record not yet settled. */
  arrive(partition: number, next: number): void {
    const end = this.#ends.get(partition);
    if (end === undefined || next < end) return;
    this.#ends.delete(partition);
    if (this.isReached) this.#resolve();
  }
}
