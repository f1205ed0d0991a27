import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { seal, unseal } from '@anamnesis/core';
import { ContentFault } from './content-fault.js';

/** First bytes of an object: format 1. */
const magic = Buffer.from('ANC1', 'latin1');
const keyBytes = 32;
/** As `seal` makes it: format, nonce, key, tag. */
const wrappedBytes = 1 + 12 + keyBytes + 16;
const tagBytes = 16;
const nonceBytes = 12;
/** Plain bytes of every chunk but the last; a multiple of three, so that a chunk alone reads as base64. */
export const chunkBytes = 768 * 1024;

export const headBytes = magic.length + wrappedBytes;

/** Bytes of the sealed form of so many plain ones; no content is one empty chunk. */
export function sealedSize(plainBytes: number): number {
  return headBytes + plainBytes + tagBytes * Math.max(1, Math.ceil(plainBytes / chunkBytes));
}

/**
 * Seals one object, chunk by chunk: AES-256-GCM (NIST SP 800-38D) under a random key of its own. The nonce is the number
 * of the chunk with a mark on the last one, so that chunks cannot be moved, left out or cut off. The key is wrapped under a
 * key that needs the KEK and the digest: who forgets the digest can open the object no more.
 */
export class ObjectSealer {
  readonly #key = randomBytes(keyBytes);
  readonly head: Buffer;
  #number = 0;

  constructor(
    kek: Uint8Array,
    digest: string,
    private readonly name: string,
  ) {
    const wrapped = seal(wrappingKey(kek, digest), this.#key, contextOf(name));
    this.head = Buffer.concat([magic, wrapped]);
  }

  /** In the parts that it is written as. */
  chunk(plain: Uint8Array, isLast: boolean): readonly Buffer[] {
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonceOf(this.#number++, isLast));
    cipher.setAAD(Buffer.from(contextOf(this.name), 'utf8'));
    const sealed = cipher.update(plain);
    cipher.final();
    return [sealed, cipher.getAuthTag()];
  }
}

/** The inverse. Throws `ContentFault('altered')` for what was not sealed so. */
export class ObjectOpener {
  readonly #key: Uint8Array;
  #number = 0;

  constructor(
    kek: Uint8Array,
    digest: string,
    private readonly object: { readonly name: string; readonly head: Uint8Array },
  ) {
    const { name, head } = object;
    this.#key = orAltered(() => {
      if (!magic.equals(head.subarray(0, magic.length))) throw new Error('another format');
      return unseal(wrappingKey(kek, digest), head.subarray(magic.length), contextOf(name));
    });
  }

  chunk(sealed: Uint8Array, isLast: boolean): Buffer {
    return orAltered(() => {
      const tagAt = sealed.length - tagBytes;
      const decipher = createDecipheriv('aes-256-gcm', this.#key, nonceOf(this.#number++, isLast));
      decipher.setAAD(Buffer.from(contextOf(this.object.name), 'utf8'));
      decipher.setAuthTag(sealed.subarray(tagAt));
      return Buffer.concat([decipher.update(sealed.subarray(0, tagAt)), decipher.final()]);
    });
  }
}

export const sealedChunkBytes = chunkBytes + tagBytes;

function orAltered<Result>(open: () => Result): Result {
  try {
    return open();
  } catch {
    throw new ContentFault('altered');
  }
}

function wrappingKey(kek: Uint8Array, digest: string): Uint8Array {
  return createHmac('sha256', kek).update(`content/${digest}`).digest();
}

function contextOf(name: string): string {
  return `content/${name}`;
}

function nonceOf(number: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(nonceBytes);
  nonce.writeUInt8(isLast ? 1 : 0, 0);
  nonce.writeUInt32BE(number, nonceBytes - 4);
  return nonce;
}
