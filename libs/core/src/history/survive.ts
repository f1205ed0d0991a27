import { createHash } from 'node:crypto';
import { base32 } from '../base32.js';
import { canonicalJson, type Json } from '../canonical-json.js';
import type { PatientIdentifier } from '../record-key.js';
import type { ResourceState, SlotSource } from './resource-state.js';

/** One patient record of a person, as its own source states it. */
export interface SourcePatient {
  readonly state: ResourceState;
  /** Place of the record among all, by first certification: the lower one decides ties. */
  readonly ordinal: number;
  /** The authority retired the record's number in favour of another of the person (A40). */
  readonly isAliased: boolean;
  /** The record's own number; what `use: old` is said of when the record is aliased. Absent: of all its identifiers. */
  readonly number?: PatientIdentifier;
}

/** Where one value of the merged view comes from. */
export interface MergedElement {
  /** FHIR element (`name`, `birthDate`). */
  readonly element: string;
  /** `id` of the value inside the merged resource: the same for the same value of the same record, always. */
  readonly elementId: string;
  /** Id of the source record. */
  readonly recordId: string;
  readonly source: SlotSource;
}

/** The merged view of a person: computed, never stored over what a source said. */
export interface MergedPatient {
  /** Slots for `assemble`; every value that can carry an `id` carries the one named in `elements`. */
  readonly slots: Readonly<Record<string, Json>>;
  readonly elements: readonly MergedElement[];
}

/** Slots of one record that stand or fall together: a name, an address, the phones of one kind, a choice element. */
interface Candidate {
  readonly patient: SourcePatient;
  readonly slots: readonly string[];
  readonly source: SlotSource;
}

/**
 * Chooses one value per element of a person's records (identity.md §7). Identifiers are the union of all. Everything
 * else is taken whole from one record: the one that stated it last by the source's own time; in a tie the one certified
 * first. An element that a record does not have, or had removed, takes nothing from the others. Independent of the
 * order of `patients`; all alternatives stay in the source records.
 */
export function survive(patients: readonly SourcePatient[]): MergedPatient {
  const byOrdinal = [...patients].sort((a, b) => a.ordinal - b.ordinal);
  const slots: Record<string, Json> = {};
  const elements: MergedElement[] = [];
  const identifiers = mergeIdentifiers(byOrdinal);
  if (identifiers.values.length > 0) slots['identifier'] = identifiers.values;
  elements.push(...identifiers.elements);
  for (const winner of chooseAll(byOrdinal))
    for (const slot of winner.slots) take(winner.patient, slot, { slots, elements });
  return { slots, elements };
}

function chooseAll(patients: readonly SourcePatient[]): readonly Candidate[] {
  const best = new Map<string, Candidate>();
  for (const patient of patients) {
    for (const [whole, candidate] of candidatesOf(patient)) {
      const held = best.get(whole);
      // Records come by ordinal: an equal time leaves the earlier record in place.
      if (held === undefined || candidate.source.statedAt > held.source.statedAt) best.set(whole, candidate);
    }
  }
  return [...best.values()];
}

function candidatesOf(patient: SourcePatient): ReadonlyMap<string, Candidate> {
  const candidates = new Map<string, Candidate>();
  for (const slot of Object.keys(patient.state.slots).sort()) {
    const source = patient.state.sources[slot];
    if (elementName(slot) === 'identifier' || source === undefined) continue;
    const whole = wholeOf(slot);
    const held = candidates.get(whole);
    candidates.set(whole, {
      patient,
      slots: [...(held?.slots ?? []), slot],
      source: held === undefined || source.statedAt > held.source.statedAt ? source : held.source,
    });
  }
  return candidates;
}

const choices = ['deceased', 'multipleBirth'];

/** What is taken whole: a slot, with the extensions of a primitive (`_birthDate`) and all types of a choice element. */
function wholeOf(slot: string): string {
  const bare = slot.replace(/^_/, '');
  return choices.find((choice) => bare.startsWith(choice)) ?? bare;
}

/** `telecom:home` is a part of `telecom`, `deceased[x]` a choice; `_birthDate` says more about `birthDate`. */
function elementName(slot: string): string {
  return slot.replace(/^_/, '').replace(/[[.:].*$/s, '');
}

function elementOf(patient: SourcePatient, slot: string, elementId: string): MergedElement {
  const source = patient.state.sources[slot];
  if (source === undefined) throw new TypeError(`no source of ${slot}`);
  return { element: elementName(slot), elementId, recordId: patient.state.id, source };
}

function mergeIdentifiers(patients: readonly SourcePatient[]): { values: Json[]; elements: MergedElement[] } {
  const found = new Map<string, { value: Json; element: MergedElement; isOld: boolean }>();
  for (const patient of patients) {
    for (const slot of Object.keys(patient.state.slots).sort()) {
      if (elementName(slot) !== 'identifier') continue;
      for (const value of listOf(patient.state.slots[slot])) {
        const isOld = isRetired(patient, value);
        const key = canonicalJson([member(value, 'system'), member(value, 'value')]);
        const held = found.get(key);
        // The same number of two records is listed once, as the record says for which it is not an old one.
        if (held !== undefined && (isOld || !held.isOld)) continue;
        const elementId = idOf(patient, 'identifier', key);
        found.set(key, {
          value: withMembers(value, { id: elementId, ...(isOld && { use: 'old' }) }),
          element: elementOf(patient, slot, elementId),
          isOld,
        });
      }
    }
  }
  const all = [...found.values()];
  return { values: all.map(({ value }) => value), elements: all.map(({ element }) => element) };
}

function isRetired({ isAliased, number }: SourcePatient, identifier: Json): boolean {
  if (!isAliased || number === undefined) return isAliased;
  return member(identifier, 'system') === number.system && member(identifier, 'value') === number.value;
}

/** Takes one slot over, giving an `id` to each of its values. */
function take(
  patient: SourcePatient,
  slot: string,
  into: { slots: Record<string, Json>; elements: MergedElement[] },
): void {
  const value = patient.state.slots[slot] ?? null;
  const give = (one: Json, key: string): Json => {
    const id = idOf(patient, slot, key);
    into.elements.push(elementOf(patient, slot, id));
    return withMembers(one, { id });
  };
  const base = slot.replace(/^_/, '');
  // Said together with the primitive that it is about.
  if (base !== slot && patient.state.slots[base] !== undefined) return;
  if (Array.isArray(value)) into.slots[slot] = value.map((one: Json, at) => give(one, String(at)));
  else if (isObject(value)) into.slots[slot] = give(value, '');
  else {
    into.slots[slot] = value;
    // FHIR JSON §2.6.2: a primitive carries its id beside itself.
    into.slots[`_${slot}`] = give(patient.state.slots[`_${slot}`] ?? {}, '');
  }
}

function idOf(patient: SourcePatient, slot: string, key: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([patient.state.id, slot, key]))
    .digest();
  return `${elementName(slot)}-${base32(digest.subarray(0, 10))}`;
}

type JsonObject = Readonly<Record<string, Json | undefined>>;

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function member(value: Json, name: string): Json {
  return isObject(value) ? (value[name] ?? null) : null;
}

function withMembers(value: Json, members: JsonObject): Json {
  return isObject(value) ? { ...value, ...members } : value;
}

function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
}
