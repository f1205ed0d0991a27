import type { ServerResponse } from 'node:http';
import { operationOutcome } from './operation-outcome.js';
import { sendResource } from './send-resource.js';

interface UrlRequest {
  url?: string;
  readonly requestId?: string;
}

/**
 * Before any route under `/fhir` is looked for: a URL that cannot be decoded is answered in FHIR's own terms, and `/fhir`
 * is `/fhir/`. The framework would answer both itself, in its own.
 */
export function checkUrl(request: UrlRequest, response: ServerResponse, next: () => void): void {
  const [path = '', ...query] = (request.url ?? '').split('?');
  if (path !== '/fhir' && !path.startsWith('/fhir/')) {
    next();
  } else if (isDecodable(request.url ?? '')) {
    if (path === '/fhir') request.url = ['/fhir/', ...query].join('?');
    next();
  } else {
    response.statusCode = 400;
    const issue = { severity: 'error', code: 'invalid', text: 'malformed percent-encoding' } as const;
    sendResource(response, operationOutcome([issue], request.requestId ?? 'unknown'));
  }
}

function isDecodable(url: string): boolean {
  try {
    decodeURIComponent(url);
    return true;
  } catch (error) {
    if (error instanceof URIError) return false;
    throw error;
  }
}
