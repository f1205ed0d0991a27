import type { ServerResponse } from 'node:http';
import { stringifyFhir } from '@anamnesis/fhir';
import type { FhirResource } from '../fhir-json.js';

export const fhirJson = 'application/fhir+json; charset=utf-8';

/** Ends the answer with a resource; status and other headers are as set before. */
export function sendResource(response: ServerResponse, resource: FhirResource): void {
  response.setHeader('Content-Type', fhirJson);
  response.setHeader('Cache-Control', 'no-store, private');
  response.end(stringifyFhir(resource));
}
