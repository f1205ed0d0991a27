import type { Json } from '@anamnesis/core';
import type { EventFacts, MappedAgain } from '../../history/history-types.js';
import type { FhirResource } from '../fhir-json.js';
import { eventUrn, integrityTags, mappedBy, withMeta } from './meta.js';

/** A resource that an event says something of; `elements` are ids of values inside a merged Patient. */
export interface ProvenanceTarget {
  /** `Type/id`. */
  readonly reference: string;
  readonly elements?: readonly string[];
  /** The number that the message named, of a visit or account that is read as another. */
  readonly identifier?: { readonly system: string; readonly value: string };
}

const targetElement = 'http://hl7.org/fhir/StructureDefinition/targetElement';
const agentTypes = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type';
/** ASTM E1762: source signature, verification signature. */
const signatureTypes = 'urn:iso-astm:E1762-95:2013';
const sourceSignature = '1.2.840.10065.1.12.1.14';
const verificationSignature = '1.2.840.10065.1.12.1.5';

/**
 * Where an event's values come from (fhir.md §6); its id is the event's. The anchor state is as known now and makes no
 * version. `origin` is that of the evidence endpoint.
 */
export function provenanceOf(facts: EventFacts, targets: readonly ProvenanceTarget[], origin: string): FhirResource {
  const { eventId, decidedAt, receivedAt, occurredAt, anchor } = facts;
  const resource: FhirResource = {
    resourceType: 'Provenance',
    id: eventId,
    extension: extensionsOf(facts, origin),
    target: targets.map(targetOf),
    ...(occurredAt !== undefined && { occurredDateTime: occurredAt }),
    recorded: receivedAt,
    policy: [`urn:anamnesis:certification-policy:${facts.certification.policyVersion}`],
    activity: {
      coding: [{ system: 'urn:anamnesis:event-type', code: facts.type }],
      text: facts.messageType,
    },
    agent: agentsOf(facts),
    entity: [
      {
        role: 'source',
        what: {
          identifier: { system: 'urn:ietf:rfc:3986', value: eventUrn(eventId) },
          display: `message ${facts.controlId}`.trim(),
        },
      },
    ],
    signature: signaturesOf(facts),
  };
  const lastUpdated = anchor.state === 'anchored' ? anchor.anchoredAt : decidedAt;
  return withMeta(resource, { versionId: 1, lastUpdated, eventId, tags: integrityTags([facts.integrity]) });
}

function targetOf({ reference, elements = [], identifier }: ProvenanceTarget): Json {
  const extension = elements.map((id) => ({ url: targetElement, valueUri: id }));
  return {
    ...(extension.length > 0 && { extension }),
    reference,
    ...(identifier && { identifier: { ...identifier } }),
  };
}

function extensionsOf({ eventId, anchor, authentication, textFlags }: EventFacts, origin: string): Json {
  return [
    { url: 'urn:anamnesis:anchor-state', valueCode: anchor.state },
    ...(anchor.state === 'anchored' ? [{ url: 'urn:anamnesis:batch', valueString: anchor.batchId }] : []),
    { url: 'urn:anamnesis:sender-authentication', valueCode: authentication },
    { url: 'urn:anamnesis:evidence', valueUrl: `${origin}/evidence/${eventId}` },
    ...textFlags.map((flag) => ({ url: 'urn:anamnesis:text-flag', valueString: flag })),
  ];
}

function agentsOf(facts: EventFacts): Json {
  const { facility, application, mapping, mappingVersion, tableVersion = 0, remapped, correctionsVersion } = facts;
  return [
    agent('author', { system: 'urn:anamnesis:facility', value: facility, display: `${facility} / ${application}` }),
    assembler(mapping, { mappingVersion, tableVersion }),
    ...(remapped === undefined ? [] : [assembler(mapping, remapped)]),
    ...(correctionsVersion === undefined
      ? []
      : [
          agent('assembler', {
            system: 'urn:anamnesis:corrections',
            value: `${facility}|${application}|${correctionsVersion}`,
            display: `corrections file of ${facility} / ${application}, version ${correctionsVersion}`,
          }),
        ]),
    agent('verifier', { system: 'urn:anamnesis:app', value: 'registration', display: 'registration' }),
  ];
}

/** At intake, and then the last time that it was mapped again. */
function assembler(mapping: string, by: MappedAgain) {
  const { mappingVersion, tableVersion } = by;
  return agent('assembler', {
    system: 'urn:anamnesis:mapping',
    value: [mapping, mappingVersion, ...(tableVersion > 0 ? [tableVersion] : [])].join('|'),
    display: `v2-fhir-transformation ${mapping}, ${mappedBy(by)}`,
  });
}

function agent(code: string, who: { system: string; value: string; display: string }): Json {
  const { system, value, display } = who;
  return {
    type: { coding: [{ system: agentTypes, code }] },
    who: { identifier: { system, value }, display },
  };
}

function signaturesOf({ sourceSignature: source, certification, receivedAt, decidedAt }: EventFacts): Json {
  return [
    signature(sourceSignature, { when: receivedAt, ...source }),
    signature(verificationSignature, { when: decidedAt, ...certification }),
  ];
}

function signature(code: string, signed: { when: string; certificateSerial: string; value: string }): Json {
  return {
    type: [{ system: signatureTypes, code }],
    when: signed.when,
    who: { identifier: { system: 'urn:anamnesis:certificate-serial', value: signed.certificateSerial } },
    // Base64 in FHIR, base64url in the event.
    data: Buffer.from(signed.value, 'base64url').toString('base64'),
  };
}
