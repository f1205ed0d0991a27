import type { Json } from '@anamnesis/core';
import type { TracedRequest } from '../../access/access-note.js';
import { FhirFailure } from '../fhir-failure.js';
import type { Parameter } from '../search/search-request.js';

const bodyBytesMax = 1024 * 1024;

/** Parameters of the URL in their order, repeats kept. */
export function urlParameters({ originalUrl }: TracedRequest): readonly Parameter[] {
  const at = originalUrl.indexOf('?');
  return at < 0 ? [] : [...new URLSearchParams(originalUrl.slice(at + 1))];
}

/** Those of the URL and of the form of a POST `_search`. Throws 415 for another body. */
export function formParameters(request: TracedRequest): readonly Parameter[] {
  const body: unknown = request.body;
  const isEmpty = request.headers['content-length'] === '0' || request.headers['content-type'] === undefined;
  if (!isEmpty && !request.is('application/x-www-form-urlencoded'))
    throw new FhirFailure(415, 'not-supported', 'a form is expected: application/x-www-form-urlencoded');
  const form = typeof body === 'object' && body !== null ? Object.entries(body) : [];
  return [
    ...urlParameters(request),
    ...form.flatMap(([name, value]) => texts(value).map((one): Parameter => [name, one])),
  ];
}

/** A repeated parameter is a list; what a form reader makes of `name[key]` is nothing that is served. */
function texts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
}

/** JSON body of an operation. Throws 415 for another media type, 400 for what is not JSON, 413 for too much. */
export async function jsonBody(request: TracedRequest): Promise<Json> {
  if (!request.is(['application/fhir+json', 'application/json']))
    throw new FhirFailure(415, 'not-supported', 'application/fhir+json is expected');
  const parsed: unknown = request.body;
  // The framework reads `application/json`; the FHIR media type is left to us.
  if (parsed !== undefined && !request.is('application/fhir+json')) return parsed as Json;
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    sizeBytes += bytes.length;
    if (sizeBytes > bodyBytesMax) throw new FhirFailure(413, 'too-long', `more than ${bodyBytesMax} bytes`);
    chunks.push(bytes);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) throw new FhirFailure(400, 'invalid', 'the body is not JSON');
    throw error;
  }
}

/** `Prefer: handling=strict`. */
export function isStrict({ headers }: TracedRequest): boolean {
  return [headers['prefer'] ?? ''].flat().some((value) => /(^|[;,\s])handling\s*=\s*"?strict/i.test(value));
}
