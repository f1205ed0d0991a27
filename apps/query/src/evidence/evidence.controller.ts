import { Readable } from 'node:stream';
import { Controller, Get, Header, Param, Req, StreamableFile, UseInterceptors } from '@nestjs/common';
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
    noteAccess(request, { action: 'evidence', persons: await this.#personsOf(recordKey) });
    return canonicalJson(bundle);
  }

  /** The message as it was received, byte by byte: also what was detached from it. 404, 410 and 422 as above. */
  @Get(':eventId/message')
  @Header('Cache-Control', 'no-store')
  async message(@Param('eventId') eventId: string, @Req() request: TracedRequest): Promise<StreamableFile> {
    const { pieces, mediaType, recordKey } = await this.evidence.message(eventId);
    noteAccess(request, { action: 'evidence', persons: await this.#personsOf(recordKey) });
    return new StreamableFile(Readable.from(pieces), { type: mediaType, disposition: 'attachment' });
  }

  async #personsOf(recordKey: string | undefined): Promise<readonly string[]> {
    return recordKey === undefined ? [] : [...(await this.history.personsOf([recordKey])).values()];
  }
}
