import { createHash, type Hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** What is worked on between two turns of the event loop; a multiple of four (base64) and of two (hexadecimal). */
export const sliceBytes = 1024 * 1024;

/** The bytes in slices that share their memory. */
export function* slicesOf(bytes: Uint8Array): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += sliceBytes)
    yield Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.min(sliceBytes, bytes.length - at));
}

/** SHA-256 of bytes that may be many: others get their turn in between. */
export async function digestSlowly(bytes: Uint8Array): Promise<Buffer> {
  const hash = createHash('sha256');
  await eachSlice(slicesOf(bytes), [hash]);
  return hash.digest();
}

/** Hands every piece to every hash; resolves to the number of bytes. */
export async function eachSlice(pieces: Iterable<Uint8Array>, hashes: readonly Hash[]): Promise<number> {
  let sizeBytes = 0;
  for (const piece of pieces) {
    if (sizeBytes > 0) await nextTurn();
    for (const hash of hashes) hash.update(piece);
    sizeBytes += piece.length;
  }
  return sizeBytes;
}
