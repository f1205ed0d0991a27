import { Controller, Get, Query, Req, Res, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Rejected } from '@anamnesis/core';
import { Keys } from '@anamnesis/runtime';
import { AccessInterceptor, noteAccess, type TracedRequest } from '../access/index.js';
import { HistoryReader } from '../history/history-reader.js';
import { MessageCursor } from './message-cursor.js';
import { MessageList, type MessageView } from './message-list.js';
import { MessagesQuery } from './messages-query.js';

@ApiTags('messages')
@ApiBearerAuth()
@UseInterceptors(AccessInterceptor)
@Controller('messages')
export class MessagesController {
  readonly #cursor: MessageCursor;

  constructor(
    private readonly list: MessageList,
    private readonly history: HistoryReader,
    keys: Keys,
  ) {
    this.#cursor = new MessageCursor(keys.deploymentKey);
  }

  /**
   * What was received and what became of it: a JSON array, newest first, one element per event and one per message
   * refused at intake. `Link: rel="next"` while there is more. What sources say in testing is listed by `state=test`
   * alone, and not for clinicians, who alone may ask by patient identifier.
   */
  @Get()
  async read(
    @Query() { _count, _cursor, ...question }: MessagesQuery,
    @Req() request: TracedRequest,
    @Res({ passthrough: true }) response: { setHeader(name: string, value: string): void },
  ): Promise<readonly MessageView[]> {
    const isOfPatients = request.access?.role === 'clinician';
    if (question.state === 'test' && isOfPatients) throw new Rejected('forbidden', 'test is not for clinicians');
    if (question.identifier !== undefined && !isOfPatients)
      throw new Rejected('forbidden', 'identifier is not for operators');
    const asked = Object.fromEntries(
      Object.entries(question).filter(([, value]: [string, unknown]) => value !== undefined),
    );
    const after = _cursor === undefined ? undefined : this.#cursor.read(_cursor, asked);
    const { messages, next, recordKeys } = await this.list.page(asked, _count, after);
    if (next !== undefined) {
      const parameters = new URLSearchParams();
      for (const [name, value] of Object.entries(asked)) parameters.set(name, value);
      parameters.set('_count', String(_count));
      parameters.set('_cursor', this.#cursor.write(next, asked));
      response.setHeader('Link', `</messages?${parameters.toString()}>; rel="next"`);
    }
    const persons = await this.history.personsOf(recordKeys);
    const names = Object.keys(asked).sort().join('&');
    noteAccess(request, {
      action: 'messages',
      persons: [...persons.values()],
      request: names === '' ? 'GET /messages' : `GET /messages?${names}`,
    });
    return messages;
  }
}
