import { createHash } from 'node:crypto';
import {
  canonicalJson,
  carriedDigest,
  type Corrections,
  type Json,
  type Mapped,
  type ReceivedEvent,
  type Statement,
} from '@anamnesis/core';
import { mapMeant, type MappedEvent, type MappingContext } from '@anamnesis/fhir';
import { parseAgain } from '@anamnesis/hl7v2';
import { differInCodes } from './differ-in-codes.js';

/** A certified event with the bytes that it was mapped from. */
export interface StoredEvent {
  readonly event: ReceivedEvent;
  readonly raw: Uint8Array;
}

/** As its source is read now. */
export interface Reading {
  readonly context: MappingContext;
  /** The corrections file that is switched on. */
  readonly corrections: Corrections | undefined;
}

/**
 * What the event says when its message is mapped now, by this reading. Undefined when it would be another event than the one
 * that was signed. By the mapping that `before` was made by nothing may differ but codes: whatever else changed since (the
 * source's zone, authorities or corrections) is not for a table to apply. A later mapping may say more, but of the resources in `before`
 * it has to speak still, and for the same times.
 */
export function mapAgain({ event, raw }: StoredEvent, before: Mapped, reading: Reading): Mapped | undefined {
  // Nothing was mapped at intake: there was no mapping, or what it said was too large for the bus.
  if (event.resources.name === 'unmapped') return undefined;
  // Only what the source signed is its word.
  if (createHash('sha256').update(raw).digest('hex') !== carriedDigest(event)) return undefined;
  const message = parseAgain(raw, event.raw);
  const again = message && mapMeant(message, reading.context, reading.corrections).events[event.ordinal];
  if (again === undefined || !isSameEvent(event, again)) return undefined;
  return mayFollow(before, again.resources) ? again.resources : undefined;
}

/** What the source signed of it beside the bytes. Patients are told apart by subject and merges. */
function isSameEvent(event: ReceivedEvent, again: MappedEvent): boolean {
  return signedPart(event) === signedPart(again);
}

function signedPart({ type, subject, identity, occurredAt }: MappedEvent | ReceivedEvent): string {
  const parts = { type, subject, merges: identity?.merges, occurredAt };
  return canonicalJson(JSON.parse(JSON.stringify(parts)) as Json);
}

function mayFollow(before: Mapped, again: Mapped): boolean {
  const isSameMapping = before.name === again.name && before.version === again.version;
  return (isSameMapping ? differInCodes : speaksOfAll)(before.statements, again.statements);
}

function speaksOfAll(before: readonly Statement[], again: readonly Statement[]): boolean {
  const names = new Set(again.map(nameOf));
  return before.every((one) => names.has(nameOf(one)));
}

function nameOf({ resourceType, id, statedAt }: Statement): string {
  return `${resourceType}/${id} ${statedAt}`;
}
