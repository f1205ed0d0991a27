import type { Json } from '@anamnesis/core';
import { stringifyFhir } from '@anamnesis/fhir';
import { problemsOf } from '../../../../../libs/fhir/src/fhir-validators.conformance.js';

/** What two independent R4 validators find wrong with a resource as it is served. */
export function fhirProblems(resource: Json): readonly string[] {
  return problemsOf(JSON.parse(stringifyFhir(resource)));
}
