import type { RegistrationClient } from '../registration-client.js';
import { within } from '../process/within.js';

/** Of each source, in one interval: enough for a 99th percentile, bounded whatever comes. */
const ackTimesMax = 1000;
/** For the last ones to be delivered when stopping. */
const stopMsMax = 2000;

interface Seen {
  readonly answers: Record<string, number>;
  readonly ackMs: number[];
  count: number;
  lastMessageAtMs: number;
}

export interface ObservationsOptions {
  readonly registration: Pick<RegistrationClient, 'observe'>;
  /** This instance among the adapters. */
  readonly adapter: string;
  readonly intervalMs: number;
  readonly onFailure: () => void;
}

/** Tells registration, now and then, what was seen of each source that was active. Lost ones are only counted. */
export class Observations {
  #seen = new Map<string, Seen>();
  #timer: NodeJS.Timeout | undefined;
  #isTelling = false;

  constructor(private readonly options: ObservationsOptions) {}

  start(): void {
    this.#timer = setInterval(() => {
      void this.#tellUnlessTelling();
    }, this.options.intervalMs);
  }

  /** Resolves when the last ones are delivered or lost. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await within(this.tell(), { timeoutMs: stopMsMax, dependency: 'registration' }).catch(this.options.onFailure);
  }

  note(sourceId: string, answer: string, ackMs: number): void {
    const seen = this.#seen.get(sourceId) ?? { answers: {}, ackMs: [], count: 0, lastMessageAtMs: 0 };
    this.#seen.set(sourceId, seen);
    seen.answers[answer] = (seen.answers[answer] ?? 0) + 1;
    // Once full, overwritten round and round: the latest ones count.
    seen.ackMs[seen.count++ % ackTimesMax] = ackMs;
    seen.lastMessageAtMs = Date.now();
  }

  async tell(): Promise<void> {
    const seen = this.#seen;
    this.#seen = new Map();
    const { registration, adapter, onFailure } = this.options;
    for (const [sourceId, { answers, ackMs, lastMessageAtMs }] of seen) {
      const lastMessageAt = new Date(lastMessageAtMs).toISOString();
      const observation = { adapter, answers, ackMsP99: percentile99(ackMs), lastMessageAt };
      await registration.observe(sourceId, observation).catch(onFailure);
    }
  }

  async #tellUnlessTelling(): Promise<void> {
    if (this.#isTelling) return;
    this.#isTelling = true;
    await this.tell();
    this.#isTelling = false;
  }
}

function percentile99(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
  return Math.round(value * 10) / 10;
}
