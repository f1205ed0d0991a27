import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { SourceFact } from '@anamnesis/core';
import { conformanceReport, type ConformanceReport } from '../conformance/conformance-report.js';
import { Registration } from '../registration.js';
import { ObservationDto, PermissionDto, SourceChangesDto, SourceDto, SourcesQuery } from './facilities.dto.js';
import { observe, sourceStatus, type SourceStatus } from './source-status.js';
import {
  addSource,
  changeSource,
  findSource,
  forbidAuthority,
  listPermissions,
  listSources,
  permitAuthority,
} from './sources.js';

@ApiTags('sources')
@ApiBearerAuth()
@Controller('registration/sources')
export class SourcesController {
  constructor(private readonly registration: Registration) {}

  @Post()
  @ApiOperation({ summary: "Register a facility's application" })
  add(@Body() source: SourceDto): Promise<SourceFact> {
    return addSource(this.registration, source);
  }

  @Get()
  @ApiOperation({ summary: 'Sources, oldest first' })
  list(@Query() { facility }: SourcesQuery): Promise<readonly SourceFact[]> {
    return listSources(this.registration, facility);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One source' })
  read(@Param('id') id: string): Promise<SourceFact> {
    return findSource(this.registration, id);
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change settings; null takes an optional one back' })
  change(@Param('id') id: string, @Body() changes: SourceChangesDto): Promise<SourceFact> {
    return changeSource(this.registration, id, changes);
  }

  @Get(':id/status')
  @ApiOperation({ summary: 'How the source is doing' })
  status(@Param('id') id: string): Promise<SourceStatus> {
    return sourceStatus(this.registration, id);
  }

  @Get(':id/conformance')
  @ApiOperation({ summary: 'What the source does not keep of the rules, how often and since when' })
  conformance(@Param('id') id: string): Promise<ConformanceReport> {
    return conformanceReport(this.registration, id);
  }

  @Post(':id/observations')
  @HttpCode(204)
  @ApiOperation({ summary: 'What an adapter saw of the source (adapters)' })
  observe(@Param('id') id: string, @Body() observation: ObservationDto): Promise<void> {
    return observe(this.registration, id, observation);
  }

  @Get(':id/authorities')
  @ApiOperation({ summary: 'Authorities of other facilities that the source may use' })
  authorities(@Param('id') id: string): Promise<readonly string[]> {
    return listPermissions(this.registration, id);
  }

  @Post(':id/authorities')
  @HttpCode(204)
  @ApiOperation({ summary: 'Let the source use an authority of another facility' })
  permit(@Param('id') id: string, @Body() { system }: PermissionDto): Promise<void> {
    return permitAuthority(this.registration, id, system);
  }

  @Delete(':id/authorities')
  @HttpCode(204)
  @ApiOperation({ summary: 'Take such a permission back' })
  forbid(@Param('id') id: string, @Query() { system }: PermissionDto): Promise<void> {
    return forbidAuthority(this.registration, id, system);
  }
}
