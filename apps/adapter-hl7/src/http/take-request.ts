import type { IncomingMessage, ServerResponse } from 'node:http';
import { BadRequestException, UnsupportedMediaTypeException } from '@nestjs/common';
import { Unavailable } from '@anamnesis/core';
import type { AdapterHl7Settings } from '../config.js';
import { clientCertificateOf } from '../tls/client-certificate.js';
import type { HttpIntakeAnswer, HttpIntakeRequest } from './answer-http.js';
import { charsetOf, er7MediaType } from './media-type.js';
import { type BodyBudget, readBody } from './read-body.js';

export interface TakeOptions {
  readonly settings: Pick<AdapterHl7Settings, 'MLLP_BLOCK_BYTES_MAX' | 'HTTP_INTAKE_TIMEOUT_MS'>;
  readonly budget: BodyBudget;
  readonly ask: (request: HttpIntakeRequest) => Promise<HttpIntakeAnswer>;
}

/**
 * One `POST /hl7v2`: reads the body, asks the adapter and answers. Throws, before anything is answered, an `HttpException`
 * for what is wrong with the request and `Unavailable` for what may be sent again; a stranger's body is read away.
 */
export async function takeRequest(
  request: IncomingMessage,
  response: ServerResponse,
  { settings, budget, ask }: TakeOptions,
): Promise<void> {
  const { headers, socket } = request;
  // Until the body is read: what is refused before is not waited for.
  response.setHeader('connection', 'close');
  if (headers['content-encoding'] !== undefined) throw new UnsupportedMediaTypeException('no Content-Encoding');
  const charset = charsetOf(headers['content-type']);
  const { MLLP_BLOCK_BYTES_MAX: bytesMax, HTTP_INTAKE_TIMEOUT_MS: timeoutMs } = settings;
  const bytes = await readBody(request, { bytesMax, timeoutMs, budget });
  response.removeHeader('connection');
  // The bytes themselves are given away.
  const { length } = bytes;
  try {
    if (length === 0) throw new BadRequestException('the body is empty');
    const certificate = clientCertificateOf(socket);
    const answer = await ask({
      bytes,
      address: socket.remoteAddress ?? '',
      ...(charset !== undefined && { charset }),
      ...(certificate !== undefined && { certificate }),
    });
    respond(response, answer);
  } finally {
    budget.release(length);
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
