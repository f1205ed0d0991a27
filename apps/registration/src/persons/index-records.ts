import { type PatientIdentifier, type ReceivedEvent, recordKey as keyOf, type RecordReference } from '@anamnesis/core';
import { PatientRecord, RecordIdentifier } from '@anamnesis/store';
import { In } from 'typeorm';
import { insertPlain } from '../outbox/insert-plain.js';
import type { Turn } from '../outbox/turn.js';
import type { Registration } from '../registration.js';
import type { IndexedEvent } from './indexed-event.js';
import { indexNumbers } from './index-numbers.js';
import { isSameClaim, type RecordRow, takeClaim } from './take-claim.js';
import { linkClaimed, type RecordLink } from './link-claimed.js';
import { linkRecords } from './link-records.js';
import { mergeRecords, type RecordMerge } from './merge-records.js';
import { saidAt } from './said-at.js';

const identifierLengthMax = 255;
const keysPerStatement = 200;

/**
 * Takes what certified events claim of their patients into the person index: records, their numbers, merges (of visits
 * and accounts too), links. Resolves to the ordinals of the records that the events are about.
 */
export async function indexRecords(
  registration: Registration,
  turn: Turn,
  events: readonly IndexedEvent[],
): Promise<ReadonlyMap<string, number>> {
  const { deploymentKey } = registration.keys;
  const named = events.filter(({ event }) => event.subject !== undefined);
  const merges = new Map(named.map((one) => [one, mergesOf(deploymentKey, one.event)]));
  const links = new Map(named.map((one) => [one, linksOf(deploymentKey, one.event)]));
  const ends = new Map(named.map((one) => [one, referencesOf(merges.get(one) ?? [], links.get(one) ?? [])]));
  const keys = named.flatMap((one) => [one.recordKey, ...(ends.get(one) ?? []).map(({ recordKey }) => recordKey)]);
  const before = await load(turn, keys);
  const { records, newsOf } = takeClaims(turn, before, { named, ends });
  await write(turn, before, records);
  for (const [recordKey, eventId] of await addIdentifiers(turn, named)) newsOf.set(recordKey, eventId);
  for (const one of named) {
    await mergeRecords(turn, deploymentKey, merges.get(one) ?? []);
    await linkClaimed(registration, turn, links.get(one) ?? []);
  }
  await indexNumbers(turn, deploymentKey, named);
  const linkable = await registration.cache.linkable(turn);
  const recordKeys = [...newsOf.keys()];
  await linkRecords(registration, turn, { linkable, recordKeys, eventOf: (key) => newsOf.get(key) });
  return new Map([...records.values()].map((row) => [row.recordKey, row.ordinal]));
}

type Records = ReadonlyMap<string, RecordRow>;

interface Claimants {
  readonly named: readonly IndexedEvent[];
  /** Records that an event names beside its own. */
  readonly ends: ReadonlyMap<IndexedEvent, readonly RecordReference[]>;
}

/** The records after these events, new ones among them, and which event brought the latest news of which. */
function takeClaims(
  turn: Turn,
  before: Records,
  { named, ends }: Claimants,
): { records: Records; newsOf: Map<string, string> } {
  const records = new Map(before);
  const newsOf = new Map<string, string>();
  for (const one of named) {
    for (const reference of [{ ...subjectOf(one), recordKey: one.recordKey }, ...(ends.get(one) ?? [])])
      if (!records.has(reference.recordKey)) records.set(reference.recordKey, freshRecord(turn, reference, one));
    const known = records.get(one.recordKey);
    if (known === undefined) continue;
    const claimed = takeClaim(known, one.event);
    if (!before.has(one.recordKey) || !isSameClaim(known, claimed)) newsOf.set(one.recordKey, one.event.id);
    records.set(one.recordKey, claimed);
  }
  return { records, newsOf };
}

async function load(turn: Turn, keys: readonly string[]): Promise<Records> {
  const wanted = [...new Set(keys)];
  const rows: PatientRecord[] = [];
  for (let from = 0; from < wanted.length; from += keysPerStatement) {
    const some = In(wanted.slice(from, from + keysPerStatement));
    rows.push(...(await turn.manager.findBy(PatientRecord, { recordKey: some })));
  }
  return new Map(rows.map((row) => [row.recordKey, row]));
}

function subjectOf({ event }: IndexedEvent) {
  if (event.subject === undefined) throw new TypeError('an event without subject');
  return event.subject;
}

function mergesOf(deploymentKey: Uint8Array, event: ReceivedEvent): readonly RecordMerge[] {
  const { id, identity } = event;
  const reference = referenceBy(deploymentKey);
  return (identity?.merges ?? [])
    .filter((merge) =>
      [merge.survivor.value, merge.retired.value].every((value) => value.length <= identifierLengthMax),
    )
    .map(({ survivor, retired }) => ({
      kind: 'merge',
      survivor: reference(survivor),
      retired: reference(retired),
      saidAt: saidAt(event),
      eventId: id,
    }));
}

function linksOf(deploymentKey: Uint8Array, event: ReceivedEvent): readonly RecordLink[] {
  const { id, identity, source } = event;
  const reference = referenceBy(deploymentKey);
  return (identity?.links ?? [])
    .filter((link) => [link.first.value, link.second.value].every((value) => value.length <= identifierLengthMax))
    .map(({ first, second, isLinked }) => ({
      first: reference(first),
      second: reference(second),
      isLinked,
      saidAt: saidAt(event),
      eventId: id,
      facility: source.facility,
    }));
}

function referenceBy(deploymentKey: Uint8Array) {
  return ({ system, value }: PatientIdentifier): RecordReference => ({
    system,
    value,
    recordKey: keyOf(deploymentKey, { system, value }),
  });
}

function referencesOf(merges: readonly RecordMerge[], links: readonly RecordLink[]): readonly RecordReference[] {
  return [
    ...merges.flatMap(({ survivor, retired }) => [survivor, retired]),
    ...links.flatMap(({ first, second }) => [first, second]),
  ];
}

function freshRecord(turn: Turn, reference: RecordReference, { event, appendedAt }: IndexedEvent): RecordRow {
  const { recordKey, system, value } = reference;
  const person = { birthDate: null, familyName: null, givenName: null, sex: null, formerNames: null };
  const state = { isDeceased: false, deceasedSince: null, claimedAt: null, lastActivityAt: appendedAt };
  const { facility } = event.source;
  return { recordKey, ordinal: turn.nextOrdinal(), system, value, facility, ...person, ...state };
}

async function write(turn: Turn, before: Records, records: Records): Promise<void> {
  const rows = [...records.values()];
  await insertPlain(
    turn.manager,
    PatientRecord,
    rows.filter(({ recordKey }) => !before.has(recordKey)),
  );
  const known = rows.filter(({ recordKey }) => before.has(recordKey));
  for (const row of known) {
    const { recordKey, ordinal, ...changes } = row;
    const old = before.get(recordKey);
    if (old !== undefined && !isSameClaim(old, row)) await turn.manager.update(PatientRecord, { recordKey }, changes);
  }
  for (let from = 0; from < known.length; from += keysPerStatement) {
    const some = In(known.slice(from, from + keysPerStatement).map(({ recordKey }) => recordKey));
    await turn.manager.update(PatientRecord, { recordKey: some }, { lastActivityAt: turn.at });
  }
}

/** Keeps the numbers that are new for their record. Resolves to these records, with the event that brought them. */
async function addIdentifiers(
  turn: Turn,
  events: readonly IndexedEvent[],
): Promise<readonly (readonly [string, string])[]> {
  const claimed = new Map<string, RecordIdentifier & { readonly eventId: string }>();
  for (const { event, recordKey } of events)
    for (const { system, value } of [...(event.subject ? [event.subject] : []), ...(event.identity?.identifiers ?? [])])
      if (value !== '' && value.length <= identifierLengthMax)
        claimed.set(JSON.stringify([recordKey, system, value]), { recordKey, system, value, eventId: event.id });
  const recordKeys = [...new Set([...claimed.values()].map(({ recordKey }) => recordKey))];
  for (let from = 0; from < recordKeys.length; from += keysPerStatement) {
    const some = In(recordKeys.slice(from, from + keysPerStatement));
    for (const { recordKey, system, value } of await turn.manager.findBy(RecordIdentifier, { recordKey: some }))
      claimed.delete(JSON.stringify([recordKey, system, value]));
  }
  const fresh = [...claimed.values()];
  await insertPlain(
    turn.manager,
    RecordIdentifier,
    fresh.map(({ recordKey, system, value }) => ({ recordKey, system, value })),
  );
  return fresh.map(({ recordKey, eventId }) => [recordKey, eventId] as const);
}
