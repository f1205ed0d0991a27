import { createHmac } from 'node:crypto';

const nothing = new Uint8Array(0);

/** HMAC-SHA-256 (RFC 2104) over a text in UTF-8 and bytes behind it. */
export function keyedHash(key: Uint8Array, text: string, bytes: Uint8Array = nothing): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').update(bytes).digest();
}
