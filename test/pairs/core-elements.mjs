// What of a resource counts as a fact in `npm run pairs`: the elements a reader acts on. Ids, ordering, narrative and
// extensions are style. A path leads through members and lists; what follows the colon says how values are compared.
export const coreElements = {
  Patient: [
    ...['identifier.value', 'name.family', 'name.given', 'gender', 'birthDate:time', 'deceasedBoolean'],
    ...['deceasedDateTime:time', 'address.line', 'address.city', 'address.state', 'address.postalCode'],
    ...['telecom.value:digits', 'maritalStatus:concept', 'communication.language:concept'],
  ],
  RelatedPerson: ['name.family', 'name.given', 'relationship:concept', 'telecom.value:digits'],
  Encounter: [
    'identifier.value',
    'status',
    'class:coding',
    'period.start:time',
    'period.end:time',
    'reasonCode:concept',
  ],
  AllergyIntolerance: ['code:concept', 'reaction.manifestation:concept', 'criticality', 'onsetDateTime:time'],
  Condition: ['code:concept', 'onsetDateTime:time', 'recordedDate:time'],
  Procedure: ['code:concept', 'performedDateTime:time', 'status'],
  Coverage: ['status', 'subscriberId', 'period.start:time', 'period.end:time'],
  DiagnosticReport: ['identifier.value', 'status', 'code:concept', 'effectiveDateTime:time', 'issued:time'],
  Observation: [
    ...[
      'status',
      'code:concept',
      'valueQuantity.value:number',
      'valueQuantity.unit',
      'valueString',
      'valueDateTime:time',
    ],
    ...['valueCodeableConcept:concept', 'effectiveDateTime:time', 'interpretation:concept', 'referenceRange.text'],
    ...['referenceRange.low.value:number', 'referenceRange.high.value:number'],
  ],
  Specimen: ['identifier.value', 'type:concept', 'collection.collectedDateTime:time', 'receivedTime:time'],
  ServiceRequest: ['identifier.value', 'status', 'intent', 'code:concept', 'authoredOn:time', 'priority'],
  Immunization: [
    ...['status', 'vaccineCode:concept', 'occurrenceDateTime:time', 'lotNumber', 'expirationDate:time'],
    ...['doseQuantity.value:number', 'site:concept', 'route:concept'],
  ],
  MedicationRequest: ['identifier.value', 'status', 'intent', 'medicationCodeableConcept:concept', 'authoredOn:time'],
  MedicationDispense: ['status', 'medicationCodeableConcept:concept', 'whenHandedOver:time', 'quantity.value:number'],
  MedicationAdministration: ['status', 'medicationCodeableConcept:concept', 'effectiveDateTime:time'],
  DocumentReference: ['identifier.value', 'status', 'docStatus', 'type:concept', 'date:time'],
  Appointment: [
    'identifier.value',
    'status',
    'start:time',
    'end:time',
    'reasonCode:concept',
    'appointmentType:concept',
  ],
};
