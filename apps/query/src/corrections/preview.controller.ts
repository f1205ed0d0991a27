import { Body, Controller, Header, HttpCode, Post, Req, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { AccessInterceptor, noteAccess, type TracedRequest } from '../access/index.js';
import { HistoryReader } from '../history/history-reader.js';
import { type CorrectionsPreviewView, PreviewCorrections } from './preview-corrections.js';
import { PreviewDto } from './preview.dto.js';

@ApiTags('messages')
@ApiBearerAuth()
@UseInterceptors(AccessInterceptor)
@Controller('messages')
export class PreviewController {
  constructor(
    private readonly previews: PreviewCorrections,
    private readonly history: HistoryReader,
  ) {}

  /**
   * What a corrections file would change in the newest stored messages of its source, field by field and element by element.
   * Nothing is stored. Whoever may read patients sees values, an operator what they look like.
   */
  @Post('corrections')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async preview(@Body() question: PreviewDto, @Req() request: TracedRequest): Promise<CorrectionsPreviewView> {
    const { view, recordKeys } = await this.previews.preview(question, request.access?.role === 'clinician');
    const persons = await this.history.personsOf(recordKeys);
    noteAccess(request, { action: 'messages', persons: [...persons.values()], request: 'POST /messages/corrections' });
    return view;
  }
}
