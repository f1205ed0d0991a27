/** Who holds bytes: one connection. */
export interface ByteHolder {
  /** Told that it may read again after `hold` said no. */
  resume(): void;
  /** Told that it held the only way forward for too long. */
  giveUp(): void;
}

export interface HeldBytes {
  /** Of a block whose end has not come: set free only by reading on. */
  readonly partialBytes: number;
  /** Of complete blocks not answered yet: set free by work that is under way. */
  readonly completeBytes: number;
}

const nothing: HeldBytes = { partialBytes: 0, completeBytes: 0 };

/**
 * Bytes of messages that all connections together hold. Over the limit nobody reads on, until work sets bytes free. When
 * only unfinished blocks are held there is no such work: then one connection at a time, the one that holds most, gets
 * the pass to finish its block. So memory is bounded by the limit, one block, and `freeBytes` and one read per connection.
 */
export class ByteBudget {
  readonly #held = new Map<ByteHolder, HeldBytes>();
  readonly #waiting = new Set<ByteHolder>();
  #partialBytes = 0;
  #completeBytes = 0;
  #pass: { readonly holder: ByteHolder; readonly sinceMs: number } | undefined;

  constructor(
    private readonly limitBytes: number,
    private readonly passMsMax: number,
    /** Who holds no more reads on, whatever others hold: a few lines do not wait for somebody's documents. */
    private readonly freeBytes: number = 0,
  ) {}

  get heldBytes(): number {
    return this.#partialBytes + this.#completeBytes;
  }

  /** States what the holder holds now. False: it must not read on until `resume`. */
  hold(holder: ByteHolder, held: HeldBytes): boolean {
    this.#account(holder, held);
    if (this.#pass?.holder === holder && held.partialBytes === 0) this.#pass = undefined;
    const isSmall = held.partialBytes + held.completeBytes < this.freeBytes;
    const mayRead = isSmall || this.heldBytes <= this.limitBytes || this.#pass?.holder === holder;
    if (mayRead) this.#waiting.delete(holder);
    else this.#waiting.add(holder);
    this.#wake();
    return mayRead || !this.#waiting.has(holder);
  }

  /** The holder is gone and all it held with it. */
  release(holder: ByteHolder): void {
    this.#account(holder, nothing);
    this.#held.delete(holder);
    this.#waiting.delete(holder);
    if (this.#pass?.holder === holder) this.#pass = undefined;
    this.#wake();
  }

  /** Ends a pass that did not lead to the end of a block while others waited. */
  sweep(nowMs: number): void {
    if (this.#pass === undefined || this.#waiting.size === 0 || nowMs - this.#pass.sinceMs < this.passMsMax) return;
    this.#pass.holder.giveUp();
  }

  #account(holder: ByteHolder, held: HeldBytes): void {
    const before = this.#held.get(holder) ?? nothing;
    this.#partialBytes += held.partialBytes - before.partialBytes;
    this.#completeBytes += held.completeBytes - before.completeBytes;
    this.#held.set(holder, held);
  }

  #wake(): void {
    if (this.heldBytes <= this.limitBytes) this.#wakeAll();
    else if (this.#completeBytes === 0 && this.#pass === undefined) this.#givePass();
  }

  #wakeAll(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const holder of waiting) holder.resume();
  }

  #givePass(): void {
    let most: ByteHolder | undefined;
    for (const holder of this.#waiting)
      if (this.#partialOf(holder) > (most === undefined ? 0 : this.#partialOf(most))) most = holder;
    if (most === undefined) return;
    this.#pass = { holder: most, sinceMs: performance.now() };
    this.#waiting.delete(most);
    most.resume();
  }

  #partialOf(holder: ByteHolder): number {
    return this.#held.get(holder)?.partialBytes ?? 0;
  }
}
