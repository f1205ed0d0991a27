import type { Json, PatientIdentifier, ResourceState } from '@anamnesis/core';
import type { Stated } from './resource-fold.js';

/** Slot of its own number, by what has numbers that merges retire. */
const numberSlots: ReadonlyMap<string, string> = new Map([
  ['Encounter', 'identifier:PV1-19'],
  ['Account', 'identifier'],
]);

/** Their statements of the retired one tell whose it is, and its numbers. Those of earlier mappings also ended it, as a part of the other. */
const mergeTriggers: ReadonlySet<string> = new Set(['A35', 'A36', 'A41', 'A42', 'A49', 'A50']);

/** Encounters and Accounts: what another may be read as. */
export function isNumbered(resourceType: string): boolean {
  return numberSlots.has(resourceType);
}

/**
 * A statement about a retired visit or account as said of the one that it is read as: everything but its number, which the
 * merge itself tells (`use` old).
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
