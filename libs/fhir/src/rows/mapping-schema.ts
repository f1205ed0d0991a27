import { converterNames, optionNames } from './converters/converter-options.js';

const text = { type: 'string', minLength: 1 };
const texts = { type: 'array', items: text, minItems: 1 };
const scalar = { type: ['string', 'number', 'boolean'] };
const oneOrMore = { type: ['string', 'array'], items: text, minItems: 1, minLength: 1 };
const scalars = { type: ['string', 'number', 'boolean', 'array'], items: scalar };

const object = (
  properties: Readonly<Record<string, object>>,
  required: readonly string[] = [],
  more: object = {},
): object => ({ type: 'object', properties, required, additionalProperties: false, ...more });

const mapOf = (values: object): object => ({ type: 'object', additionalProperties: values, minProperties: 1 });

const password = { passwordFile: text, passwordVariable: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$' } };

const columnType = {
  if: { type: 'string' },
  then: text,
  else: object({ name: text, scale: { type: 'integer', minimum: 0, maximum: 100 } }, ['name']),
};

const connections: Readonly<Record<string, object>> = {
  mysql: object(
    {
      ...{
        host: text,
        port: { type: 'integer', minimum: 1, maximum: 65_535 },
        database: text,
        user: text,
        caFile: text,
      },
      ...password,
      serverId: { type: 'integer', minimum: 1, maximum: 4_294_967_295 },
      reconcileMinutes: { type: 'integer', minimum: 0, maximum: 44_640 },
    },
    ['host', 'database', 'user'],
  ),
  access: object(
    {
      path: text,
      ...password,
      pollSeconds: { type: 'integer', minimum: 1, maximum: 86_400 },
      quietMs: { type: 'integer', minimum: 0, maximum: 600_000 },
      vanishedShareMax: { type: 'number', minimum: 0, maximum: 1 },
    },
    ['path'],
  ),
  debezium: object(
    {
      ...{ brokers: texts, topics: texts, topicPrefix: text, user: text, ...password },
      mechanism: { enum: ['scram-sha-512', 'scram-sha-256', 'plain'] },
      ...{ caFile: text, certFile: text, keyFile: text },
      columnTypes: mapOf(mapOf(columnType)),
    },
    ['brokers'],
  ),
};

/** A code may be a number in YAML: it is compared as text. */
const condition = object({ column: text, isSet: { type: 'boolean' }, is: scalars, isNot: scalars }, ['column'], {
  minProperties: 2,
});
const when = { type: ['object', 'array'], if: { type: 'object' }, then: condition, else: { items: condition } };

const meaning = {
  if: { type: 'object' },
  then: object({ system: text, code: text, display: text, text }, ['system', 'code']),
  else: scalar,
};

const codes = { type: 'object', additionalProperties: meaning, minProperties: 1 };

const options = {
  ...Object.fromEntries(optionNames.map((name) => [name, text])),
  order: { enum: ['given-family', 'family-given', 'family, given', 'whole'] },
  codes: { if: { type: 'string' }, then: text, else: codes },
  ...Object.fromEntries(['yes', 'no', 'empty'].map((name) => [name, scalars])),
};

const rule = {
  if: { type: 'string' },
  then: text,
  else: object({
    ...{ const: { ...scalars }, column: text, columns: texts, row: text, as: { enum: converterNames }, when },
    ...{ ifColumn: text, unlessColumn: text, ...options },
  }),
};

const resource = {
  resource: text,
  system: text,
  when,
  elements: mapOf(rule),
  onDelete: mapOf(scalars),
};

const table = object(
  {
    key: oneOrMore,
    patient: {
      if: { type: 'string' },
      then: text,
      else: object({ column: text, columns: texts, via: text }),
    },
    changedAt: rule,
    ...resource,
    resources: {
      type: 'array',
      minItems: 1,
      items: object({ ...resource, part: { type: 'string', pattern: '^[A-Za-z0-9-]{1,40}$' } }, [
        'resource',
        'elements',
      ]),
    },
  },
  ['key'],
);

/** JSON Schema (draft 7) of a mapping file; what it cannot say (paths, converters, names that lead nowhere) is checked after it. */
export const mappingSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Anamnesis row mapping',
  ...object(
    {
      name: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$' },
      version: { type: 'integer', minimum: 1 },
      source: object(
        {
          ...{ facility: text, application: text, zone: text },
          kind: { enum: Object.keys(connections) },
          connection: { type: 'object' },
        },
        ['facility', 'application', 'zone', 'kind', 'connection'],
        {
          allOf: Object.entries(connections).map(([kind, connection]) => ({
            if: { properties: { kind: { const: kind } } },
            then: { properties: { connection } },
          })),
        },
      ),
      patients: object({ table: text, authority: text, type: text }, ['table', 'authority']),
      codes: mapOf(codes),
      tables: mapOf(table),
    },
    ['name', 'version', 'source', 'tables'],
  ),
};
