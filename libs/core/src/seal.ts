import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';

const nonceBytes = 12;
const tagBytes = 16;
/** First byte of a sealed value: format 1 = AES-256-GCM, 96-bit random nonce, 128-bit tag, tag last. */
const format = 1;
const formatByte = Uint8Array.of(format);

const noncesAtOnce = 1024;
const nonces = new Uint8Array(noncesAtOnce * nonceBytes);
let noncesUsed = noncesAtOnce;

/**
 * Encrypts and authenticates `plain` under a 256-bit key (AES-256-GCM, NIST SP 800-38D). `context` is authenticated with
 * it: a value moved to another row no longer opens.
 */
export function seal(key: Uint8Array, plain: Uint8Array, context: string): Uint8Array {
  const nonce = nextNonce();
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(context, 'utf8'));
  return Buffer.concat([formatByte, nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Each used once. Asked for by the thousand: a call for twelve bytes costs a third of the sealing. */
function nextNonce(): Uint8Array {
  if (noncesUsed === noncesAtOnce) {
    randomFillSync(nonces);
    noncesUsed = 0;
  }
  const at = nonceBytes * noncesUsed++;
  return nonces.subarray(at, at + nonceBytes);
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
