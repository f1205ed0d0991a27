import { HttpException } from '@nestjs/common';

/** `OperationOutcome.issue.code`s that this edge uses (fhir.md §9). */
export type IssueCode =
  | 'invalid'
  | 'required'
  | 'value'
  | 'not-supported'
  | 'login'
  | 'forbidden'
  | 'not-found'
  | 'deleted'
  | 'conflict'
  | 'business-rule'
  | 'processing'
  | 'too-long'
  | 'throttled'
  | 'transient'
  | 'incomplete'
  | 'exception';

/** A request that this edge cannot serve, with what its OperationOutcome says. `text` never holds patient data. */
export class FhirFailure extends HttpException {
  // eslint-disable-next-line max-params -- the parts of one issue
  constructor(
    status: number,
    readonly code: IssueCode,
    readonly text: string,
    /** Parameter or element at fault: `http.patient`, FHIRPath of a body. */
    readonly expression?: string,
  ) {
    super(text, status);
  }
}

/** The id is not known, or is not one. The same answer for both. */
export function notFound(): FhirFailure {
  return new FhirFailure(404, 'not-found', 'no such resource');
}

export function invalidParameter(name: string, text: string): FhirFailure {
  return new FhirFailure(400, 'value', text, `http.${name}`);
}
