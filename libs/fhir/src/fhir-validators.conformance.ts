import { createRequire } from 'node:module';
import { schemaProblems } from './r4-schema.conformance.js';

const require = createRequire(import.meta.url);

interface LantanaMessage {
  readonly location: string;
  readonly severity: string;
  readonly message: string;
}

// Neither ESM nor typed.
const { Fhir } = require('fhir') as {
  Fhir: new () => { validate(resource: unknown): { messages: readonly LantanaMessage[] } };
};
const lantana = new Fhir();

/**
 * What two independent R4 validators find wrong with a resource (decimals as numbers): one knows bindings and references,
 * one formats.
 */
export function problemsOf(resource: unknown): readonly string[] {
  const byLantana = lantana.validate(resource).messages.filter(({ severity }) => ['error', 'fatal'].includes(severity));
  return [
    ...schemaProblems(resource).map((problem) => `schema: ${problem}`),
    ...byLantana.map(({ location, message }) => `lantana: ${location} ${message}`),
  ];
}
