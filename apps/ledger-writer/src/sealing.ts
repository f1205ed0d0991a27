import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { EventBus } from '@anamnesis/bus';
import type { Jobs } from '@anamnesis/jobs';
import { EVENT_BUS, JOBS, Ledgers, Metrics } from '@anamnesis/runtime';
import { Store } from '@anamnesis/store';
import { audit } from './audit.js';
import { LedgerWriterSettings } from './config.js';
import { OldestUnanchored } from './oldest-unanchored.js';
import { orStopped } from './or-stopped.js';
import { reportTrouble } from './report-trouble.js';
import { Sealer } from './sealer.js';

const auditJob = 'ledger-writer.audit';
const auditEveryMs = 3_600_000;

/** One sealer for each organisation, and the audit of their batches, in the life of the process. */
@Injectable()
export class Sealing implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('ledger-writer');
  readonly #sealers: readonly Sealer[];
  readonly #mismatches;
  readonly #stopping = new AbortController();

  // eslint-disable-next-line max-params -- Nest injects by parameter
  constructor(
    private readonly store: Store,
    private readonly ledgers: Ledgers,
    @Inject(JOBS) private readonly jobs: Jobs,
    @Inject(EVENT_BUS) bus: EventBus,
    metrics: Metrics,
    settings: LedgerWriterSettings,
  ) {
    this.#sealers = ledgers.organisations.map(
      (organisation) =>
        new Sealer({
          store,
          bus,
          organisation,
          ledger: ledgers.of(organisation),
          batchMs: settings.LEDGER_BATCH_MS,
          leavesMax: settings.LEDGER_BATCH_LEAVES_MAX,
          report: (error) => {
            reportTrouble(this.#logger, error);
          },
        }),
    );
    const age = metrics.gauge('oldest_unanchored_age_seconds', 'Age of the oldest certified event not yet anchored');
    const oldest = new OldestUnanchored(store);
    Object.assign(age, {
      collect: async () => {
        const since = await oldest.find();
        age.set(since === undefined ? 0 : (Date.now() - since.getTime()) / 1000);
      },
    });
    this.#mismatches = metrics.gauge('batch_audit_mismatches', 'Batches that disagree with their leaves or the ledger');
  }

  async onApplicationBootstrap(): Promise<void> {
    for (const sealer of this.#sealers) sealer.start();
    await this.jobs.process(auditJob, () => orStopped(this.#audit(), this.#stopping.signal));
    await this.jobs.every(auditJob, { everyMs: auditEveryMs });
  }

  /** So many more leaves wait, whosever they are. */
  collected(count: number): void {
    for (const sealer of this.#sealers) sealer.collected(count);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#sealers.map((sealer) => sealer.stop()));
  }

  async #audit(): Promise<void> {
    const { signal } = this.#stopping;
    let count = 0;
    for (const organisation of this.ledgers.organisations) {
      const ledger = this.ledgers.of(organisation);
      const { checked, mismatches } = await audit(this.store, { ledger, organisation, signal });
      count += mismatches.length;
      for (const mismatch of mismatches) this.#logger.error('batch mismatch', { ...mismatch, organisation, checked });
    }
    if (!signal.aborted) this.#mismatches.set(count);
  }
}
