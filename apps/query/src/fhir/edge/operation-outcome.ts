import type { FhirResource } from '../fhir-json.js';
import type { IssueCode } from '../fhir-failure.js';

export interface Issue {
  readonly severity: 'error' | 'warning' | 'information';
  readonly code: IssueCode;
  readonly text: string;
  readonly expression?: string | undefined;
}

/** `correlationId` is the request's id, to be found in the log and the access audit. */
export function operationOutcome(issues: readonly Issue[], correlationId: string): FhirResource {
  return {
    resourceType: 'OperationOutcome',
    issue: issues.map(({ severity, code, text, expression }) => ({
      severity,
      code,
      details: { text },
      diagnostics: `request ${correlationId}`,
      ...(expression !== undefined && { expression: [expression] }),
    })),
  };
}
