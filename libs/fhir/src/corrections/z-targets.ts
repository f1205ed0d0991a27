/** How a value of a Z segment is read. */
export type ZType =
  | 'string'
  | 'code'
  | 'boolean'
  | 'integer'
  | 'decimal'
  | 'date'
  | 'dateTime'
  | 'CodeableConcept'
  | 'Identifier'
  | 'ContactPoint';

export interface ZTarget {
  /** Absent: the rule says it (`as`), for an extension. */
  readonly type?: ZType;
  /** Every repetition counts, and other segments say more of it. */
  readonly isList: boolean;
}

/** A target with its name in two parts. */
export interface NamedTarget extends ZTarget {
  readonly resourceType: string;
  readonly element: string;
}

/** Types of an extension's value. */
export const extensionTypes: ReadonlySet<ZType> = new Set<ZType>([
  ...(['string', 'code', 'boolean', 'integer', 'decimal', 'date', 'dateTime', 'CodeableConcept'] as const),
]);

const everywhere: Readonly<Record<string, ZTarget>> = {
  extension: { isList: true },
  identifier: { type: 'Identifier', isList: true },
};
const concept: ZTarget = { type: 'CodeableConcept', isList: false };
const concepts: ZTarget = { type: 'CodeableConcept', isList: true };

/**
 * Elements that a Z segment may say. What HL7 has a field for is none of them: such a value is copied to its field (`copy:
 * ZPD-2`, `to: PID-8`) and mapped as everybody's.
 */
const targets: Readonly<Record<string, Readonly<Record<string, ZTarget>>>> = {
  Patient: { ...everywhere, maritalStatus: concept, telecom: { type: 'ContactPoint', isList: true } },
  Encounter: { ...everywhere, type: concepts, serviceType: concept, priority: concept, reasonCode: concepts },
  ...Object.fromEntries(
    [
      ...['Account', 'AllergyIntolerance', 'Appointment', 'Condition', 'Coverage', 'DiagnosticReport'],
      ...['DocumentReference', 'Immunization', 'MedicationAdministration', 'MedicationDispense', 'MedicationRequest'],
      ...['Observation', 'Procedure', 'ServiceRequest'],
    ].map((type) => [type, everywhere]),
  ),
};

/** Of `Patient.maritalStatus`; undefined for what no Z segment may say. */
export function zTarget(to: string): NamedTarget | undefined {
  const [resourceType = '', element = ''] = to.split('.');
  const elements = Object.hasOwn(targets, resourceType) ? targets[resourceType] : undefined;
  const target = elements !== undefined && Object.hasOwn(elements, element) ? elements[element] : undefined;
  return target && to === `${resourceType}.${element}` ? { resourceType, element, ...target } : undefined;
}

/** `Patient.maritalStatus, Patient.identifier, …`, for who named another. */
export function zTargetsOf(resourceType: string): readonly string[] {
  const elements = Object.hasOwn(targets, resourceType) ? targets[resourceType] : undefined;
  if (elements === undefined) return Object.keys(targets);
  return Object.keys(elements).map((element) => `${resourceType}.${element}`);
}
