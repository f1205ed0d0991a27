import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Jobs } from '@anamnesis/jobs';
import type { FabricLedger, Ledger } from '@anamnesis/ledger';
import { JOBS, Ledgers, Metrics } from '@anamnesis/runtime';
import { Store } from '@anamnesis/store';
import { follow } from './follow.js';
import { holdLease, releaseLease } from './lease.js';
import { orStopped } from './or-stopped.js';
import { reconcile } from './reconcile.js';
import { reportTrouble } from './report-trouble.js';

const reconcileJob = 'ledger-writer.reconcile';
const reconcileEveryMs = 600_000;
/** Of a lease of 10 s. */
const renewMs = 3000;

/** Tells others of what it holds: only a ledger that several share does. */
function isShared(ledger: Ledger): ledger is FabricLedger {
  return 'follow' in ledger && 'batches' in ledger;
}

/** Follows each organisation's channel and compares it with what we sealed: only where the ledger is shared with others. */
@Injectable()
export class Reconciling implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('reconcile');
  readonly #owner = randomUUID();
  readonly #stopping = new AbortController();
  readonly #shared: readonly (readonly [organisation: string, ledger: FabricLedger])[];
  readonly #disagreements;
  #running: Promise<unknown> = Promise.resolve();

  // eslint-disable-next-line max-params -- Nest injects by parameter
  constructor(
    private readonly store: Store,
    private readonly ledgers: Ledgers,
    @Inject(JOBS) private readonly jobs: Jobs,
    metrics: Metrics,
  ) {
    this.#shared = ledgers.organisations.flatMap((organisation) => {
      const ledger = ledgers.of(organisation);
      return isShared(ledger) ? [[organisation, ledger] as const] : [];
    });
    this.#disagreements = metrics.gauge(
      'ledger_disagreements',
      'Batches about which our store and the shared ledger disagree',
      ['organisation'],
    );
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.#shared.length === 0) return;
    this.#running = Promise.all(this.#shared.map(([organisation, ledger]) => this.#follow(organisation, ledger)));
    await this.jobs.process(reconcileJob, () => orStopped(this.#reconcile(), this.#stopping.signal));
    await this.jobs.every(reconcileJob, { everyMs: reconcileEveryMs });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** One process follows at a time; another one takes over within a lease. */
  async #follow(organisation: string, ledger: FabricLedger): Promise<void> {
    const lease = `follow ${organisation}`;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        if ((await holdLease(this.store, lease, this.#owner)) !== undefined)
          await this.#holding(lease, { organisation, ledger });
      } catch (error) {
        reportTrouble(this.#logger, error);
      }
      await sleep(renewMs, undefined, { signal }).catch(() => undefined);
    }
    await releaseLease(this.store, lease, this.#owner).catch(() => undefined); // it ends by itself
  }

  /** Follows for as long as the lease is ours. */
  async #holding(
    lease: string,
    { organisation, ledger }: { readonly organisation: string; readonly ledger: FabricLedger },
  ): Promise<void> {
    const losing = new AbortController();
    const signal = AbortSignal.any([losing.signal, this.#stopping.signal]);
    const following = follow(this.store, { ledger, organisation, signal }).finally(() => {
      losing.abort();
    });
    const keeping = this.#keep(lease, signal).finally(() => {
      losing.abort();
    });
    await Promise.all([following, keeping]);
  }

  async #keep(lease: string, signal: AbortSignal): Promise<void> {
    for (let isHeld = true; isHeld && !signal.aborted;) {
      await sleep(renewMs, undefined, { signal }).catch(() => undefined);
      isHeld = (await holdLease(this.store, lease, this.#owner)) !== undefined;
    }
  }

  async #reconcile(): Promise<void> {
    for (const [organisation, ledger] of this.#shared) {
      const writer = this.ledgers.nameOnLedger(organisation);
      const { signal } = this.#stopping;
      const { checked, disagreements } = await reconcile(this.store, { ledger, organisation, writer, signal });
      if (signal.aborted) return;
      this.#disagreements.set({ organisation }, disagreements.length);
      for (const one of disagreements)
        this.#logger.error('store and ledger disagree', { ...one, organisation, checked });
    }
  }
}
