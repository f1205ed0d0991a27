import type { Json } from '@anamnesis/core';
import { elementsOf, type ElementDefinition } from './structure.js';

const found = new Map<string, readonly ElementDefinition[]>();

/** Elements without which FHIR allows no value of a type. */
export function requiredOf(type: string): readonly ElementDefinition[] {
  const known = found.get(type);
  if (known !== undefined) return known;
  const required = (elementsOf(type) ?? []).filter(({ isRequired }) => isRequired);
  found.set(type, required);
  return required;
}

/** The name of a required element that these members do not have. */
export function lacking(type: string, members: Readonly<Record<string, Json>>): string | undefined {
  const required = requiredOf(type);
  if (required.length === 0) return undefined;
  const names = Object.keys(members);
  return required.find(({ name, isChoice }) =>
    isChoice ? !names.some((one) => one.startsWith(name)) : !names.includes(name),
  )?.name;
}
