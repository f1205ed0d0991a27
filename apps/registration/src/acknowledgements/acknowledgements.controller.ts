import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { AcknowledgementLease } from '@anamnesis/runtime';
import { Registration } from '../registration.js';
import { type AckView, listAcks, resendAck } from './ack-list.js';
import { AcknowledgementsQuery, LeaseDto, ResultsDto } from './acknowledgements.dto.js';
import { leaseAcks } from './lease-acks.js';
import { settleAcks } from './settle-acks.js';

@ApiTags('acknowledgements')
@ApiBearerAuth()
@Controller('registration/acknowledgements')
export class AcknowledgementsController {
  constructor(private readonly registration: Registration) {}

  @Get()
  @ApiOperation({ summary: 'Application acknowledgements (MSH-16) and what became of them, newest first' })
  list(@Query() { source, state, _count: count }: AcknowledgementsQuery): Promise<readonly AckView[]> {
    const filter = { ...(source !== undefined && { source }), ...(state !== undefined && { state }) };
    return listAcks(this.registration, { ...filter, count });
  }

  @Post(':id/resend')
  @HttpCode(200)
  @ApiOperation({ summary: 'Send one again' })
  resend(@Param('id') id: string): Promise<AckView> {
    return resendAck(this.registration, id);
  }

  @Post('leases')
  @HttpCode(200)
  @ApiOperation({ summary: 'What waits for listeners that are due (adapters)' })
  lease(@Body() request: LeaseDto): Promise<readonly AcknowledgementLease[]> {
    return leaseAcks(this.registration, request);
  }

  @Post('results')
  @HttpCode(204)
  @ApiOperation({ summary: 'What became of leased ones (adapters)' })
  settle(@Body() results: ResultsDto): Promise<void> {
    return settleAcks(this.registration, results);
  }
}
