import {
  Controller,
  Get,
  HttpCode,
  Inject,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  Param,
  Post,
} from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Jobs, JobWorker } from '@anamnesis/jobs';
import { JOBS, Readiness } from '@anamnesis/runtime';
import { QuerySettings } from '../config.js';
import { Remaps, type RemapView } from './remaps.js';

const job = 'remap';
const everyMs = 2000;

@ApiTags('remaps')
@ApiBearerAuth()
@Controller('remaps')
export class RemapsController implements OnApplicationBootstrap, OnApplicationShutdown {
  #worker: JobWorker | undefined;

  // eslint-disable-next-line max-params -- injected
  constructor(
    private readonly remaps: Remaps,
    private readonly settings: QuerySettings,
    private readonly readiness: Readiness,
    @Inject(JOBS) private readonly jobs: Jobs,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const count = Math.ceil((this.settings.REMAP_EVENTS_PER_SECOND * everyMs) / 1000);
    this.#worker = await this.jobs.process(job, async () => {
      // Until all of the registry was read, a message could be taken for something else than at intake.
      if (count > 0 && !this.readiness.reasons.includes('starting')) await this.remaps.run(count);
    });
    await this.jobs.every(job, { everyMs });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#worker?.stop();
  }

  @Get()
  @ApiOperation({ summary: 'How far the messages of each source are mapped with its newest code table' })
  report(): Promise<readonly RemapView[]> {
    return this.remaps.report();
  }

  @Post(':sourceId')
  @HttpCode(202)
  @ApiOperation({ summary: 'Has every message of a source mapped again, as after an upgrade of the product' })
  again(@Param('sourceId') sourceId: string): Promise<RemapView> {
    return this.remaps.again(sourceId);
  }
}
