import {
  Controller,
  Get,
  HttpCode,
  Inject,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  Post,
} from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { Jobs, JobWorker } from '@anamnesis/jobs';
import { JOBS } from '@anamnesis/runtime';
import { QuerySettings } from '../config.js';
import { IntegrityAudit, type IntegrityReport } from './integrity-audit.js';

const sliceJob = 'integrity-slice';
const wholeJob = 'integrity-whole';
const sliceEveryMs = 5000;
/** A tenth of the time at most, however long entries take: those of a record with thousands of versions are read whole. */
const restsPerWork = 9;

@ApiTags('integrity')
@ApiBearerAuth()
@Controller('integrity')
export class IntegrityController implements OnApplicationBootstrap, OnApplicationShutdown {
  #workers: JobWorker[] = [];

  constructor(
    private readonly audit: IntegrityAudit,
    private readonly settings: QuerySettings,
    @Inject(JOBS) private readonly jobs: Jobs,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const count = Math.ceil((this.settings.INTEGRITY_ENTRIES_PER_SECOND * sliceEveryMs) / 1000);
    let restsUntilMs = 0;
    const slice = async () => {
      const begunMs = performance.now();
      if (count === 0 || begunMs < restsUntilMs) return;
      await this.audit.slice(count);
      const endedMs = performance.now();
      restsUntilMs = endedMs + (endedMs - begunMs) * restsPerWork;
    };
    const whole = async () => {
      await this.audit.whole();
    };
    this.#workers = [await this.jobs.process(sliceJob, slice), await this.jobs.process(wholeJob, whole)];
    await this.jobs.every(sliceJob, { everyMs: sliceEveryMs });
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.stop()));
  }

  /** How far the audit of stored values is, and what it found. Names rows, never content. */
  @Get()
  report(): Promise<IntegrityReport> {
    return this.audit.report();
  }

  /** Has everything audited once; the report tells when it is done. Asked again before it began, it is one audit. */
  @Post()
  @HttpCode(202)
  async run(): Promise<{ readonly state: 'queued' }> {
    await this.jobs.add(wholeJob, null, { id: 'whole' });
    return { state: 'queued' };
  }
}
