import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, type AccessContext } from '@anamnesis/runtime';
import { Registration } from '../registration.js';
import { AssertionsQuery, PendingDecisionDto, PendingQuery, ReasonDto } from './persons.dto.js';
import {
  type AssertionView,
  decidePending,
  listAssertions,
  listPending,
  type PendingView,
  undoAssertion,
} from './review.js';

@ApiTags('persons')
@ApiBearerAuth()
@Controller('registration/persons')
export class PersonsController {
  constructor(private readonly registration: Registration) {}

  @Get('pending')
  @ApiOperation({ summary: 'Pairs of patient records that wait for a decision, oldest first' })
  pending(@Query() { state, _count: count }: PendingQuery): Promise<readonly PendingView[]> {
    return listPending(this.registration, { state, count });
  }

  @Post('pending/:id/decisions')
  @HttpCode(200)
  @ApiOperation({ summary: 'Decide whether a pair is one person' })
  decide(
    @Param('id') id: string,
    @Body() { decision, reason }: PendingDecisionDto,
    @Access() access: AccessContext,
  ): ReturnType<typeof decidePending> {
    return decidePending(this.registration, id, { decision, reason, actor: actorOf(access) });
  }

  @Get('assertions')
  @ApiOperation({ summary: 'Links and merges, latest change first' })
  assertions(@Query() { state, record, _count: count }: AssertionsQuery): Promise<readonly AssertionView[]> {
    const filter = { ...(state !== undefined && { state }), ...(record !== undefined && { recordKey: record }) };
    return listAssertions(this.registration, { ...filter, count });
  }

  @Post('assertions/:id/undo')
  @HttpCode(200)
  @ApiOperation({ summary: 'Undo a link or merge without loss' })
  undo(
    @Param('id') id: string,
    @Body() { reason }: ReasonDto,
    @Access() access: AccessContext,
  ): Promise<AssertionView> {
    return undoAssertion(this.registration, id, { reason, actor: actorOf(access) });
  }
}

function actorOf({ role, token }: AccessContext): string {
  return `${role}:${token}`;
}
