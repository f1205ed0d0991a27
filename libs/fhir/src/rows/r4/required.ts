import type { Json } from '@anamnesis/core';
import { elementsOf, type ElementDefinition } from './structure.js';

const required = new Map<string, readonly ElementDefinition[]>();

/** Elements without which FHIR allows no value of a type. */
export function requiredOf(type: string): readonly ElementDefinition[] {
  const known = required.get(type);
  if (known !== undefined) return known;
  const found = (elementsOf(type) ?? []).filter(({ isRequired }) => isRequired);
  required.set(type, found);
  return found;
}

/** The name of a required element that these members do not have. */
export function lacking(type: string, members: Readonly<Record<string, Json>>): string | undefined {
  const names = Object.keys(members);
  return requiredOf(type).find(({ name, isChoice }) =>
    isChoice ? !names.some((one) => one.startsWith(name)) : !names.includes(name),
  )?.name;
}
