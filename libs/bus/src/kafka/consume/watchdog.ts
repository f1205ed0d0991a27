export interface WatchdogOptions {
  /** How long nothing may happen while the cluster answers. */
  readonly limitMs: number;
  /** Asks the cluster for anything; rejects when it does not answer. */
  readonly probe: () => Promise<unknown>;
  readonly bark: (silentMs: number) => void;
}

const looksPerLimit = 6;

/**
 * kafkajs can lose a consumer without a sign of it: a crash whose clean-up hangs, a restart that never comes to an end, a
 * join that came to nothing. An outage of the cluster is no such thing and is waited for, however long; silence while the
 * cluster answers is.
 */
export class Watchdog {
  readonly #options: WatchdogOptions;
  readonly #timer: NodeJS.Timeout;
  #aliveAtMs = performance.now();
  #isLooking = false;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#look(), options.limitMs / looksPerLimit).unref();
  }

  /** It joined, or fetched or beat with the partitions of a join. */
  progress(): void {
    this.#aliveAtMs = performance.now();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const { limitMs, probe, bark } = this.#options;
    // Asked before the limit is reached: only time in which the cluster answered counts.
    if (this.#isLooking || this.#silentMs() < limitMs / 2) return;
    this.#isLooking = true;
    try {
      await probe();
      if (this.#silentMs() >= limitMs) {
        this.stop();
        bark(Math.round(this.#silentMs()));
      }
    } catch {
      // An outage: silence counts anew from its end.
      this.progress();
    } finally {
      this.#isLooking = false;
    }
  }

  #silentMs(): number {
    return performance.now() - this.#aliveAtMs;
  }
}
