import type { ServerResponse } from 'node:http';
import { Controller, Delete, Get, Param, Query, Req, Res, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { IsISO8601, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import { stringifyFhir } from '@anamnesis/fhir';
import { AccessInterceptor, noteAccess, type TracedRequest } from '../access/index.js';
import { TestHistory } from './test-history.js';

class PurgeQuery {
  /** MSH-4, as `/messages` shows it. */
  @IsString()
  @IsNotEmpty()
  @MaxLength(255)
  facility!: string;

  /** MSH-3; may be empty. */
  @IsString()
  @MaxLength(255)
  application!: string;

  /** Received at or before this instant; absent: all. */
  @IsOptional()
  @IsISO8601({ strict: true })
  until?: string;
}

@ApiTags('test history')
@ApiBearerAuth()
@UseInterceptors(AccessInterceptor)
@Controller('test/messages')
export class TestHistoryController {
  constructor(private readonly tests: TestHistory) {}

  /** A FHIR Bundle (collection) of the resources that the test message speaks of, as they were after it. */
  @Get(':eventId/resources')
  async resources(
    @Param('eventId') eventId: string,
    @Req() request: TracedRequest,
    @Res({ passthrough: true }) response: ServerResponse,
  ): Promise<string> {
    const resources = await this.tests.resourcesAfter(eventId);
    // Of nobody: these are no persons, whoever they were made up from.
    noteAccess(request, { action: 'read', persons: [] });
    response.setHeader('Content-Type', 'application/fhir+json; charset=utf-8');
    response.setHeader('Cache-Control', 'no-store, private');
    const entry = resources.map((resource) => ({ resource }));
    return stringifyFhir({ resourceType: 'Bundle', type: 'collection', ...(entry.length > 0 && { entry }) });
  }

  /** Destroys what a source said in testing. */
  @Delete()
  async purge(
    @Query() { facility, application, until }: PurgeQuery,
    @Req() request: TracedRequest,
  ): Promise<{ readonly purged: number }> {
    const at = until === undefined ? new Date() : new Date(until);
    const purged = await this.tests.purge({ facility, application, until: at.toISOString() });
    noteAccess(request, { action: 'operation', persons: [], request: 'DELETE /test/messages' });
    return { purged };
  }
}
