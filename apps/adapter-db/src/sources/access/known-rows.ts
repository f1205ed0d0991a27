/** Base64url characters of a hash: 128 bits and four more. */
export const hashLength = 22;
const recordLength = 3 * hashLength;
/** In place of a hash that is not there. */
const none = ' '.repeat(hashLength);
/** Leading characters of a key that are compared as one number, the most that a number holds exactly. */
const prefixLength = 6;

/** Hashes of one row of the accepted snapshot: of its key, of the row, and of what it was before that. */
export type KnownHashes = readonly [key: string, hash: string, previous: string | null];

/** Behind each other, as `KnownRows` finds them: 66 bytes a row, and nothing to copy when they go to another thread. */
export function packKnown(rows: readonly KnownHashes[]): Uint8Array<ArrayBuffer> {
  const packed = new Uint8Array(rows.length * recordLength);
  const bytes = Buffer.from(packed.buffer);
  for (const [at, [key, hash, previous]] of rows.entries())
    bytes.write(key + hash + (previous ?? none), at * recordLength, 'latin1');
  return packed;
}

/** The rows of a table in the accepted snapshot, packed in the order of their keys' hashes. */
export class KnownRows {
  readonly count: number;
  readonly #bytes: Buffer;
  readonly #wanted = Buffer.alloc(hashLength);

  constructor(packed: Uint8Array<ArrayBuffer>) {
    this.#bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
    this.count = packed.length / recordLength;
  }

  /** Its number, from 0; undefined: it was not there. */
  find(key: string): number | undefined {
    this.#wanted.write(key, 'latin1');
    const prefix = this.#wanted.readUIntBE(0, prefixLength);
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#prefix(middle) < prefix) low = middle + 1;
      else high = middle;
    }
    for (; low < this.count && this.#prefix(low) === prefix; low++) if (this.key(low) === key) return low;
    return undefined;
  }

  key(row: number): string {
    return this.#text(row, 0);
  }

  hash(row: number): string {
    return this.#text(row, 1);
  }

  previous(row: number): string | null {
    const text = this.#text(row, 2);
    return text === none ? null : text;
  }

  #prefix(row: number): number {
    return this.#bytes.readUIntBE(row * recordLength, prefixLength);
  }

  #text(row: number, part: number): string {
    const at = row * recordLength + part * hashLength;
    return this.#bytes.toString('latin1', at, at + hashLength);
  }
}
