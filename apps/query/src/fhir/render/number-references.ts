import type { Json } from '@anamnesis/core';
import type { HistoryReader } from '../../history/history-reader.js';
import { mayBeReadAs } from '../../project/read-as.js';
import { isObject, membersNamed } from '../fhir-json.js';

/** `Type/id` of retired visits and accounts, and what they are read as. */
export type SurvivorByReference = ReadonlyMap<string, string>;

/** Looks up every visit and account that these values refer to. */
export async function resolveNumbers(reader: HistoryReader, values: readonly Json[]): Promise<SurvivorByReference> {
  const named = new Map<string, string>();
  for (const reference of membersNamed('reference', values)) {
    const [type = '', id] = typeof reference === 'string' ? reference.split('/') : [];
    if (typeof reference === 'string' && id !== undefined && mayBeReadAs(type)) named.set(reference, id);
  }
  if (named.size === 0) return new Map();
  const aliases = await reader.aliasesOf([...new Set(named.values())]);
  return new Map(
    [...named].flatMap(([reference, id]) => {
      const final = aliases.finalOf(id);
      return final === id ? [] : [[reference, `${reference.split('/', 1)[0] ?? ''}/${final}`] as const];
    }),
  );
}

/** A reference to a retired visit or account names what it is read as; the number as sent stays in its `identifier`. */
export function toSurvivors(value: Json, survivors: SurvivorByReference): Json {
  if (survivors.size === 0) return value;
  if (Array.isArray(value)) return value.map((one: Json) => toSurvivors(one, survivors));
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([name, one]) => {
    if (name === 'reference' && typeof one === 'string') return [name, survivors.get(one) ?? one];
    return [name, one === undefined ? one : toSurvivors(one, survivors)];
  });
  return Object.fromEntries(members) as Json;
}
