import { Body, Controller, Get, Param, Put, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Registration } from '../registration.js';
import { type CodeTableView, findCodeTable, setCodeTable } from './code-tables.js';
import { CodeTableDto, CodeTableQuery } from './codes.dto.js';
import { type UnmappedCodes, unmappedCodes } from './unmapped-codes.js';

@ApiTags('sources')
@ApiBearerAuth()
@Controller('registration/sources')
export class CodesController {
  constructor(private readonly registration: Registration) {}

  @Put(':id/code-table')
  @ApiOperation({ summary: 'Next version of what the local codes of the source mean' })
  set(@Param('id') id: string, @Body() table: CodeTableDto): Promise<CodeTableView> {
    return setCodeTable(this.registration, id, table);
  }

  @Get(':id/code-table')
  @ApiOperation({ summary: 'One version of it' })
  read(@Param('id') id: string, @Query() { version }: CodeTableQuery): Promise<CodeTableView> {
    return findCodeTable(this.registration, id, version);
  }

  @Get(':id/unmapped-codes')
  @ApiOperation({ summary: 'Local codes that somebody has to translate, most frequent first' })
  unmapped(@Param('id') id: string): Promise<UnmappedCodes> {
    return unmappedCodes(this.registration, id);
  }
}
