import type { Json } from '@anamnesis/core';
import { isReusable } from './read-as.js';

/** What a reference `Type/id` becomes; the same, where nothing is to be changed. */
type Rename = (resourceType: string, id: string) => string;

type JsonObject = Readonly<Record<string, Json | undefined>>;

/** Ids of what the value refers to and a source may have used a number of for another patient. */
export function reusableIdsIn(value: Json): readonly string[] {
  const found: string[] = [];
  withReferences(value, (_, id) => {
    found.push(id);
    return id;
  });
  return found;
}

/** The value with each such reference renamed; itself, when there is none to rename. */
export function withReferences(value: Json, rename: Rename): Json {
  if (Array.isArray(value)) return withItems(value, rename);
  return isObject(value) ? withMembers(value, rename) : value;
}

function withItems(items: readonly Json[], rename: Rename): Json {
  const renamed = items.map((one) => withReferences(one, rename));
  return renamed.some((one, at) => one !== items[at]) ? renamed : items;
}

function withMembers(value: JsonObject, rename: Rename): Json {
  let renamed: Record<string, Json | undefined> | undefined;
  for (const [name, one] of Object.entries(value)) {
    if (one === undefined) continue;
    const other = name === 'reference' ? renamedReference(one, rename) : withReferences(one, rename);
    if (other !== one) (renamed ??= { ...value })[name] = other;
  }
  return renamed ?? value;
}

function renamedReference(reference: Json, rename: Rename): Json {
  if (typeof reference !== 'string') return withReferences(reference, rename);
  const [resourceType = '', id, ...more] = reference.split('/');
  if (id === undefined || more.length > 0 || !isReusable(resourceType)) return reference;
  const other = rename(resourceType, id);
  return other === id ? reference : `${resourceType}/${other}`;
}

function isObject(value: Json): value is JsonObject & Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
