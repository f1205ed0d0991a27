import type { Json, PatientIdentifier, ResourceState } from '@anamnesis/core';
import type { Stated } from './resource-fold.js';

/** Slot of its own number, by what has numbers that merges retire. */
const numberSlots: ReadonlyMap<string, string> = new Map([
  ['Encounter', 'identifier:PV1-19'],
  ['Account', 'identifier'],
]);

/** Their statements of the retired one tell whose it is, and its numbers. Those of earlier mappings also ended it, as a part of the other. */
const mergeTriggers: ReadonlySet<string> = new Set(['A35', 'A36', 'A41', 'A42', 'A49', 'A50']);

/** Under a number of theirs a source may mean another patient another time: an order, a result, a document. */
const reusableTypes: ReadonlySet<string> = new Set([
  'AllergyIntolerance',
  'ChargeItem',
  'Condition',
  'DiagnosticReport',
  'DocumentReference',
  'Goal',
  'Immunization',
  'MedicationAdministration',
  'MedicationDispense',
  'MedicationRequest',
  'Observation',
  'Procedure',
  'ServiceRequest',
  'Specimen',
]);

export function isReusable(resourceType: string): boolean {
  return reusableTypes.has(resourceType);
}

/** What may be read as another of its type. */
export function mayBeReadAs(resourceType: string): boolean {
  return isNumbered(resourceType) || isReusable(resourceType);
}

/** Encounters and Accounts: what another may be read as, after a merge of their numbers. */
export function isNumbered(resourceType: string): boolean {
  return numberSlots.has(resourceType);
}

/**
 * A statement about what is read as another, as said of that one: everything but the number of a retired visit or account,
 * which the merge itself tells (`use` old).
 */
export function readAs(statement: Stated, id: string): Stated {
  if (statement.id === id) return statement;
  const own = numberSlots.get(statement.resourceType);
  const isEnd = mergeTriggers.has(statement.trigger);
  const isSaid = (slot: string) => slot !== own && (!isEnd || slot === 'subject' || slot.startsWith('identifier:'));
  const slots = Object.fromEntries(Object.entries(statement.slots).filter(([slot]) => isSaid(slot)));
  const { removed } = statement;
  return {
    ...statement,
    id,
    saidOf: statement.id,
    slots,
    ...(removed !== undefined && { removed: removed.filter(isSaid) }),
  };
}

/** The first number of a visit or account itself, not those of what is read as it. */
export function numberOf(state: ResourceState | undefined): PatientIdentifier | undefined {
  const numbers = state?.slots[numberSlots.get(state.resourceType) ?? ''];
  const first: Json | undefined = Array.isArray(numbers) ? (numbers as readonly Json[])[0] : undefined;
  if (first === undefined || first === null || typeof first !== 'object' || !('value' in first)) return undefined;
  const { system, value } = first;
  return typeof system === 'string' && typeof value === 'string' ? { system, value } : undefined;
}
