import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

interface LantanaMessage {
  readonly location: string;
  readonly severity: string;
  readonly message: string;
}

const { Fhir } = require('fhir') as {
  Fhir: new () => { validate(resource: unknown): { messages: readonly LantanaMessage[] } };
};
const JsonSchemaValidator = require('@asymmetrik/fhir-json-schema-validator') as new () => {
  validate(resource: unknown, isVerbose: boolean): readonly { dataPath?: string; message?: string }[] | null;
};
const lantana = new Fhir();
const schema = new JsonSchemaValidator();

/** Errors of both validators about one resource (decimals as numbers). */
export function problemsOf(resource: unknown): readonly string[] {
  const bySchema = schema.validate(resource, true) ?? [];
  const byLantana = lantana.validate(resource).messages.filter(({ severity }) => ['error', 'fatal'].includes(severity));
  return [
    ...bySchema.map(({ dataPath, message }) => `schema: ${dataPath ?? ''} ${message ?? ''}`),
    ...byLantana.map(({ location, message }) => `lantana: ${location} ${message}`),
  ];
}
