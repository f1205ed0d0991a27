import type { Json } from '@anamnesis/core';

const unknownClass = { system: 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor', code: 'UNK', display: 'unknown' };

const absentData = { url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' };

/**
 * What FHIR R4 asks for and a source may not have said: an A08 can be the first word of an encounter. The value says that
 * nobody knows; it is never taken for a statement.
 */
const required: Readonly<Record<string, readonly (readonly [string, Json])[]>> = {
  Account: [['status', 'unknown']],
  Appointment: [['status', 'proposed']],
  DiagnosticReport: [['status', 'unknown']],
  DocumentReference: [
    ['status', 'current'],
    ['content', [{ attachment: { extension: [absentData] } }]],
  ],
  Encounter: [
    ['status', 'unknown'],
    ['class', unknownClass],
  ],
  // FHIR has no code for a goal whose state nobody said: it was not ended.
  Goal: [
    ['lifecycleStatus', 'active'],
    ['description', { text: 'unknown' }],
  ],
  MedicationAdministration: [
    ['status', 'unknown'],
    ['medicationCodeableConcept', { text: 'not named' }],
  ],
  MedicationDispense: [
    ['status', 'unknown'],
    ['medicationCodeableConcept', { text: 'not named' }],
  ],
  MedicationRequest: [
    ['status', 'unknown'],
    ['intent', 'order'],
    ['medicationCodeableConcept', { text: 'not named' }],
  ],
  Observation: [['status', 'unknown']],
  Procedure: [['status', 'unknown']],
  ServiceRequest: [
    ['status', 'unknown'],
    ['intent', 'order'],
  ],
};

export function requiredElements(resourceType: string): readonly (readonly [string, Json])[] {
  return Object.hasOwn(required, resourceType) ? (required[resourceType] ?? []) : [];
}
