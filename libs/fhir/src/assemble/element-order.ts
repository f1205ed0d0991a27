/** Elements in the order of their definition (FHIR R4); others follow by name. */
const orders: Readonly<Record<string, string>> = {
  '': 'meta implicitRules language text contained extension modifierExtension identifier',
  Patient:
    'active name telecom gender _gender birthDate _birthDate deceasedBoolean _deceasedBoolean deceasedDateTime _deceasedDateTime address ' +
    'maritalStatus multipleBirthBoolean _multipleBirthBoolean multipleBirthInteger _multipleBirthInteger photo contact communication ' +
    'generalPractitioner managingOrganization link',
  Encounter:
    'status class type serviceType priority subject basedOn participant period reasonCode diagnosis account hospitalization location serviceProvider partOf',
  RelatedPerson: 'active patient relationship name telecom gender birthDate address period',
  AllergyIntolerance:
    'clinicalStatus verificationStatus type category criticality code patient encounter onsetDateTime onsetString recordedDate note reaction',
  Condition:
    'clinicalStatus verificationStatus category severity code bodySite subject encounter onsetDateTime onsetString abatementDateTime recordedDate recorder ' +
    'asserter note',
  Goal: 'lifecycleStatus achievementStatus category priority description subject startDate target statusDate addresses note',
  Procedure: 'status category code subject encounter performedDateTime performer reasonCode',
  Coverage:
    'status type policyHolder subscriber subscriberId beneficiary dependent relationship period payor order class',
  DiagnosticReport:
    'basedOn status category code subject encounter effectiveDateTime effectivePeriod issued performer resultsInterpreter specimen result ' +
    'conclusion presentedForm',
  Observation:
    'basedOn partOf status category code subject encounter effectiveDateTime effectivePeriod issued performer valueQuantity valueCodeableConcept ' +
    'valueString valueInteger valueRange valueRatio valueTime valueDateTime valuePeriod dataAbsentReason interpretation note ' +
    'bodySite method specimen device referenceRange hasMember component',
  Appointment:
    'status cancelationReason serviceType appointmentType reasonCode reasonReference start end _end minutesDuration comment basedOn participant ' +
    'requestedPeriod',
  Binary: 'contentType securityContext data _data',
  DocumentReference:
    'masterIdentifier identifier status _status docStatus type category subject date author authenticator relatesTo description securityLabel content context',
  Immunization:
    'status statusReason vaccineCode patient encounter occurrenceDateTime occurrenceString recorded primarySource reportOrigin location manufacturer ' +
    'lotNumber expirationDate site route doseQuantity performer note reasonCode isSubpotent education programEligibility fundingSource reaction protocolApplied',
  MedicationAdministration:
    'status statusReason medicationCodeableConcept medicationReference subject context supportingInformation effectiveDateTime effectivePeriod ' +
    'performer reasonCode request note dosage',
  MedicationDispense:
    'status medicationCodeableConcept medicationReference subject context performer authorizingPrescription quantity whenPrepared whenHandedOver ' +
    'note dosageInstruction substitution',
  MedicationRequest:
    'status statusReason intent category priority medicationCodeableConcept medicationReference subject encounter supportingInformation authoredOn ' +
    'requester recorder reasonCode reasonReference basedOn note dosageInstruction dispenseRequest substitution priorPrescription',
  ServiceRequest:
    'basedOn replaces requisition status intent category priority code orderDetail quantityQuantity subject encounter occurrenceDateTime ' +
    'occurrencePeriod occurrenceTiming authoredOn requester locationCode reasonCode reasonReference supportingInfo specimen note',
  Specimen: 'status type subject receivedTime collection',
  Account: 'status type name subject servicePeriod coverage owner description guarantor partOf',
  ChargeItem:
    'status code subject context occurrenceDateTime occurrencePeriod performer quantity priceOverride enterer enteredDate reason account',
  Location:
    'status operationalStatus name alias description mode type telecom address physicalType managingOrganization partOf',
  Practitioner: 'active name telecom address gender birthDate qualification',
  Organization: 'active type name',
};

const common = words(orders['']);
const byType: ReadonlyMap<string, ReadonlyMap<string, number>> = new Map(
  Object.entries(orders).map(([type, text]) => [type, ranks([...common, ...words(text)])]),
);

export function elementRank(resourceType: string, element: string): number {
  return byType.get(resourceType)?.get(element) ?? Number.MAX_SAFE_INTEGER;
}

/** Parts of one element in the order in which they are joined; of a choice element the first one there is. Others follow by name. */
const parts: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'identifier',
    ['', 'PID-3', 'PID-2', 'PID-4', 'PID-19', 'PID-20', 'merge', 'PV1-19', 'PV1-50', 'FILL', 'PLAC', 'RXE-15', 'RXD-7'],
  ],
  ['name', ['', 'PID-9']],
  ['telecom', ['', 'home', 'work', 'PID-40']],
  ['deceased[x]', ['', 'PID-29', 'PID-30']],
  ['multipleBirth[x]', ['', 'PID-25', 'PID-24']],
  [
    'participant',
    ['', 'PID', 'AIP', 'AIL', 'AIG', 'SCH-12', 'SCH-16', 'SCH-20', 'PV1-7', 'PV1-8', 'PV1-9', 'PV1-17', 'PV1-52'],
  ],
]);

export function partRank(element: string, part: string): number {
  const at = parts.get(element)?.indexOf(part) ?? (part === '' ? 0 : -1);
  return at < 0 ? Number.MAX_SAFE_INTEGER : at;
}

function words(text = ''): readonly string[] {
  return text.split(' ');
}

function ranks(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map(names.map((name, at) => [name, at]));
}
