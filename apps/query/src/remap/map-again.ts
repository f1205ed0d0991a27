import { canonicalJson, type Json, type Mapped, type ReceivedEvent, type Statement } from '@anamnesis/core';
import { type MappedEvent, mapMessage, type MappingContext } from '@anamnesis/fhir';
import { type Message, MessageError, parseMessage } from '@anamnesis/hl7v2';

/** A certified event with the bytes that it was mapped from. */
export interface StoredEvent {
  readonly event: ReceivedEvent;
  readonly raw: Uint8Array;
}

/**
 * What the event says when its message is mapped now, in this context. Undefined when it would be another event than the one
 * that was signed, or speak of other resources or times than `before` does: a table gives codes a meaning and nothing else,
 * and whatever else changed since (the source's zone or authorities) is not for it to apply.
 */
export function mapAgain(
  { event, raw }: StoredEvent,
  before: readonly Statement[],
  context: MappingContext,
): Mapped | undefined {
  // Nothing was mapped at intake: there was no mapping, or what it said was too large for the bus.
  if (event.resources.name === 'unmapped') return undefined;
  const message = readAs(raw, event.raw.charset);
  const again = message && mapMessage(message, context)[event.ordinal];
  if (again === undefined || !isSameEvent(event, again)) return undefined;
  return speaksOfAll(before, again.resources.statements) ? again.resources : undefined;
}

/** Decoded as at intake. */
function readAs(raw: Uint8Array, charset: string): Message | undefined {
  const read = (options = {}) => {
    const message = parseMessage(raw, options);
    return message.charset.name === charset ? message : undefined;
  };
  try {
    return read() ?? read({ charsetDefault: charset, charsetPolicy: 'force' });
  } catch (problem) {
    // A name that is no set of ours, or a message that this version does not read.
    if (problem instanceof MessageError || problem instanceof RangeError) return undefined;
    throw problem;
  }
}

/** What the source signed of it beside the bytes. Patients are told apart by subject and merges. */
function isSameEvent(event: ReceivedEvent, again: MappedEvent): boolean {
  return signedPart(event) === signedPart(again);
}

function signedPart({ type, subject, identity, occurredAt }: MappedEvent | ReceivedEvent): string {
  const parts = { type, subject, merges: identity?.merges, occurredAt };
  return canonicalJson(JSON.parse(JSON.stringify(parts)) as Json);
}

function speaksOfAll(before: readonly Statement[], again: readonly Statement[]): boolean {
  const names = new Set(again.map(nameOf));
  return before.every((one) => names.has(nameOf(one)));
}

function nameOf({ resourceType, id, statedAt }: Statement): string {
  return `${resourceType}/${id} ${statedAt}`;
}
