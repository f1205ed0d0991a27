import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { DeliveredRecord, Refusal } from '@anamnesis/bus';
import { Registration } from '../registration.js';
import { discardFragment, listFragments } from './fragment-list.js';
import { DiscardDto, FragmentsQuery } from './fragments.dto.js';
import { keepFragments, type ShownFragment } from './keep-fragments.js';

@ApiTags('fragments')
@ApiBearerAuth()
@Controller('registration/fragments')
export class FragmentsController {
  constructor(private readonly registration: Registration) {}

  @EventPattern('intake.fragment', { group: 'registration' })
  keep(@Payload() records: readonly DeliveredRecord[]): Promise<readonly Refusal[]> {
    return keepFragments(this.registration, records);
  }

  @Get()
  @ApiOperation({ summary: 'Fragments of messages (DSC) and what became of them, newest first' })
  list(@Query() { source, state, _count: count }: FragmentsQuery): Promise<readonly ShownFragment[]> {
    const filter = { ...(source !== undefined && { source }), ...(state !== undefined && { state }) };
    return listFragments(this.registration, { ...filter, count });
  }

  @Post(':id/discard')
  @HttpCode(200)
  @ApiOperation({ summary: 'Give up a fragment that nothing will complete, or that stands in the way of another' })
  discard(@Param('id') id: string, @Body() { reason }: DiscardDto): Promise<ShownFragment> {
    return discardFragment(this.registration, id, reason);
  }
}
