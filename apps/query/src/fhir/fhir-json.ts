import type { Json } from '@anamnesis/core';

export type JsonObject = Readonly<Record<string, Json | undefined>>;

/** A FHIR R4 resource as JSON; decimals are `{ "$decimal": "7.10" }` until it is written out. */
export interface FhirResource extends JsonObject {
  readonly resourceType: string;
  readonly id?: string;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Elements of a repeating element, the one of a single one, none of an absent one. */
export function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
}

export function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return listOf(value).filter(isObject);
}

export function textOf(from: Json | undefined, member: string): string | undefined {
  const value = isObject(from) ? from[member] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** Every value of a member of that name, however deep. */
export function* membersNamed(name: string, value: Json | undefined): Generator<Json> {
  for (const one of listOf(value)) {
    if (!isObject(one)) continue;
    for (const [member, inner] of Object.entries(one)) {
      if (inner === undefined) continue;
      if (member === name) yield inner;
      yield* membersNamed(name, inner);
    }
  }
}
