import type { FhirResource, JsonObject } from '../fhir-json.js';
import { auditParameters } from '../operations/search-audit.js';
import { provenanceParameters } from '../operations/search-provenance.js';
import type { PlainParameters } from '../search/parse-plain.js';
import { provenanceTarget, type ServedType, servedTypes } from '../served-types.js';

/** Of the surface described here. */
const statementDate = '2026-01-01';
const interactions = ['read', 'vread', 'history-instance', 'search-type'].map((code) => ({ code }));

/** What `/fhir` serves, read off the tables that serve it. */
export function capabilityStatement(origin: string): FhirResource {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: statementDate,
    kind: 'instance',
    software: { name: 'Anamnesis' },
    implementation: { description: 'Patient history with evidence', url: `${origin}/fhir` },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'json'],
    rest: [
      {
        mode: 'server',
        documentation: 'Patient is the merged view of a person, source records with _tag=source. Read only.',
        security: { cors: false, description: 'Authorization: Bearer <token>; every access is recorded.' },
        resource: [
          ...[...servedTypes.values()].map(storedResource),
          computedResource('Provenance', provenanceParameters),
          computedResource('AuditEvent', auditParameters),
        ].sort((a, b) => (a.type < b.type ? -1 : 1)),
      },
    ],
  };
}

function storedResource({ type, parameters, includes }: ServedType): JsonObject & { readonly type: string } {
  const own = [...parameters.values()].map(({ param, kind }) => ({
    name: param,
    type: kind === 'patient' ? 'reference' : kind,
  }));
  return {
    type,
    interaction: interactions,
    versioning: 'versioned',
    readHistory: true,
    ...(includes.length > 0 && { searchInclude: includes.map((param) => `${type}:${param}`) }),
    searchRevInclude: [provenanceTarget],
    searchParam: [...generalParameters(type), ...own],
    ...(type === 'Patient' && { operation: patientOperations }),
  };
}

const patientOperations = [
  { name: 'everything', definition: 'http://hl7.org/fhir/OperationDefinition/Patient-everything' },
  { name: 'match', definition: 'http://hl7.org/fhir/OperationDefinition/Patient-match' },
];

function generalParameters(type: string): readonly JsonObject[] {
  return [
    { name: '_id', type: 'token' },
    { name: '_lastUpdated', type: 'date' },
    { name: '_source', type: 'uri', documentation: 'urn:anamnesis:event:<id>, or the bare event id' },
    ...(type === 'Patient' ? [{ name: '_tag', type: 'token', documentation: 'source or merged' }] : []),
  ];
}

function computedResource(type: string, served: PlainParameters): JsonObject & { readonly type: string } {
  const names = (all: readonly string[], kind: string) => all.map((name) => ({ name, type: kind }));
  return {
    type,
    interaction: interactions,
    versioning: 'versioned',
    readHistory: true,
    searchParam: [
      { name: '_id', type: 'token' },
      ...names(Object.keys(served.references), 'reference'),
      ...names(served.tokens, 'token'),
      ...names(served.dates, 'date'),
    ],
  };
}
