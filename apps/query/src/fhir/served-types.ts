import { type SearchParameter, searchParameters, searchParametersOf } from '../project/search-parameters.js';

/** A search parameter as this edge reads it; `patient` runs over all records of the person. */
export type ServedParameter = SearchParameter | { readonly param: string; readonly kind: 'patient' };

export interface ServedType {
  readonly type: string;
  /** Whether its resources are about one patient; staff, organisations and places are not. */
  readonly isOfPatient: boolean;
  readonly parameters: ReadonlyMap<string, ServedParameter>;
  /** Reference parameters that `_include` follows. */
  readonly includes: readonly string[];
  /** Elements of the clinical date: first valued wins. Empty for types that have none. */
  readonly dates: SearchParameter['paths'];
}

const sharedTypes: readonly string[] = ['Practitioner', 'PractitionerRole', 'Organization', 'Location'];

/** Types whose patient is the FHIR parameter `subject` too. */
const typesWithSubject: readonly string[] = [
  'Account',
  'CareTeam',
  'ChargeItem',
  'Composition',
  'Condition',
  'DiagnosticReport',
  'DocumentReference',
  'Encounter',
  'Goal',
  'List',
  'MedicationAdministration',
  'MedicationDispense',
  'MedicationRequest',
  'Observation',
  'Procedure',
  'ServiceRequest',
  'Specimen',
];

/** What a bare id of a reference parameter may be the id of. */
const targets: Readonly<Record<string, readonly string[]>> = {
  account: ['Account'],
  actor: ['Practitioner', 'Location'],
  author: ['Practitioner'],
  authenticator: ['Practitioner'],
  'based-on': ['ServiceRequest', 'MedicationRequest'],
  context: ['Encounter'],
  encounter: ['Encounter'],
  'has-member': ['Observation'],
  link: ['Patient'],
  location: ['Location'],
  organization: ['Organization'],
  'part-of': ['Encounter', 'Immunization'],
  participant: ['Practitioner'],
  partof: ['Location'],
  performer: ['Practitioner', 'Organization'],
  practitioner: ['Practitioner'],
  prescription: ['MedicationRequest'],
  reaction: ['Observation'],
  related: ['ServiceRequest'],
  relatesto: ['DocumentReference'],
  replaces: ['ServiceRequest'],
  request: ['MedicationRequest'],
  requester: ['Practitioner', 'Organization'],
  result: ['Observation'],
  specimen: ['Specimen'],
};

/**
 * Every type that the projections hold, with exactly what can be asked of it: capability statement, search and its
 * errors are all read off this map. AuditEvent and Provenance are computed and stand beside it.
 */
export const servedTypes: ReadonlyMap<string, ServedType> = new Map(
  Object.keys(searchParameters)
    .sort()
    .map((type) => [type, served(type)]),
);

/** Types of a patient's chart, without the Patient itself. */
export const chartTypes: readonly string[] = [...servedTypes.values()]
  .filter(({ type, isOfPatient }) => isOfPatient && type !== 'Patient')
  .map(({ type }) => type);

export { sharedTypes };

/** The only `_revinclude`. */
export const provenanceTarget = 'Provenance:target';

export function targetsOf(param: string): readonly string[] {
  return targets[param] ?? [];
}

function served(type: string): ServedType {
  const stored = searchParametersOf(type);
  const isOfPatient = !sharedTypes.includes(type);
  const parameters = [...stored, ...patientNames(type).map((param) => ({ param, kind: 'patient' as const }))];
  const references = stored.filter(({ kind }) => kind === 'reference').map(({ param }) => param);
  const includesPatient = isOfPatient && type !== 'Patient' ? patientNames(type) : [];
  const happened = type === 'Patient' ? undefined : stored.find(({ kind }) => kind === 'date');
  return {
    type,
    isOfPatient,
    parameters: new Map(parameters.map((one) => [one.param, one])),
    includes: [...includesPatient, ...references.filter((param) => param !== 'link')],
    dates: happened?.paths ?? [],
  };
}

function patientNames(type: string): readonly string[] {
  if (type === 'Patient') return [];
  if (type === 'Coverage') return ['patient', 'beneficiary'];
  return typesWithSubject.includes(type) ? ['patient', 'subject'] : ['patient'];
}
