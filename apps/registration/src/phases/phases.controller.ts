import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { SourceFact } from '@anamnesis/core';
import { Access, type AccessContext } from '@anamnesis/runtime';
import { ReasonDto } from '../persons/persons.dto.js';
import { Registration } from '../registration.js';
import type { BlockerView } from './blockers.js';
import { acceptBlocker, type Asked, certifySource, listPhases, type PhaseView, startTesting } from './change-phase.js';

@ApiTags('sources')
@ApiBearerAuth()
@Controller('registration/sources')
export class PhasesController {
  constructor(private readonly registration: Registration) {}

  @Post(':id/test')
  @HttpCode(200)
  @ApiOperation({ summary: 'Take what the source sends into the test history; again: begin testing anew' })
  test(@Param('id') id: string, @Body() body: ReasonDto, @Access() access: AccessContext): Promise<SourceFact> {
    return startTesting(this.registration, id, askedBy(access, body));
  }

  @Post(':id/certify')
  @HttpCode(200)
  @ApiOperation({ summary: 'Let a source in testing pass; 409 with `blocking` while findings hold it back' })
  certify(@Param('id') id: string, @Body() body: ReasonDto, @Access() access: AccessContext): Promise<SourceFact> {
    return certifySource(this.registration, id, askedBy(access, body));
  }

  @Get(':id/phases')
  @ApiOperation({ summary: 'Steps of the source: when, by whom, why, and in spite of what' })
  phases(@Param('id') id: string): Promise<readonly PhaseView[]> {
    return listPhases(this.registration, id);
  }

  @Post(':id/blocking/:findingId/accept')
  @HttpCode(200)
  @ApiOperation({ summary: 'Let the source pass in spite of a blocking finding' })
  accept(
    @Param() { id: sourceId, findingId }: { id: string; findingId: string },
    @Body() body: ReasonDto,
    @Access() access: AccessContext,
  ): Promise<BlockerView> {
    return acceptBlocker(this.registration, { sourceId, findingId }, askedBy(access, body));
  }
}

/** The token by its digest, as in AuditEvents. */
function askedBy({ role, token }: AccessContext, { reason }: ReasonDto): Asked {
  return { by: `${role} ${token}`, reason };
}
