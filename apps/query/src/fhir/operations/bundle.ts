import type { FhirResource, JsonObject } from '../fhir-json.js';
import { type Issue, operationOutcome } from '../edge/operation-outcome.js';

/** Where this service is, as the caller reached it, and which request is answered. */
export interface Surroundings {
  /** `http://host:port`. */
  readonly origin: string;
  readonly correlationId: string;
}

/** An answer, with what its access event says. */
export interface Served {
  readonly resource: FhirResource;
  readonly persons: readonly string[];
  readonly resources: readonly string[];
}

export interface BundleContent {
  readonly matches: readonly FhirResource[];
  readonly includes?: readonly FhirResource[];
  readonly issues: readonly Issue[];
  readonly total?: number | undefined;
  readonly self: string;
  readonly next?: string | undefined;
}

/** A searchset: matches, what they pull in (once), and an OperationOutcome when there is something to say. */
export function searchset(content: BundleContent, { origin, correlationId }: Surroundings): FhirResource {
  const { matches, includes = [], issues, total, self, next } = content;
  const isMatch = new Set(matches.map(referenceOf));
  const pulledIn = new Map(
    includes.filter((one) => !isMatch.has(referenceOf(one))).map((one) => [referenceOf(one), one]),
  );
  const entries = [
    ...matches.map((resource) => entry(origin, resource, 'match')),
    ...[...pulledIn.values()].map((resource) => entry(origin, resource, 'include')),
    ...(issues.length === 0
      ? []
      : [{ resource: operationOutcome(issues, correlationId), search: { mode: 'outcome' } }]),
  ];
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    ...(total !== undefined && { total }),
    link: [{ relation: 'self', url: self }, ...(next === undefined ? [] : [{ relation: 'next', url: next }])],
    ...(entries.length > 0 && { entry: entries }),
  };
}

export function referenceOf({ resourceType, id = '' }: FhirResource): string {
  return `${resourceType}/${id}`;
}

function entry(origin: string, resource: FhirResource, mode: 'match' | 'include'): JsonObject {
  return { fullUrl: `${origin}/fhir/${referenceOf(resource)}`, resource, search: { mode } };
}

/** `self` and `next` links: parameters as given, in their order. */
export function urlOf(origin: string, path: string, parameters: readonly (readonly [string, string])[]): string {
  const query = new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value])).toString();
  return `${origin}/fhir/${path}${query === '' ? '' : `?${query}`}`;
}
