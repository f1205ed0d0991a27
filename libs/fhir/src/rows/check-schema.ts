import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { MappingProblem } from './mapping-file-error.js';
import { mappingSchema } from './mapping-schema.js';
import type { FilePath, MappingText } from './mapping-text.js';

let compiled: ValidateFunction | undefined;

/** What of the file is not as its JSON Schema says; each thing once. */
export function checkSchema(value: unknown, text: MappingText): readonly MappingProblem[] {
  // Compiled once, for whoever reads a mapping file: to load this library it would be the dearest part.
  const validate = (compiled ??= new Ajv({ allErrors: true, strict: false }).compile(mappingSchema));
  if (validate(value)) return [];
  const errors = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'if');
  const problems = errors.map((error) => problemOf(error, value, text));
  return [...new Map(problems.map((one) => [JSON.stringify(one), one])).values()];
}

function problemOf(error: ErrorObject, value: unknown, text: MappingText): MappingProblem {
  const path = pathOf(error.instancePath, value);
  const params = error.params as Readonly<Record<string, unknown>>;
  if (error.keyword === 'additionalProperties') {
    const name = String(params['additionalProperty']);
    return text.problem([...path, name], `nothing has this name here${knownHere(error)}`);
  }
  if (error.keyword === 'required') return text.problem(path, `"${String(params['missingProperty'])}" is missing`);
  if (error.keyword === 'enum') return text.problem(path, `must be one of ${listed(params['allowedValues'])}`);
  return text.problem(path, error.message ?? 'is not allowed');
}

function knownHere({ parentSchema }: ErrorObject): string {
  const { properties } = (parentSchema ?? {}) as { readonly properties?: object };
  return properties === undefined ? '' : `; there are ${Object.keys(properties).join(', ')}`;
}

function listed(values: unknown): string {
  return Array.isArray(values) ? values.join(', ') : '';
}

/** A JSON pointer; a step into a list is a number. */
function pathOf(pointer: string, value: unknown): FilePath {
  let at = value;
  return pointer
    .split('/')
    .slice(1)
    .map((step) => {
      const name = step.replace(/~1/g, '/').replace(/~0/g, '~');
      const place = Array.isArray(at) ? Number(name) : name;
      at = (at as Readonly<Record<string | number, unknown>> | undefined)?.[place];
      return place;
    });
}
