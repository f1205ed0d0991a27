import { createHmac } from 'node:crypto';
import type { EventId } from './event-id.js';

/** Bytes of a record secret, a leaf key and a leaf. */
export const secretBytes = 32;

/** RFC 5869 section 2.2: without a salt, as many zeros as the hash is long. */
const noSalt = new Uint8Array(secretBytes);
/** RFC 5869 section 2.3: behind the first block of the output, which is all of it here. */
const firstBlock = Uint8Array.of(1);

/**
 * Key that opens the commitment of one event and of no other: HKDF-SHA-256 (RFC 5869) of the patient record's secret,
 * bound to the event id. Without the secret nobody can derive it, which is what erasure relies on. Extract and expand
 * are an HMAC each: OpenSSL's own HKDF takes several times as long for one block.
 */
export function leafKey(recordSecret: Uint8Array, id: EventId): Uint8Array {
  const pseudorandomKey = createHmac('sha256', noSalt).update(recordSecret).digest();
  return createHmac('sha256', pseudorandomKey).update(`anamnesis/leaf/v1/${id}`, 'utf8').update(firstBlock).digest();
}

/**
 * The commitment to one event: HMAC-SHA-256 under its leaf key over the event id (ASCII) and the SHA-256 of the raw
 * bytes. Repeatable for a redelivery; meaningless to whoever does not hold the leaf key.
 */
export function commitment(key: Uint8Array, id: EventId, rawDigest: Uint8Array): Uint8Array {
  return createHmac('sha256', key).update(id, 'ascii').update(rawDigest).digest();
}
