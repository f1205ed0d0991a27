import type { ServerResponse } from 'node:http';
import { StreamableFile } from '@nestjs/common';
import { stringifyFhir } from '@anamnesis/fhir';
import type { AccessRecord } from '@anamnesis/core';
import { noteAccess, type TracedRequest } from '../../access/access-note.js';
import type { Served } from '../operations/bundle.js';
import type { ServedOne } from '../operations/read-one.js';
import { fhirJson } from './send-resource.js';

export interface Exchange {
  readonly request: TracedRequest;
  readonly response: ServerResponse;
  readonly action: AccessRecord['action'];
  /** `Observation`, `Patient/$everything`: what of the path may be written down. */
  readonly shape: string;
  /** Names of parameters that were understood. */
  readonly names?: readonly string[];
}

/** The body of an answer, after its access note and headers. 304 without a body where the caller has this version. */
export function answer(exchange: Exchange, served: Served | ServedOne): StreamableFile {
  const { request, response, action, shape, names = [] } = exchange;
  const query = [...new Set(names)].sort().join('&');
  noteAccess(request, {
    action,
    persons: served.persons,
    resources: served.resources,
    request: `${request.method} /fhir/${shape}${query === '' ? '' : `?${query}`}`,
  });
  response.setHeader('Content-Type', fhirJson);
  response.setHeader('Cache-Control', 'no-cache, private');
  if ('lastModified' in served) {
    response.setHeader('Last-Modified', new Date(served.lastModified).toUTCString());
    if (served.etag !== undefined) response.setHeader('ETag', served.etag);
    if (served.hasMismatch === true) response.setHeader('Warning', '199 - "does not agree with the archive"');
    if (served.etag !== undefined && holds(request, served.etag)) {
      response.statusCode = 304;
      return new StreamableFile(new Uint8Array(0));
    }
  }
  // Not as text: Express would give it an ETag of its own making.
  const bytes = Buffer.from(stringifyFhir(served.resource), 'utf8');
  return new StreamableFile(bytes, { type: fhirJson, length: bytes.length });
}

/** Weak comparison, RFC 9110 §13.1.2. */
function holds({ headers }: TracedRequest, etag: string): boolean {
  const bare = etag.replace(/^W\//, '');
  return (headers['if-none-match'] ?? '').split(',').some((one) => one.trim().replace(/^W\//, '') === bare);
}
