import { createHmac, hkdfSync } from 'node:crypto';
import type { EventId } from './event-id.js';

/** Bytes of a record secret, a leaf key and a leaf. */
export const secretBytes = 32;

/**
 * Key that opens the commitment of one event and of no other: HKDF-SHA-256 (RFC 5869) of the patient record's secret,
 * bound to the event id. Without the secret nobody can derive it, which is what erasure relies on.
 */
export function leafKey(recordSecret: Uint8Array, id: EventId): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', recordSecret, new Uint8Array(0), `anamnesis/leaf/v1/${id}`, secretBytes));
}

/**
 * The commitment to one event: HMAC-SHA-256 under its leaf key over the event id (ASCII) and the SHA-256 of the raw
 * bytes. Repeatable for a redelivery; meaningless to whoever does not hold the leaf key.
 */
export function commitment(key: Uint8Array, id: EventId, rawDigest: Uint8Array): Uint8Array {
  return createHmac('sha256', key).update(id, 'ascii').update(rawDigest).digest();
}
