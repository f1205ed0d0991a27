import { createHmac } from 'node:crypto';
import { base32 } from './base32.js';

const nothing = new Uint8Array(0);
const nameBytes = 20;

/** HMAC-SHA-256 (RFC 2104) over a text in UTF-8 and bytes behind it. */
export function keyedHash(key: Uint8Array, text: string, bytes: Uint8Array = nothing): Buffer {
  return hmacOf(key, text, bytes).digest();
}

/** Its first 160 bits as 32 characters of base32. The digest comes as a text: bytes of its own would cost half as much again. */
export function keyedName(key: Uint8Array, text: string, bytes: Uint8Array = nothing): string {
  const digest = hmacOf(key, text, bytes).digest('binary');
  return base32(Buffer.from(digest.slice(0, nameBytes), 'latin1'));
}

function hmacOf(key: Uint8Array, text: string, bytes: Uint8Array) {
  const hmac = createHmac('sha256', key).update(text, 'utf8');
  return bytes.length === 0 ? hmac : hmac.update(bytes);
}
