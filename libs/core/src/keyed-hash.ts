import { hash } from 'node:crypto';

const blockBytes = 64;
const digestBytes = 32;
/** Of text and bytes that fit into the memory that is kept for it. */
const keptBytes = 4096;

interface Pads {
  /** The inner pad, and behind it room for what is hashed. */
  readonly inner: Buffer;
  /** The outer pad, and behind it the inner hash. */
  readonly outer: Buffer;
}

/**
 * HMAC-SHA-256 (RFC 2104) over a text in UTF-8 and bytes behind it. Of two one-shot hashes: `createHmac` makes an object
 * outside the heap each time, which costs more than what it hashes, and a row event has six of them.
 */
export function keyedHash(key: Uint8Array, text: string, bytes: Uint8Array = nothing): Buffer {
  const { inner, outer } = padsOf(key);
  outer.write(hash('sha256', filled(inner, text, bytes), 'hex'), blockBytes, 'hex');
  return Buffer.from(hash('sha256', outer, 'hex'), 'hex');
}

const nothing = new Uint8Array(0);

function filled(inner: Buffer, text: string, bytes: Uint8Array): Uint8Array {
  // A code unit is three bytes of UTF-8 at most.
  if (text.length * 3 + bytes.length > keptBytes)
    return Buffer.concat([inner.subarray(0, blockBytes), Buffer.from(text, 'utf8'), bytes]);
  const end = blockBytes + inner.write(text, blockBytes, 'utf8');
  inner.set(bytes, end);
  return inner.subarray(0, end + bytes.length);
}

const known = new WeakMap<Uint8Array, Pads>();

function padsOf(key: Uint8Array): Pads {
  let pads = known.get(key);
  if (pads === undefined) known.set(key, (pads = makePads(key)));
  return pads;
}

function makePads(key: Uint8Array): Pads {
  const short = key.length > blockBytes ? Buffer.from(hash('sha256', key, 'hex'), 'hex') : key;
  const padded = Buffer.concat([short], blockBytes);
  const inner = Buffer.alloc(blockBytes + keptBytes);
  const outer = Buffer.alloc(blockBytes + digestBytes);
  inner.set(padded.map((byte) => byte ^ 0x36));
  outer.set(padded.map((byte) => byte ^ 0x5c));
  return { inner, outer };
}
