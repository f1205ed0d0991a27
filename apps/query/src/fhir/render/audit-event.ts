import type { AccessRecord, Json } from '@anamnesis/core';
import type { FhirResource } from '../fhir-json.js';

const dicom = 'http://dicom.nema.org/resources/ontology/DCM';
const entityTypes = 'http://terminology.hl7.org/CodeSystem/audit-entity-type';
const objectRoles = 'http://terminology.hl7.org/CodeSystem/object-role';

const interactions: Readonly<Record<AccessRecord['action'], string>> = {
  read: 'read',
  search: 'search-type',
  history: 'history-instance',
  operation: 'operation',
  evidence: 'read',
  messages: 'search-type',
};

/** An access event as IHE BALP shapes it: who, what kind, whose data, shape of the query; no search values. */
export function auditEventOf(record: AccessRecord): FhirResource {
  const isQuery = interactions[record.action] !== 'read';
  return {
    resourceType: 'AuditEvent',
    id: record.id,
    meta: { versionId: '1', lastUpdated: record.at },
    type: { system: 'http://terminology.hl7.org/CodeSystem/audit-event-type', code: 'rest' },
    subtype: [{ system: 'http://hl7.org/fhir/restful-interaction', code: interactions[record.action] }],
    action: isQuery ? 'E' : 'R',
    recorded: record.at,
    outcome: record.outcome === 'permitted' ? '0' : '4',
    outcomeDesc: `${record.outcome}, HTTP ${record.status}`,
    agent: [agentOf(record)],
    source: {
      observer: { identifier: { system: 'urn:anamnesis:app', value: 'query' }, display: 'query' },
      type: [{ system: 'http://terminology.hl7.org/CodeSystem/security-source-type', code: '4' }],
    },
    entity: entitiesOf(record),
  };
}

function agentOf({ actor, address }: AccessRecord): Json {
  return {
    type: { coding: [{ system: dicom, code: '110153', display: 'Source Role ID' }] },
    role: [{ coding: [{ system: 'urn:anamnesis:role', code: actor.role }], text: actor.role }],
    ...(actor.token !== undefined && {
      who: { identifier: { system: 'urn:anamnesis:token', value: actor.token }, display: actor.role },
    }),
    requestor: true,
    ...(address !== '' && { network: { address, type: '2' } }),
  };
}

function entitiesOf({ persons, resources, request, requestId }: AccessRecord): Json {
  const shape = Buffer.from(request, 'utf8').toString('base64');
  return [
    ...persons.map((id) => ({
      what: { reference: `Patient/${id}` },
      type: { system: entityTypes, code: '1', display: 'Person' },
      role: { system: objectRoles, code: '1', display: 'Patient' },
    })),
    {
      what: { display: request },
      type: { system: entityTypes, code: '2' },
      role: { system: objectRoles, code: '24' },
      query: shape,
    },
    ...resources
      .filter((reference) => !reference.startsWith('Patient/'))
      .map((reference) => ({
        what: { reference },
        type: { system: entityTypes, code: '2' },
        role: { system: objectRoles, code: '4' },
      })),
    ...(requestId === ''
      ? []
      : [
          {
            what: { identifier: { system: 'urn:anamnesis:request', value: requestId } },
            type: { system: entityTypes, code: '4' },
          },
        ]),
  ];
}
