/** Of the work that is never held up by large messages. */
const smallBytesMax = 1024 * 1024;

interface Waiting {
  readonly bytes: number;
  readonly enter: () => void;
}

/**
 * Lets work in by its size in bytes: a message being mapped and published takes several times its own size. Small work
 * and large work have a lane each, so that who sends a few lines never waits for a document of somebody else.
 */
export class WorkGate {
  readonly #small: Lane;
  readonly #large: Lane;

  constructor(limitBytes: number) {
    this.#small = new Lane(limitBytes);
    this.#large = new Lane(limitBytes);
  }

  run<Result>(bytes: number, work: () => Promise<Result>): Promise<Result> {
    return (bytes <= smallBytesMax ? this.#small : this.#large).run(bytes, work);
  }
}

/** First come first served. Work larger than the limit goes in alone. */
class Lane {
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
