import { type Json, type LocalCode, RecentResults } from '@anamnesis/core';
import type { CodeableConcept, Reference } from '../fhir-types.js';
import type { Slots } from './slots.js';

/** Whatever is in them was sent by one source: its codes, units and ranges, and who works there. Nobody may change it. */
export interface RecentReadings {
  readonly concepts: RecentResults<ReadCode<CodeableConcept>>;
  readonly units: RecentResults<ReadCode<Unit>>;
  readonly ranges: RecentResults<ReadCode<Json>>;
  readonly practitioners: RecentResults<ReadPractitioner>;
}

export interface ReadCode<Value> {
  readonly value: Value;
  /** Reported with each message that has the code. */
  readonly local: readonly LocalCode[];
}

/** Of a Quantity. */
export type Unit = { readonly unit?: string; readonly system?: string; readonly code?: string };

export interface ReadPractitioner {
  readonly reference: Reference;
  /** Absent: no Practitioner of its own. */
  readonly stated?: { readonly id: string; readonly slots: Slots };
}

/** Of each kind, and of each source. */
const rememberedMax = 2000;
/** What is longer is a text, and seldom comes again. */
const lengthMax = 240;

export function recentReadings(): RecentReadings {
  return {
    concepts: new RecentResults(rememberedMax),
    units: new RecentResults(rememberedMax),
    ranges: new RecentResults(rememberedMax),
    practitioners: new RecentResults(rememberedMax),
  };
}

/**
 * Under what a reading is remembered: where it stands, and what stands there. Undefined: it is not. A part of `place` that was
 * sent has its length before it, so that no two readings have one key.
 */
export function readingKey(plain: string | undefined, place: string): string | undefined {
  return plain === undefined || place.length + plain.length > lengthMax ? undefined : `${place} ${plain}`;
}

interface Reading<Value> {
  readonly recent: RecentResults<Value> | undefined;
  readonly key: string | undefined;
  readonly read: () => Value | undefined;
  /** What is to be remembered, no text of it a part of the message; undefined: nothing. */
  readonly lasting: (value: Value) => Value | undefined;
}

/** What was read before, else what is read now. */
export function readOnce<Value>({ recent, key, read, lasting }: Reading<Value>): Value | undefined {
  if (recent === undefined || key === undefined) return read();
  const known = recent.find(key);
  if (known !== undefined) return known;
  const value = read();
  const kept = value === undefined ? undefined : lasting(value);
  if (kept !== undefined) recent.keep(key, kept);
  return value;
}

/** The same, none of its texts a part of the message that it was read in: that would be kept with it. */
export function detachedCopy<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}
