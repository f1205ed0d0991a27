import type { ServerResponse } from 'node:http';
import { randomBytes } from 'node:crypto';
import { Injectable, Logger, type NestMiddleware } from '@nestjs/common';
import { base32 } from '@anamnesis/core';
import type { TracedRequest } from './access-note.js';
import { accessRecordOf } from './access-record-of.js';
import { AccessRecorder } from './access-recorder.js';

const patientRoutes = /^\/(fhir|messages|evidence|test)(\/|$)/;
const usableId = /^[A-Za-z0-9._-]{1,64}$/;
const denials = [401, 403];

/**
 * Gives each request on a patient route its id, and records what the guard denies. A denial gives nothing away, so its
 * event may follow the answer; what is given away is recorded by `AccessInterceptor` before it leaves.
 */
@Injectable()
export class TraceRequestMiddleware implements NestMiddleware {
  readonly #logger = new Logger('access');

  constructor(private readonly recorder: AccessRecorder) {}

  use(request: TracedRequest, response: ServerResponse, next: () => void): void {
    // Nest's middleware sees the path without its mount point.
    if (patientRoutes.test(request.originalUrl.split('?')[0] ?? '')) this.#trace(request, response);
    next();
  }

  #trace(request: TracedRequest, response: ServerResponse): void {
    const sent = request.headers['x-request-id'];
    request.requestId = typeof sent === 'string' && usableId.test(sent) ? sent : base32(randomBytes(15));
    response.setHeader('X-Request-Id', request.requestId);
    response.once('finish', () => {
      if (!denials.includes(response.statusCode)) return;
      const record = accessRecordOf(request, { outcome: 'denied', status: response.statusCode });
      this.recorder.record(record).catch((error: unknown) => {
        this.#logger.error(error);
      });
    });
  }
}
