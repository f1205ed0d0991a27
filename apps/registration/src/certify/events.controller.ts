import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Registration } from '../registration.js';
import { eventEvidence, type EventEvidence } from './event-evidence.js';
import { RefusedQuery, ReplayDto } from './events.dto.js';
import { listRefused, type RefusedView, replay } from './refused-events.js';

@ApiTags('events')
@ApiBearerAuth()
@Controller('registration')
export class EventsController {
  constructor(private readonly registration: Registration) {}

  @Get('refused')
  @ApiOperation({ summary: 'Refused events, newest first' })
  refused(@Query() { _count: count, ...filter }: RefusedQuery): Promise<readonly RefusedView[]> {
    return listRefused(this.registration, { ...filter, count });
  }

  @Post('refused/:eventId/replay')
  @HttpCode(202)
  @ApiOperation({ summary: 'Have a refused event judged afresh' })
  replay(@Param('eventId') eventId: string, @Body() request: ReplayDto): Promise<RefusedView> {
    return replay(this.registration, eventId, request);
  }

  @Get('events/:eventId/evidence')
  @ApiOperation({ summary: 'Leaf key and certificates of one event (query)' })
  evidence(@Param('eventId') eventId: string): Promise<EventEvidence> {
    return eventEvidence(this.registration, eventId);
  }
}
