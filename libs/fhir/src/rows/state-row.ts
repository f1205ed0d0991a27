import type { Json, PatientIdentifier, Row, RowChange, Statement } from '@anamnesis/core';
import { Slots } from '../v2/slots.js';
import type { ResourceMapping } from './mapping-file.js';
import { isFilled, patientElement } from './filled-elements.js';
import { requiredOf } from './r4/required.js';
import { readSlots } from './read-slots.js';
import { keySystem, keyText, patientOf, rowResourceId } from './row-identity.js';
import { RowReader, type RowPlace, type SlotValues } from './row-reader.js';
import { withdrawalOf } from './withdrawal.js';

export interface StatedRow {
  readonly change: RowChange;
  readonly subject: PatientIdentifier | undefined;
  readonly statedAt: string;
  /** The row as it is; of a deletion, as it was. */
  readonly reader: RowReader;
}

/**
 * What a change of a row says of one resource. A row that is made or found says all that it holds and takes back what it
 * does not; a changed one, of which the former is known, says what changed, so that a value that another source has
 * corrected since is not said again; a deleted one, or one that no longer fits `when`, is withdrawn. Undefined: nothing.
 */
export function stateRow(resource: ResourceMapping, stated: StatedRow): Statement | undefined {
  const { change, statedAt, reader } = stated;
  const slots = change.op === 'd' || change.after === undefined ? withdrawn(resource) : slotsOf(resource, stated);
  if (slots.isEmpty) return undefined;
  return {
    resourceType: resource.type,
    id: rowResourceId(reader.place, resource, change.key),
    statedAt,
    trigger: change.op,
    slots: slots.values,
    ...(slots.removed.length > 0 && { removed: slots.removed }),
  };
}

function slotsOf(resource: ResourceMapping, stated: StatedRow): Slots {
  const { change, reader } = stated;
  const isStated = reader.holds(resource.when);
  if (isStated === undefined) return new Slots();
  const before = change.before === undefined ? undefined : former(stated, change.before);
  const wasStated = before?.reader.holds(resource.when);
  if (!isStated) return wasStated === false || change.op !== 'u' ? new Slots() : withdrawn(resource);
  const now = valuesOf(resource, stated);
  if (!isComplete(resource, now, reader.place)) return new Slots();
  return before === undefined || wasStated !== true ? whole(resource, now) : changed(now, valuesOf(resource, before));
}

/** A row that leaves out what FHIR asks for states no such resource: neither a guess nor half of it. */
function isComplete({ type }: ResourceMapping, now: SlotValues, { table, onFinding }: RowPlace): boolean {
  const required = requiredOf(type);
  if (required.length === 0) return true;
  const isEmptyAt = (slot: string) => now.get(slot) === undefined && now.has(slot);
  const missing = required.filter(({ name }) => (isEmptyAt(name) || isEmptyAt(`${name}[x]`)) && !isFilled(type, name));
  for (const { name } of missing)
    onFinding?.({ rule: 'row-required', location: table, text: `no value for ${type}.${name}, which FHIR asks for` });
  return missing.length === 0;
}

/** The former row, whose patient may have been another; what it holds that does not convert was reported when it was made. */
function former({ change, statedAt, reader }: StatedRow, before: Row): StatedRow {
  const { table, mapping, context } = reader.place;
  const silent = { table, mapping, context: { ...context, onLocalCode: () => undefined } };
  const subject = patientOf({ ...change, after: before }, silent);
  return { change, statedAt, subject, reader: new RowReader(before, silent) };
}

/** The elements of the file, the row's own number and its patient. */
function valuesOf(resource: ResourceMapping, { change, subject, reader }: StatedRow): SlotValues {
  const values = new Map<string, Json | undefined>();
  if (resource.part === undefined) values.set('identifier:key', [keyIdentifier(resource, change, reader.place)]);
  const element = patientElement(resource.type);
  if (element !== undefined && subject !== undefined) values.set(element, patientReference(subject, reader.place));
  for (const [slot, value] of readSlots(resource, reader)) values.set(slot, value);
  return values;
}

function keyIdentifier(resource: ResourceMapping, { key }: RowChange, place: RowPlace): Json {
  const [system, value] = [keySystem(place, resource), keyText(key)];
  const code = resource.type === 'Patient' ? place.mapping.patients?.type : undefined;
  if (code === undefined) return { system, value };
  return { type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code }] }, system, value };
}

function patientReference({ system, value }: PatientIdentifier, { context }: RowPlace): Json {
  return { reference: `Patient/${context.resourceId('Patient', system, value)}`, identifier: { system, value } };
}

function whole(resource: ResourceMapping, now: SlotValues): Slots {
  const slots = new Slots();
  for (const [slot, value] of now) {
    if (value === undefined) slots.remove(slot);
    else slots.set(slot, value);
  }
  // A row that comes back is no longer withdrawn.
  for (const slot in withdrawalOf(resource).set) if (!now.has(slot)) slots.remove(slot);
  return slots;
}

function changed(now: SlotValues, was: SlotValues): Slots {
  const slots = new Slots();
  for (const [slot, value] of now) {
    if (was.has(slot) && isSame(was.get(slot), value)) continue;
    if (value === undefined) slots.remove(slot);
    else slots.set(slot, value);
  }
  return slots;
}

function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && JSON.stringify(a) === JSON.stringify(b));
}

function withdrawn(resource: ResourceMapping): Slots {
  const { set, remove } = withdrawalOf(resource);
  const slots = new Slots().remove(...remove);
  for (const [slot, value] of Object.entries(set)) slots.set(slot, value);
  return slots;
}
