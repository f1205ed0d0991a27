import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';

const nonceBytes = 12;
const tagBytes = 16;
/** First byte of a sealed value: format 1 = AES-256-GCM, 96-bit random nonce, 128-bit tag, tag last. */
const format = 1;

/**
 * Encrypts and authenticates `plain` under a 256-bit key (AES-256-GCM, NIST SP 800-38D). `context` is authenticated with
 * it: a value moved to another row no longer opens.
 */
export function seal(key: Uint8Array, plain: Uint8Array, context: string): Uint8Array {
  const nonce = freshNonce();
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(context, 'utf8'));
  return Buffer.concat([Uint8Array.of(format), nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** The system is asked for many at once: asking costs a third of sealing a row. */
const nonces = Buffer.alloc(nonceBytes * 256);
let usedBytes = nonces.length;

/** Holds until the next call. */
function freshNonce(): Buffer {
  if (usedBytes === nonces.length) {
    randomFillSync(nonces);
    usedBytes = 0;
  }
  usedBytes += nonceBytes;
  return nonces.subarray(usedBytes - nonceBytes, usedBytes);
}

/** The inverse. Throws when key, context or any byte is not the sealed one. */
export function unseal(key: Uint8Array, sealed: Uint8Array, context: string): Uint8Array {
  if (sealed[0] !== format || sealed.length < 1 + nonceBytes + tagBytes) throw new Error('not a sealed value');
  const tagAt = sealed.length - tagBytes;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + nonceBytes));
  decipher.setAAD(Buffer.from(context, 'utf8'));
  decipher.setAuthTag(sealed.subarray(tagAt));
  return Buffer.concat([decipher.update(sealed.subarray(1 + nonceBytes, tagAt)), decipher.final()]);
}
