import { Controller, Get, Header, Param, Req, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { canonicalJson } from '@anamnesis/core';
import { AccessInterceptor, noteAccess, type TracedRequest } from '../access/index.js';
import { HistoryReader } from '../history/history-reader.js';
import { EvidenceReader } from './evidence-reader.js';

@ApiTags('evidence')
@ApiBearerAuth()
@UseInterceptors(AccessInterceptor)
@Controller('evidence')
export class EvidenceController {
  constructor(
    private readonly evidence: EvidenceReader,
    private readonly history: HistoryReader,
  ) {}

  /**
   * Everything that proves one event offline: format `anamnesis-evidence/1`, RFC 8785 form. `anchoring` is null while
   * its batch is not on the ledger yet. 404 unknown, 410 erased, 422 altered in our store.
   */
  @Get(':eventId')
  @Header('Content-Type', 'application/json; charset=utf-8')
  @Header('Cache-Control', 'no-store')
  async read(@Param('eventId') eventId: string, @Req() request: TracedRequest): Promise<string> {
    const { bundle, recordKey } = await this.evidence.read(eventId);
    const persons = recordKey === undefined ? new Map<string, string>() : await this.history.personsOf([recordKey]);
    noteAccess(request, { action: 'evidence', persons: [...persons.values()] });
    return canonicalJson(bundle);
  }
}
