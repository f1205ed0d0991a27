import { createRequire } from 'node:module';
import { stringifyFhir } from '@anamnesis/fhir';
import type { Json } from '@anamnesis/core';

const require = createRequire(import.meta.url);

interface Finding {
  readonly location: string;
  readonly severity: string;
  readonly message: string;
}

// Neither package is ESM or has types.
const { Fhir } = require('fhir') as {
  Fhir: new () => { validate(resource: unknown): { messages: readonly Finding[] } };
};
const JsonSchemaValidator = require('@asymmetrik/fhir-json-schema-validator') as new () => {
  validate(resource: unknown, isVerbose: boolean): readonly { dataPath?: string; message?: string }[] | null;
};
const lantana = new Fhir();
const schema = new JsonSchemaValidator();

/** What two independent R4 validators find wrong with a resource: one knows bindings and references, one formats. */
export function fhirProblems(resource: Json): readonly string[] {
  const served: unknown = JSON.parse(stringifyFhir(resource));
  const bySchema = (schema.validate(served, true) ?? []).map(
    (one) => `schema ${one.dataPath ?? ''} ${one.message ?? ''}`,
  );
  const byLantana = lantana
    .validate(served)
    .messages.filter(({ severity }) => severity === 'error' || severity === 'fatal')
    .map(({ location, message }) => `lantana ${location} ${message}`);
  return [...bySchema, ...byLantana];
}
