import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Post, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Calls } from '@anamnesis/runtime';
import { AdapterHl7Settings } from '../config.js';
import { type HttpIntakeAnswer, httpIntake } from './answer-http.js';
import { er7MediaType } from './media-type.js';
import { BodyBudget } from './read-body.js';
import { takeRequest } from './take-request.js';

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
    const { settings, calls } = this;
    await takeRequest(request, response, {
      settings,
      budget: this.#budget,
      ask: async (asked) => (await calls.ask(httpIntake, asked)) as HttpIntakeAnswer,
    });
  }
}
