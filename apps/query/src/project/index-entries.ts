import { createHash } from 'node:crypto';
import type { Json, ResourceState } from '@anamnesis/core';
import { assemble } from '@anamnesis/fhir';
import type { ResourceIndex } from '@anamnesis/store';
import { dateBounds, earliest, type Instants, latest } from '../history/date-bounds.js';
import { foldText } from '../history/fold-text.js';
import { type ParameterKind, type Path, type SearchParameter, searchParametersOf } from './search-parameters.js';

/** Rows of one resource, at most. */
const entriesMax = 200;
const columnLength = 255;

type JsonObject = Readonly<Record<string, Json | undefined>>;
type Entry = Pick<ResourceIndex, 'param' | 'system' | 'value' | 'until' | 'amount'>;
type Value = Pick<Entry, 'value'> & Partial<Entry>;

export interface Indexed {
  readonly rows: readonly ResourceIndex[];
  readonly indexDigest: string;
  /** Start of the clinical date; empty without one. */
  readonly happenedAt: string;
  readonly isRetracted: boolean;
}

/** The values by which a resource in this state is found. A change here wants a rebuild: what is indexed stays as it was. */
export function indexEntries({ resourceType, id, slots }: ResourceState): Indexed {
  // Whatever `assemble` makes of the slots is what is found: what is served.
  const elements: JsonObject = assemble(resourceType, id, slots);
  const parameters = searchParametersOf(resourceType);
  const all: Entry[] = [];
  for (const parameter of parameters) all.push(...entriesOf(elements, parameter));
  const entries = all.slice(0, entriesMax);
  const dates = parameters.filter(({ kind }) => kind === 'date').map(({ param }) => param);
  const happened = dates.flatMap((param) => entries.filter((entry) => entry.param === param));
  return {
    // Member by member: spreading an object costs more than all else that is done with it here.
    rows: entries.map(({ param, system, value, until, amount }, position) => {
      return { resourceId: id, position, resourceType, param, system, value, until, amount };
    }),
    indexDigest: digestOf(entries),
    happenedAt: resourceType === 'Patient' ? '' : (happened[0]?.value ?? ''),
    isRetracted: isRetracted(elements, entries),
  };
}

/** Of the entries as JSON. It is stored: for the same entries it is the same for good. */
function digestOf(entries: readonly Entry[]): string {
  return createHash('sha256')
    .update(`[${entries.map(jsonOf).join(',')}]`)
    .digest('hex')
    .slice(0, 32);
}

/** What `JSON.stringify` gives, in a third of its time. */
function jsonOf({ param, system, value, until, amount }: Entry): string {
  const end = until === null ? 'null' : `"${until}"`;
  return `{"param":"${param}","system":${JSON.stringify(system)},"value":${JSON.stringify(value)},"until":${end},"amount":${amount}}`;
}

/** A Patient has no status in FHIR R4: one that was withdrawn is no longer active. */
function isRetracted({ resourceType, active }: JsonObject, entries: readonly Entry[]): boolean {
  if (resourceType === 'Patient') return active === false;
  return entries.some(({ param, value }) => param.endsWith('status') && value === 'entered-in-error');
}

function entriesOf(elements: JsonObject, { param, kind, paths }: SearchParameter): readonly Entry[] {
  const entries: Entry[] = [];
  for (const path of paths)
    for (const value of valuesAt(elements, path))
      for (const { value: text, system = '', until = null, amount = null } of readers[kind](value))
        entries.push({ param, system: cutOf(system), value: cutOf(text), until, amount });
  return entries.length > 1 ? withoutRepeats(entries) : entries;
}

function withoutRepeats(entries: readonly Entry[]): readonly Entry[] {
  return [...new Map(entries.map((entry) => [jsonOf(entry), entry])).values()];
}

function valuesAt(from: JsonObject, path: Path): readonly Json[] {
  let values: readonly Json[] = [from];
  for (const { name, url } of path) {
    const found: Json[] = [];
    for (const value of values) if (isObject(value)) found.push(...listOf(value[name]));
    values = url === undefined ? found : found.filter((value) => isObject(value) && value['url'] === url);
    if (values.length === 0) return values;
  }
  return values;
}

const readers: Readonly<Record<ParameterKind, (value: Json) => readonly Value[]>> = {
  token: tokens,
  string: (value) => (typeof value === 'string' ? [{ system: value, value: foldText(value) }] : []),
  date: dates,
  reference: (value) => {
    const target = isObject(value) ? value['reference'] : undefined;
    return typeof target === 'string' ? [{ value: target }] : [];
  },
  quantity: quantities,
};

/** CodeableConcept, Coding, Identifier, ContactPoint, code or boolean. */
function tokens(value: Json): readonly Value[] {
  if (typeof value === 'string' || typeof value === 'boolean') return [{ value: String(value) }];
  if (!isObject(value)) return [];
  if (Array.isArray(value['coding'])) return value['coding'].flatMap((coding: Json) => tokens(coding));
  const code = value['code'] ?? value['value'];
  if (typeof code !== 'string') return [];
  const { system } = value;
  // The system of a ContactPoint is a kind (phone, email), not a namespace.
  return [{ value: code, ...(typeof system === 'string' && !isContactKind(system) && { system }) }];
}

function isContactKind(system: string): boolean {
  return ['phone', 'fax', 'email', 'pager', 'url', 'sms', 'other'].includes(system);
}

/** date, dateTime, instant or Period. */
function dates(value: Json): readonly Value[] {
  if (!isObject(value)) {
    const bounds = boundsOf(value);
    return bounds === undefined ? [] : [{ value: bounds.from, until: bounds.until }];
  }
  const [start, end] = [boundsOf(value['start']), boundsOf(value['end'])];
  if (start === undefined && end === undefined) return [];
  return [{ value: start?.from ?? earliest, until: end?.until ?? latest }];
}

function boundsOf(value: Json | undefined): Instants | undefined {
  return typeof value === 'string' ? dateBounds(value) : undefined;
}

function quantities(value: Json): readonly Value[] {
  if (!isObject(value)) return [];
  const number = value['value'];
  const amount = isObject(number) ? Number(number['$decimal']) : Number(number ?? NaN);
  if (!Number.isFinite(amount)) return [];
  const { code, unit, system } = value;
  const name = typeof code === 'string' ? code : unit;
  return [{ value: typeof name === 'string' ? name : '', amount, ...(typeof system === 'string' && { system }) }];
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
}

function cutOf(text: string): string {
  return text.length <= columnLength ? text : text.slice(0, columnLength).toWellFormed();
}
