import { FhirFailure } from '../fhir-failure.js';

const formats = ['json', 'application/json', 'application/fhir+json', 'text/json'];
const mediaTypes = [...formats.slice(1), 'application/*', '*/*', 'text/*'];

/**
 * JSON is all there is. `_format` outranks `Accept`; a `+` of the media type may have become a space in the URL. Throws
 * 406 for any other format, also for a FHIR version that is not R4.
 */
export function negotiate(format: string | undefined, accept: string | undefined): void {
  if (format !== undefined && format !== '') {
    const [type = ''] = format.toLowerCase().replaceAll(' ', '+').split(';');
    if (!formats.includes(type)) throw notAcceptable();
  } else if (accept !== undefined && accept !== '') {
    if (!accept.split(',').some(isAcceptable)) throw notAcceptable();
  }
}

function isAcceptable(range: string): boolean {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const isRefused = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  const isOtherVersion = parameters.some((parameter) => /^fhirversion=(?!4\.0\b)/.test(parameter));
  return mediaTypes.includes(type) && !isRefused && !isOtherVersion;
}

function notAcceptable(): FhirFailure {
  return new FhirFailure(406, 'not-supported', 'only application/fhir+json (R4) is served');
}

/** `negotiate` for a request with these parameters. */
export function negotiateRequest(
  { headers }: { readonly headers: { readonly accept?: string | undefined } },
  parameters: readonly (readonly [name: string, value: string])[],
): void {
  negotiate(parameters.find(([name]) => name === '_format')?.[1], headers.accept);
}
