import type { Brand } from './brand.js';
import { Rejected } from './errors.js';
import { keyedName } from './keyed-hash.js';

/** Identity of one clinical event: 32 characters of base32 (RFC 4648 §6, lower case). Reveals nothing of the message. */
export type EventId = Brand<string, 'EventId'>;

export interface EventIdParts {
  readonly facility: string;
  readonly application: string;
  readonly messageId: string;
  /** Digest of the bytes as received. */
  readonly rawDigest: Uint8Array;
  /** Position of the event inside its message, from 0. */
  readonly ordinal: number;
}

/** The same parts under the same deployment key give the same id, so that a resend makes no second event. */
export function eventId(deploymentKey: Uint8Array, parts: EventIdParts): EventId {
  const { facility, application, messageId, ordinal, rawDigest } = parts;
  const named = JSON.stringify(['event', facility, application, messageId, ordinal]);
  return keyedName(deploymentKey, named, rawDigest) as EventId;
}

/** Reads an id from outside. Throws `Rejected('invalid-event')`. */
export function parseEventId(text: unknown): EventId {
  if (typeof text !== 'string' || !/^[a-z2-7]{32}$/.test(text)) throw new Rejected('invalid-event', 'not an event id');
  return text as EventId;
}
