import type { ServerResponse } from 'node:http';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { Rejected, Unavailable } from '@anamnesis/core';
import { rejectionStatus, retryAfterSeconds } from '@anamnesis/runtime';
import type { TracedRequest } from '../../access/access-note.js';
import type { IssueCode } from '../fhir-failure.js';
import { FhirFailure } from '../fhir-failure.js';
import { type Issue, operationOutcome } from './operation-outcome.js';
import { sendResource } from './send-resource.js';

interface Mapped {
  readonly status: number;
  readonly issue: Issue;
}

/** The FHIR edge's one table from errors to its protocol: always an OperationOutcome, never content, never a stack. */
@Catch()
export class FhirErrorsFilter implements ExceptionFilter {
  readonly #logger = new Logger('fhir');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const response = http.getResponse<ServerResponse>();
    const { status, issue } = mapped(error);
    const correlationId = http.getRequest<TracedRequest>().requestId ?? 'unknown';
    if (status === 500) this.#logger.error(error, { correlationId });
    if (response.headersSent) return;
    if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
    if (status === 503) response.setHeader('Retry-After', String(retryAfterSeconds));
    response.statusCode = status;
    sendResource(response, operationOutcome([issue], correlationId));
  }
}

function mapped(error: unknown): Mapped {
  if (error instanceof FhirFailure) return failed(error.getStatus(), error.code, error.text, error.expression);
  if (error instanceof Rejected)
    return failed(rejectionStatus(error.code), issueOf(rejectionStatus(error.code)), error.message);
  if (error instanceof Unavailable) return failed(503, 'transient', `${error.dependency} is away`);
  if (error instanceof HttpException) {
    const status = error.getStatus();
    return failed(status, issueOf(status), status < 500 ? error.message : 'internal error');
  }
  return failed(500, 'exception', 'internal error');
}

// eslint-disable-next-line max-params -- the parts of one issue
function failed(status: number, code: IssueCode, text: string, expression?: string): Mapped {
  return { status, issue: { severity: 'error', code, text, expression } };
}

const issueByStatus: Readonly<Record<number, IssueCode>> = {
  400: 'invalid',
  401: 'login',
  403: 'forbidden',
  404: 'not-found',
  405: 'not-supported',
  406: 'not-supported',
  409: 'conflict',
  410: 'deleted',
  413: 'too-long',
  415: 'not-supported',
  422: 'processing',
  429: 'throttled',
  503: 'transient',
};

function issueOf(status: number): IssueCode {
  return issueByStatus[status] ?? (status < 500 ? 'processing' : 'exception');
}
