import type { IncomingMessage, ServerResponse } from 'node:http';
import { BadRequestException, Controller, Post, Req, Res, UnsupportedMediaTypeException } from '@nestjs/common';
import { ApiBearerAuth, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Unavailable } from '@anamnesis/core';
import { Calls } from '@anamnesis/runtime';
import { AdapterHl7Settings } from '../config.js';
import { type HttpIntakeAnswer, httpIntake, type HttpIntakeRequest } from './answer-http.js';
import { charsetOf, er7MediaType } from './media-type.js';
import { BodyBudget, readBody } from './read-body.js';

/**
 * HL7 v2 over HTTP (HAPI specification): one message, or one batch, per POST. Every HL7 answer, AE and AR included, is 200;
 * 204 where the sender wants none (A2); anything else means that no HL7 answer exists and the same may be sent again.
 */
@ApiTags('HL7 v2')
@ApiBearerAuth()
@Controller()
export class HttpIntakeController {
  readonly #budget: BodyBudget;

  constructor(
    private readonly settings: AdapterHl7Settings,
    private readonly calls: Calls,
  ) {
    this.#budget = new BodyBudget(settings.HTTP_INTAKE_BYTES_MAX);
  }

  @Post('hl7v2')
  @ApiConsumes(er7MediaType)
  @ApiOperation({ summary: 'Send an HL7 v2 message; the answer is its acknowledgement' })
  async receive(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    const { headers, socket } = request;
    // Until the body is read: what is refused before is not waited for.
    response.setHeader('connection', 'close');
    if (headers['content-encoding'] !== undefined) throw new UnsupportedMediaTypeException('no Content-Encoding');
    const charset = charsetOf(headers['content-type']);
    const { MLLP_BLOCK_BYTES_MAX: bytesMax, HTTP_INTAKE_TIMEOUT_MS: timeoutMs } = this.settings;
    const bytes = await readBody(request, { bytesMax, timeoutMs, budget: this.#budget });
    response.removeHeader('connection');
    // The bytes themselves are given away.
    const { length } = bytes;
    try {
      if (length === 0) throw new BadRequestException('the body is empty');
      const address = socket.remoteAddress ?? '';
      respond(response, await this.#ask({ bytes, address, ...(charset !== undefined && { charset }) }));
    } finally {
      this.#budget.release(length);
    }
  }

  async #ask(request: HttpIntakeRequest): Promise<HttpIntakeAnswer> {
    return (await this.calls.ask(httpIntake, request)) as HttpIntakeAnswer;
  }
}

function respond(response: ServerResponse, answer: HttpIntakeAnswer): void {
  switch (answer.kind) {
    case 'closes':
      throw new Unavailable('hl7v2', 'the message cannot be stored now');
    case 'silent':
      response.writeHead(204).end();
      return;
    case 'answer': {
      const charset = answer.charset === 'ascii' ? 'us-ascii' : answer.charset;
      response.writeHead(200, { 'content-type': `${er7MediaType}; charset=${charset}` }).end(answer.bytes);
    }
  }
}
