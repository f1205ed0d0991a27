import { type LocalCode, RecentResults } from '@anamnesis/core';
import type { CodeableConcept, Decimal, Reference } from '../fhir-types.js';
import type { Slots } from './slots.js';

/** Whatever is in them was sent by one source: its codes, units and ranges, and who works there. Nobody may change it. */
export interface RecentReadings {
  readonly concepts: RecentResults<ReadCode<CodeableConcept>>;
  readonly units: RecentResults<ReadCode<Unit>>;
  readonly bounds: RecentResults<Bounds>;
  readonly practitioners: RecentResults<ReadPractitioner>;
}

export interface ReadCode<Value> {
  readonly value: Value;
  /** Reported with each message that has the code. */
  readonly local: readonly LocalCode[];
}

/** Of a Quantity. */
export type Unit = { readonly unit?: string; readonly system?: string; readonly code?: string };

/** Of a reference range. */
export interface Bounds {
  readonly low?: Decimal | undefined;
  readonly high?: Decimal | undefined;
}

export interface ReadPractitioner {
  readonly reference: Reference;
  /** Absent: no Practitioner of its own. */
  readonly stated?: { readonly id: string; readonly slots: Slots };
}

/** Of each kind, and of each source. */
const rememberedMax = 2000;
/** What is longer is a text, and seldom comes again. */
const lengthMax = 200;

export function recentReadings(): RecentReadings {
  return {
    concepts: new RecentResults(rememberedMax),
    units: new RecentResults(rememberedMax),
    bounds: new RecentResults(rememberedMax),
    practitioners: new RecentResults(rememberedMax),
  };
}

/** Under what a reading is remembered: what stands there, and where. Undefined: it is not. */
export function readingKey(plain: string | undefined, place: string): string | undefined {
  return plain === undefined || plain.length > lengthMax ? undefined : `${place} ${plain}`;
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
