/** How a value under a path is searched. */
export type ParameterKind = 'token' | 'string' | 'date' | 'reference' | 'quantity';

export interface SearchParameter {
  readonly param: string;
  readonly kind: ParameterKind;
  /** Where its values are; lists on the way are walked. */
  readonly paths: readonly Path[];
}

/** Elements from the resource down. An `extension(url)` is one with that url. */
export type Path = readonly { readonly name: string; readonly url?: string }[];

const parameter =
  (kind: ParameterKind) =>
  (param: string, ...paths: string[]): SearchParameter => ({
    param,
    kind,
    paths: (paths.length > 0 ? paths : [param]).map(pathOf),
  });
const token = parameter('token');
const text = parameter('string');
const date = parameter('date');
const reference = parameter('reference');
const quantity = parameter('quantity');

const everywhere = [token('identifier'), token('status')];
const encounter = reference('encounter');
const basedOn = reference('based-on', 'basedOn');
const people = [
  text('family', 'name.family'),
  text('given', 'name.given'),
  text('name', 'name.family', 'name.given', 'name.text', 'name.prefix', 'name.suffix'),
];
const place = [
  text(
    'address',
    'address.line',
    'address.city',
    'address.district',
    'address.state',
    'address.postalCode',
    'address.country',
    'address.text',
  ),
  text('address-city', 'address.city'),
  text('address-state', 'address.state'),
  text('address-postalcode', 'address.postalCode'),
  text('address-country', 'address.country'),
];
const contact = [token('telecom')];
// A drug with its form or its components is a contained Medication.
const medicationCode = token('code', 'medicationCodeableConcept', 'contained.code');
const effective = ['effectiveDateTime', 'effectivePeriod', 'effectiveInstant'];

/** Search parameters by resource type (FHIR R4 names). The first date of a type is when it happened. */
export const searchParameters: Readonly<Record<string, readonly SearchParameter[]>> = {
  Patient: [
    ...people,
    ...place,
    ...contact,
    date('birthdate', 'birthDate'),
    date('death-date', 'deceasedDateTime'),
    token('gender'),
    token('active'),
    token('deceased', 'deceasedBoolean'),
    reference('link', 'link.other'),
    text(
      'mothersMaidenName',
      'extension(http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName).valueString',
    ),
  ],
  Encounter: [
    date('date', 'period'),
    token('class'),
    token('type'),
    reference('location', 'location.location'),
    reference('participant', 'participant.individual'),
    reference('account'),
    reference('part-of', 'partOf'),
  ],
  Condition: [
    date('onset-date', 'onsetDateTime', 'onsetPeriod'),
    date('recorded-date', 'recordedDate'),
    token('clinical-status', 'clinicalStatus'),
    token('verification-status', 'verificationStatus'),
    token('code'),
    token('category'),
    encounter,
  ],
  AllergyIntolerance: [
    date('date', 'recordedDate'),
    date('onset', 'onsetDateTime'),
    token('clinical-status', 'clinicalStatus'),
    token('verification-status', 'verificationStatus'),
    token('code', 'code', 'reaction.substance'),
    token('category'),
    token('type'),
    token('criticality'),
  ],
  Goal: [
    date('start-date', 'startDate'),
    date('target-date', 'target.dueDate'),
    token('lifecycle-status', 'lifecycleStatus'),
    token('achievement-status', 'achievementStatus'),
  ],
  Procedure: [
    date('date', 'performedDateTime', 'performedPeriod'),
    token('code'),
    token('category'),
    encounter,
    basedOn,
  ],
  Observation: [
    date('date', ...effective),
    token('code'),
    token('category'),
    token('value-concept', 'valueCodeableConcept'),
    text('value-string', 'valueString', 'valueCodeableConcept.text'),
    quantity('value-quantity', 'valueQuantity'),
    reference('performer'),
    reference('specimen'),
    reference('part-of', 'partOf'),
    reference('has-member', 'hasMember'),
    encounter,
    basedOn,
  ],
  DiagnosticReport: [
    date('date', ...effective),
    date('issued'),
    token('code'),
    token('category'),
    reference('result'),
    reference('specimen'),
    encounter,
    basedOn,
  ],
  ServiceRequest: [
    date('authored', 'authoredOn'),
    date('occurrence', 'occurrenceDateTime', 'occurrencePeriod'),
    token('code'),
    token('category'),
    token('intent'),
    token('priority'),
    token('requisition'),
    reference('requester'),
    reference('replaces'),
    reference('specimen'),
    encounter,
    basedOn,
  ],
  MedicationRequest: [
    date('authoredon', 'authoredOn'),
    medicationCode,
    token('intent'),
    token('priority'),
    reference('requester'),
    encounter,
    basedOn,
  ],
  MedicationDispense: [
    date('whenhandedover', 'whenHandedOver'),
    date('whenprepared', 'whenPrepared'),
    medicationCode,
    reference('prescription', 'authorizingPrescription'),
    reference('performer', 'performer.actor'),
    reference('context'),
  ],
  MedicationAdministration: [
    date('effective-time', ...effective),
    medicationCode,
    token('reason-given', 'reasonCode'),
    token('reason-not-given', 'statusReason'),
    reference('request'),
    reference('performer', 'performer.actor'),
    reference('context'),
  ],
  Immunization: [
    date('date', 'occurrenceDateTime'),
    token('vaccine-code', 'vaccineCode'),
    text('lot-number', 'lotNumber'),
    token('reason-code', 'reasonCode'),
    token('status-reason', 'statusReason'),
    date('reaction-date', 'reaction.date'),
    reference('reaction', 'reaction.detail'),
    reference('performer', 'performer.actor'),
    reference('location'),
  ],
  Appointment: [
    date('date', 'start'),
    token('service-type', 'serviceType'),
    token('appointment-type', 'appointmentType'),
    token('reason-code', 'reasonCode'),
    token('part-status', 'participant.status'),
    reference('actor', 'participant.actor'),
    reference('practitioner', 'participant.actor'),
    reference('location', 'participant.actor'),
    basedOn,
  ],
  DocumentReference: [
    date('date'),
    date('period', 'context.period'),
    token('type'),
    token('category'),
    token('identifier', 'masterIdentifier'),
    token('security-label', 'securityLabel'),
    token('contenttype', 'content.attachment.contentType'),
    token('relation', 'relatesTo.code'),
    text('description'),
    reference('relatesto', 'relatesTo.target'),
    reference('related', 'context.related'),
    reference('author'),
    reference('authenticator'),
    reference('encounter', 'context.encounter'),
  ],
  Binary: [token('contenttype', 'contentType')],
  Specimen: [
    date('collected', 'collection.collectedDateTime', 'collection.collectedPeriod'),
    token('type'),
    token('accession', 'accessionIdentifier'),
  ],
  Account: [date('period', 'servicePeriod'), token('type'), text('name')],
  ChargeItem: [
    date('occurrence', 'occurrenceDateTime', 'occurrencePeriod'),
    date('entered-date', 'enteredDate'),
    token('code'),
    reference('account'),
  ],
  Coverage: [date('period'), token('type')],
  RelatedPerson: [...people, ...place, ...contact, date('birthdate', 'birthDate'), token('relationship')],
  CareTeam: [date('date', 'period'), token('category'), encounter],
  Practitioner: [...people, ...contact, token('active')],
  PractitionerRole: [token('role', 'code'), reference('practitioner'), reference('organization')],
  Organization: [text('name', 'name', 'alias'), token('type'), ...place],
  Location: [
    text('name', 'name', 'alias'),
    token('type'),
    token('operational-status', 'operationalStatus'),
    reference('partof', 'partOf'),
  ],
  Composition: [date('date'), token('type')],
  List: [date('date'), token('code')],
};

const allParameters = new Map(Object.entries(searchParameters).map(([type, own]) => [type, [...everywhere, ...own]]));

export function searchParametersOf(resourceType: string): readonly SearchParameter[] {
  return allParameters.get(resourceType) ?? everywhere;
}

function pathOf(text: string): Path {
  return Array.from(text.matchAll(/([A-Za-z]+)(?:\(([^)]*)\))?/g), ([, name = '', url]) => ({
    name,
    ...(url !== undefined && { url }),
  }));
}
