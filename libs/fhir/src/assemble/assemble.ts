import type { Json } from '@anamnesis/core';
import type { FhirResource } from '../fhir-types.js';
import { elementRank } from './element-order.js';
import { encounterLocations } from './encounter-locations.js';
import { requiredElements } from './required-elements.js';
import { slotsByElement, type Slot, type Slotted } from './slot.js';

type Elements = Map<string, Json>;
type JsonObject = Readonly<Record<string, Json | undefined>>;

/**
 * Joins the slots of a resource (see `Statement.slots`) into the resource. Slots of one element (`telecom:home`,
 * `telecom:work`) become one list, without repeats of an identifier or a reference; `period.start` is a member of
 * `period`; the object in `deceased[x]` gives the element with its type. Elements stand in the order of FHIR R4, empty
 * ones are left out, and required ones that nobody stated say so. The same slots always give the same JSON text.
 */
export function assemble(resourceType: string, id: string, slots: Slotted): FhirResource {
  const elements: Elements = new Map();
  for (const [element, parts] of slotsByElement(slots)) setElement(elements, element, parts);
  if (resourceType === 'Encounter') setLocations(elements);
  for (const [element, value] of requiredElements(resourceType))
    if (!isThere(elements, element)) elements.set(element, value);
  const ordered = [...elements].filter(([, value]) => !isEmpty(value)).sort(byRank(resourceType));
  return { resourceType, id, ...Object.fromEntries(ordered) };
}

/** `medicationReference` is there for `medicationCodeableConcept`: one choice of one element. */
function isThere(elements: Elements, element: string): boolean {
  const [, choice] = /^([a-z]+)CodeableConcept$/.exec(element) ?? [];
  return elements.has(element) || (choice !== undefined && elements.has(`${choice}Reference`));
}

function setElement(elements: Elements, element: string, stated: readonly Slot[]): void {
  const parts = preferred(stated);
  if (element.endsWith('[x]')) spread(elements, parts[0]?.value);
  else if (parts.some(({ member }) => member !== undefined)) elements.set(element, nested(parts));
  else elements.set(element, joined(element, parts));
}

/** `code:result`, what a result says of its order, stands only where no order says it; `status:result` likewise of a visit. */
function preferred(parts: readonly Slot[]): readonly Slot[] {
  const firm = parts.filter(({ part }) => part !== 'result');
  return firm.length > 0 ? firm : parts;
}

/** `{ deceasedBoolean: true }`; an `id` is one of the value, which a primitive carries beside itself. */
function spread(elements: Elements, value: Json | undefined): void {
  if (!isObject(value)) return;
  const { id, ...choice } = value;
  for (const [element, one] of Object.entries(choice)) {
    if (one === undefined) continue;
    const isPrimitive = !isObject(one);
    elements.set(element, isPrimitive || id === undefined ? one : { ...one, id });
    if (isPrimitive && id !== undefined) elements.set(`_${element}`, { id });
  }
}

/** Members said apart: `period.start`, `period.end`; a whole value (`period`) is the ground they are put on. */
function nested(parts: readonly Slot[]): Json {
  const members: Record<string, Json> = {};
  for (const { member, value } of parts) {
    if (member !== undefined) members[member] = value;
    else if (isObject(value)) Object.assign(members, value);
  }
  return Object.fromEntries(Object.entries(members).sort(([a], [b]) => memberRank(a) - memberRank(b)));
}

/** The only order that readers expect: start before end. */
function memberRank(member: string): number {
  return member === 'end' ? 1 : 0;
}

function joined(element: string, parts: readonly Slot[]): Json {
  const [first, ...rest] = parts;
  if (first !== undefined && rest.length === 0 && !Array.isArray(first.value)) return first.value;
  const all = parts.flatMap(({ value }) => (Array.isArray(value) ? (value as readonly Json[]) : [value]));
  return distinct(element, all);
}

/** The same identifier or reference said in two slots is one. */
function distinct(element: string, values: readonly Json[]): readonly Json[] {
  const members = { identifier: ['system', 'value'], result: ['reference'] }[element];
  if (members === undefined) return values;
  const met = new Set<string>();
  return values.filter((value) => {
    const key = JSON.stringify(members.map((member) => (isObject(value) ? value[member] : value)));
    return !met.has(key) && met.add(key);
  });
}

function setLocations(elements: Elements): void {
  const stated = elements.get('location');
  const period = elements.get('period');
  const end = isObject(period) && typeof period['end'] === 'string' ? period['end'] : undefined;
  if (Array.isArray(stated))
    elements.set('location', encounterLocations(stated as readonly Json[], { end, status: elements.get('status') }));
}

function byRank(resourceType: string) {
  return ([a]: readonly [string, Json], [b]: readonly [string, Json]): number => {
    const byTable = elementRank(resourceType, a) - elementRank(resourceType, b);
    return byTable !== 0 ? byTable : Number(a > b) - Number(a < b);
  };
}

function isEmpty(value: Json): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) ? Object.keys(value).length === 0 : value === null;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
