const pollMs = 500;
const answerMs = 2_000;

/** Instances of one app: which of them say they are ready, and whose turn it is. */
export class Upstreams {
  #instances;
  #turn = 0;
  #timer;
  #isClosed = false;

  /** Base URLs without a path. None counts as ready until it has said so. */
  constructor(baseUrls) {
    this.#instances = baseUrls.map((baseUrl) => ({ url: new URL(baseUrl), isReady: false }));
  }

  watch() {
    const look = async () => {
      await Promise.all(this.#instances.map(ask));
      if (!this.#isClosed) this.#timer = setTimeout(look, pollMs);
    };
    void look();
  }

  close() {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  get isReady() {
    return this.#instances.some((one) => one.isReady);
  }

  /** Every instance in the order to try them: ready ones by turns; the others last, for the look may be out of date. */
  inTurn() {
    const turn = this.#turn++;
    const count = this.#instances.length;
    const rotated = this.#instances.map((_, index) => this.#instances[(turn + index) % count]);
    return [...rotated.filter((one) => one.isReady), ...rotated.filter((one) => !one.isReady)];
  }
}

async function ask(instance) {
  try {
    const response = await fetch(new URL('/readyz', instance.url), { signal: AbortSignal.timeout(answerMs) });
    await response.arrayBuffer();
    instance.isReady = response.status === 200;
  } catch {
    instance.isReady = false; // away, or too slow to be given work
  }
}
