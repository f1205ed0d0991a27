import { createHash } from 'node:crypto';

export interface BlockHeader {
  readonly number: number;
  readonly previousHash: Uint8Array;
  readonly dataHash: Uint8Array;
}

export function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** DER of SEQUENCE { INTEGER number, OCTET STRING previousHash, OCTET STRING dataHash }: what a block's hash and signatures cover. */
export function headerBytes({ number, previousHash, dataHash }: BlockHeader): Buffer {
  return tagged(
    0x30,
    Buffer.concat([tagged(0x02, integer(number)), tagged(0x04, previousHash), tagged(0x04, dataHash)]),
  );
}

export function blockHash(header: BlockHeader): Buffer {
  return sha256(headerBytes(header));
}

/** Every part is shorter than 128 bytes: a length is one byte. */
function tagged(tag: number, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(tag, body.length), body]);
}

function integer(value: number): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  // A high first bit would make it negative.
  return (bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
}
