import { Body, Controller, Get, Param, ParseIntPipe, Post, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CorrectionsSwitch } from '@anamnesis/store';
import { Registration } from '../registration.js';
import {
  addCorrections,
  correctionsHistory,
  type CorrectionsHistory,
  type CorrectionsView,
  findCorrections,
} from './corrections-files.js';
import { CorrectionsChoiceDto, CorrectionsDto } from './corrections.dto.js';
import { switchCorrections } from './switch-corrections.js';

@ApiTags('sources')
@ApiBearerAuth()
@Controller('registration/sources')
export class CorrectionsController {
  constructor(private readonly registration: Registration) {}

  @Post(':id/corrections')
  @ApiOperation({ summary: 'Next version of the corrections file of the source; not switched on by this' })
  add(@Param('id') id: string, @Body() file: CorrectionsDto): Promise<CorrectionsView> {
    return addCorrections(this.registration, id, file);
  }

  @Get(':id/corrections')
  @ApiOperation({ summary: 'All versions, and which of them was on when' })
  history(@Param('id') id: string): Promise<CorrectionsHistory> {
    return correctionsHistory(this.registration, id);
  }

  @Get(':id/corrections/:version')
  @ApiOperation({ summary: 'One version with its file' })
  read(
    @Param('id') id: string,
    @Param('version', ParseIntPipe) version: number,
  ): Promise<CorrectionsView & { readonly file: string }> {
    return findCorrections(this.registration, id, version);
  }

  @Put(':id/corrections/active')
  @ApiOperation({ summary: 'Switch a previewed version on, or all of them off' })
  choose(@Param('id') id: string, @Body() choice: CorrectionsChoiceDto): Promise<CorrectionsSwitch> {
    return switchCorrections(this.registration, id, choice);
  }
}
