import { createHash, type Hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** As text it is a small object to the collector; a multiple of four (base64) and of two (hexadecimal). */
export const sliceBytes = 64 * 1024;
/** Between two turns of the event loop. */
const slicesAtOnce = 16;

/** The bytes in slices that share their memory. */
export function* slicesOf(bytes: Uint8Array): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += sliceBytes)
    yield Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.min(sliceBytes, bytes.length - at));
}

/** Items one after the other, with the event loop's turn in between. */
export async function* slowly<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  let count = 0;
  for (const item of items) {
    if (++count % slicesAtOnce === 0) await nextTurn();
    yield item;
  }
}

/** SHA-256 of bytes that may be many. */
export async function digestSlowly(bytes: Uint8Array): Promise<Buffer> {
  const hash = createHash('sha256');
  if (bytes.length <= sliceBytes) return hash.update(bytes).digest();
  await eachSlice(slicesOf(bytes), [hash]);
  return hash.digest();
}

/** Hands every piece to every hash; resolves to the number of bytes. */
export async function eachSlice(pieces: Iterable<Uint8Array>, hashes: readonly Hash[]): Promise<number> {
  let sizeBytes = 0;
  for await (const piece of slowly(pieces)) {
    for (const hash of hashes) hash.update(piece);
    sizeBytes += piece.length;
  }
  return sizeBytes;
}
