import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventBus } from '@anamnesis/bus';
import { Unavailable } from '@anamnesis/core';
import type { Ledger } from '@anamnesis/ledger';
import type { Store } from '@anamnesis/store';
import { anchor } from './anchor.js';
import { announce } from './announce.js';
import { lastSequence } from './last-sequence.js';
import { holdLease, releaseLease } from './lease.js';
import { seal } from './seal.js';

const backOffMsMax = 30_000;
/** Of a lease of 10 s. */
const renewMs = 3000;
/** How long a stop waits for the round in hand: a ledger that does not answer must not keep a process from ending well. */
const stopMsMax = 3000;

/** The lease under which an organisation's batches are sealed. */
function leaseNameOf(organisation: string): string {
  return organisation === '' ? 'sealer' : `sealer ${organisation}`;
}

export interface SealerOptions {
  readonly store: Store;
  readonly ledger: Ledger;
  /** Whose batches; empty where the ledger knows no organisations. */
  readonly organisation: string;
  readonly bus: EventBus;
  /** A batch is sealed at this age of its oldest leaf … */
  readonly batchMs: number;
  /** … or at once when this many wait. */
  readonly leavesMax: number;
  /** Told of each failed round; the next one comes after a back-off. */
  readonly report: (error: unknown) => void;
}

/**
 * Seals, anchors and announces the batches of one organisation, one round after the other. While the ledger is away leaves wait unsealed, and nobody
 * waits for them; when it is back they are sealed `leavesMax` at a time.
 */
export class Sealer {
  readonly #options: SealerOptions;
  readonly #owner = randomUUID();
  readonly #stopping = new AbortController();
  #waking = new AbortController();
  #collected = 0;
  /** Number of a batch up to which all are announced: what is done stays done. The first round looks at all. */
  #after = 0;
  #lease: { readonly fence: number; readonly renewAtMs: number } | undefined;
  #running: Promise<void> | undefined;

  constructor(options: SealerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** So many more leaves wait. */
  collected(count: number): void {
    this.#collected += count;
    if (this.#collected >= this.#options.leavesMax) this.#waking.abort();
  }

  /** Seals a batch of what waits, then ends; what cannot be anchored now, or not in seconds, is anchored after the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#waking.abort();
    const done = new AbortController();
    const late = sleep(stopMsMax, undefined, { signal: done.signal }).catch(() => undefined);
    await Promise.race([this.#running, late]);
    done.abort();
    if (this.#lease !== undefined) await releaseLease(this.#options.store, this.#leaseName, this.#owner);
  }

  async #run(): Promise<void> {
    let waitMs = 0;
    for (let failures = 0; !this.#stopping.signal.aborted;) {
      // An aborted wait is a wish to go on at once.
      await sleep(waitMs, undefined, { signal: this.#waking.signal }).catch(() => undefined);
      this.#waking = new AbortController();
      try {
        await this.#round();
        failures = 0;
        waitMs = this.#options.batchMs;
      } catch (error) {
        this.#options.report(error);
        waitMs = Math.min(backOffMsMax, this.#options.batchMs * 2 ** failures++);
        // A defect of ours must not spin, but a ledger that is away is asked again soon.
        if (!(error instanceof Unavailable)) waitMs = backOffMsMax;
      }
    }
  }

  async #round(): Promise<void> {
    const { store, ledger, bus, leavesMax, organisation } = this.#options;
    const fence = await this.#fence();
    if (fence === undefined) return;
    this.#collected = 0;
    const last = await lastSequence(store);
    await anchor(store, { ledger, organisation, after: this.#after });
    for (;;) {
      const batch = await seal(store, { organisation, lease: this.#leaseName, fence, leavesMax });
      await anchor(store, { ledger, organisation, after: this.#after });
      await announce(store, { bus, organisation, after: this.#after });
      this.#after = last;
      if (batch === undefined || batch.size < leavesMax || this.#stopping.signal.aborted) return;
      if ((await this.#fence()) !== fence) return;
    }
  }

  get #leaseName(): string {
    return leaseNameOf(this.#options.organisation);
  }

  async #fence(): Promise<number | undefined> {
    if (this.#lease === undefined || performance.now() > this.#lease.renewAtMs) {
      const fence = await holdLease(this.#options.store, this.#leaseName, this.#owner);
      this.#lease = fence === undefined ? undefined : { fence, renewAtMs: performance.now() + renewMs };
    }
    return this.#lease?.fence;
  }
}
