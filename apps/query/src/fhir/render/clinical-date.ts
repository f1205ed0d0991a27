import type { Json } from '@anamnesis/core';
import { dateBounds, earliest, type Instants, latest } from '../../history/date-bounds.js';
import { type FhirResource, isObject, textOf } from '../fhir-json.js';
import { servedTypes } from '../served-types.js';

/** When a resource happened, by the first valued date of its type; undefined for what has none. */
export function clinicalDate(resource: FhirResource): Instants | undefined {
  for (const path of servedTypes.get(resource.resourceType)?.dates ?? []) {
    const value = path.reduce<Json | undefined>((at, { name }) => (isObject(at) ? at[name] : undefined), resource);
    const bounds = typeof value === 'string' ? dateBounds(value) : periodBounds(value);
    if (bounds !== undefined) return bounds;
  }
  return undefined;
}

function periodBounds(value: Json | undefined): Instants | undefined {
  const start = dateBounds(textOf(value, 'start') ?? '');
  const end = dateBounds(textOf(value, 'end') ?? '');
  if (start === undefined && end === undefined) return undefined;
  return { from: start?.from ?? earliest, until: end?.until ?? latest };
}
