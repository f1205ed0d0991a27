interface Waiting {
  readonly bytes: number;
  readonly enter: () => void;
}

/**
 * Lets work in by its size in bytes, first come first served: a message being mapped and published takes several times
 * its own size. Work larger than the limit goes in alone.
 */
export class WorkGate {
  readonly #waiting: Waiting[] = [];
  #insideBytes = 0;

  constructor(private readonly limitBytes: number) {}

  async run<Result>(bytes: number, work: () => Promise<Result>): Promise<Result> {
    if (this.#waiting.length > 0 || !this.#fits(bytes)) {
      await new Promise<void>((enter) => this.#waiting.push({ bytes, enter }));
    } else this.#insideBytes += bytes;
    try {
      return await work();
    } finally {
      this.#insideBytes -= bytes;
      this.#admit();
    }
  }

  #fits(bytes: number): boolean {
    return this.#insideBytes === 0 || this.#insideBytes + bytes <= this.limitBytes;
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#fits(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#insideBytes += next.bytes;
      next.enter();
    }
  }
}
