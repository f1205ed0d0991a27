import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { EventBus } from '@anamnesis/bus';
import { Unavailable } from '@anamnesis/core';
import type { Jobs } from '@anamnesis/jobs';
import type { Ledger } from '@anamnesis/ledger';
import { EVENT_BUS, JOBS, LEDGER, Metrics } from '@anamnesis/runtime';
import { Store } from '@anamnesis/store';
import { audit } from './audit.js';
import { LedgerWriterSettings } from './config.js';
import { oldestUnanchored } from './oldest-unanchored.js';
import { Sealer } from './sealer.js';

const auditEveryMs = 3_600_000;

/** The sealer and the audit of its batches, in the life of the process. */
@Injectable()
export class Sealing implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('ledger-writer');
  readonly #sealer: Sealer;

  // eslint-disable-next-line max-params -- Nest injects by parameter
  constructor(
    private readonly store: Store,
    @Inject(LEDGER) private readonly ledger: Ledger,
    @Inject(JOBS) private readonly jobs: Jobs,
    @Inject(EVENT_BUS) bus: EventBus,
    metrics: Metrics,
    settings: LedgerWriterSettings,
  ) {
    this.#sealer = new Sealer({
      store,
      ledger,
      bus,
      batchMs: settings.LEDGER_BATCH_MS,
      leavesMax: settings.LEDGER_BATCH_LEAVES_MAX,
      report: (error) => {
        if (error instanceof Unavailable) this.#logger.warn(error.message, { dependency: error.dependency });
        else this.#logger.error(error);
      },
    });
    const age = metrics.gauge('oldest_unanchored_age_seconds', 'Age of the oldest certified event not yet anchored');
    Object.assign(age, {
      collect: async () => {
        const since = await oldestUnanchored(store);
        age.set(since === undefined ? 0 : (Date.now() - since.getTime()) / 1000);
      },
    });
    this.#mismatches = metrics.gauge('batch_audit_mismatches', 'Batches that disagree with their leaves or the ledger');
  }

  readonly #mismatches;

  async onApplicationBootstrap(): Promise<void> {
    this.#sealer.start();
    await this.jobs.process('ledger-writer.audit', async () => {
      await this.#audit();
    });
    await this.jobs.every('ledger-writer.audit', { everyMs: auditEveryMs });
  }

  collected(count: number): void {
    this.#sealer.collected(count);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#sealer.stop();
  }

  async #audit(): Promise<void> {
    const { checked, mismatches } = await audit(this.store, this.ledger);
    this.#mismatches.set(mismatches.length);
    for (const mismatch of mismatches) this.#logger.error('batch mismatch', { ...mismatch, checked });
  }
}
