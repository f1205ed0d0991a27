import type { Json } from '@anamnesis/core';
import type { ResourceMapping } from './mapping-file.js';
import { elementPath } from './r4/element-path.js';
import { elementsOf } from './r4/structure.js';

/** What a resource says once its row is gone. */
export interface Withdrawal {
  readonly set: Readonly<Record<string, Json>>;
  /** Slots that FHIR does not allow beside it. */
  readonly remove: readonly string[];
}

/**
 * A deleted row was never right, or is no longer in use; it stays in the history. As the file says, else by what the type
 * has: `entered-in-error` as status or verification, `active` false, `inactive`.
 */
export function withdrawalOf(resource: ResourceMapping): Withdrawal {
  const known = withdrawals.get(resource);
  if (known !== undefined) return known;
  const made = makeWithdrawal(resource);
  withdrawals.set(resource, made);
  return made;
}

const withdrawals = new WeakMap<ResourceMapping, Withdrawal>();

function makeWithdrawal({ type, onDelete }: ResourceMapping): Withdrawal {
  const said = Object.entries(onDelete);
  if (said.length === 0) return standardWithdrawal(type);
  const set = Object.fromEntries(
    said.flatMap(([text, { constant }]) => {
      const path = elementPath(type, text);
      return typeof path === 'string' ? [] : [[slotOf(path.steps[0]), valueOf(path.steps[0], constant)]];
    }),
  );
  return { set, remove: [] };
}

function slotOf({ name, choice }: { readonly name: string; readonly choice?: string }): string {
  return choice === undefined ? name : `${choice}[x]`;
}

function valueOf({ name, choice }: { readonly name: string; readonly choice?: string }, constant: Json): Json {
  return choice === undefined ? constant : { [name]: constant };
}

function standardWithdrawal(type: string): Withdrawal {
  const elements = elementsOf(type) ?? [];
  const element = (name: string) => elements.find((one) => one.name === name);
  if (element('verificationStatus') !== undefined) {
    const system =
      type === 'Condition'
        ? 'http://terminology.hl7.org/CodeSystem/condition-ver-status'
        : 'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification';
    // con-5, ait-2: no clinical status of what was an error.
    return {
      set: { verificationStatus: { coding: [{ system, code: 'entered-in-error' }] } },
      remove: ['clinicalStatus'],
    };
  }
  const statuses = element('status')?.types[0]?.codes ?? [];
  if (statuses.includes('entered-in-error')) return { set: { status: 'entered-in-error' }, remove: [] };
  if (statuses.includes('inactive')) return { set: { status: 'inactive' }, remove: [] };
  return { set: element('active') === undefined ? {} : { active: false }, remove: [] };
}
