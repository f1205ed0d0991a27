import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { EventBus, Topic } from '@anamnesis/bus';
import { Unavailable } from '@anamnesis/core';
import type { Jobs, JobWorker } from '@anamnesis/jobs';
import { EVENT_BUS, JOBS } from '@anamnesis/runtime';
import { SweepContent } from './sweep-content.js';

const sweepJob = 'content-sweep';
const sweepEveryMs = 5000;
/** After a start, so that what is left on the bus from before is taken first, and after a failure. */
const restMs = 60 * 60 * 1000;
const topics: readonly Topic[] = ['clinical.certified', 'clinical.tested', 'clinical.received.registration.dead'];

/** Sweeps while messages are taken as they come. */
@Injectable()
export class SweepJob implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('content-sweep');
  #restsUntilMs = Date.now() + restMs;
  #worker: JobWorker | undefined;

  constructor(
    private readonly content: SweepContent,
    @Inject(EVENT_BUS) private readonly bus: EventBus,
    @Inject(JOBS) private readonly jobs: Jobs,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.#worker = await this.jobs.process(sweepJob, () => this.#sweep());
    await this.jobs.every(sweepJob, { everyMs: sweepEveryMs });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#worker?.stop();
  }

  async #sweep(): Promise<void> {
    if (Date.now() < this.#restsUntilMs || !(await this.content.isDue())) return;
    try {
      if (await this.#isAbreast()) await this.content.sweep();
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      // The bus is away; or query may only read there, so that nothing is removed and nothing is lost.
      this.#logger.warn(`documents of purged test messages stay for now: ${error.message}`);
      this.#restsUntilMs = Date.now() + restMs;
    }
  }

  async #isAbreast(): Promise<boolean> {
    for (const topic of topics) {
      const { oldestAppendedAt } = await this.bus.lag(topic, 'query');
      if (oldestAppendedAt !== undefined && Date.now() - oldestAppendedAt.getTime() > restMs) return false;
    }
    return true;
  }
}
