import { blockEnd, carriageReturn, endBlock, startBlock } from './frame-bytes.js';

export type FrameEvent =
  /** One complete block: the bytes between `0x0B` and `0x1C 0x0D`, untouched, a copy of their own. */
  | { readonly kind: 'frame'; readonly bytes: Uint8Array }
  /** Bytes skipped between blocks, once per run, when the next block starts. */
  | { readonly kind: 'noise'; readonly sizeBytes: number }
  /** The end of a block over the limit was reached; `head` is its beginning, so that the MSH can be read. */
  | { readonly kind: 'too-large'; readonly head: Uint8Array; readonly sizeBytes: number };

const headBytes = 8 * 1024;
const firstCapacityBytes = 4 * 1024;
const keptCapacityBytes = 64 * 1024;
/** A block that grows over this gets room for the largest at once: what is not written takes no memory, and copies of it would. */
const largeBytes = 8 * 1024 * 1024;
/** Of the memory that a block was read into: with less in it, a copy is smaller. */
const fullShare = 0.75;

/**
 * Bytes of one connection in, blocks out (F1-F6). However the stream is cut into chunks, the events are the same. Work is
 * linear in the bytes received; memory is at most twice `frameBytesMax`, and nothing is kept between blocks.
 *
 * A block ends on `0x1C 0x0D` alone (F2). A `0x0B` inside it is data, also when it is really the start of the next block
 * because the sender never ended this one: the two then arrive as one block, which does not parse. The idle timeout of the
 * connection, not a guess about its bytes, is what drops a block that never ends.
 */
export class FrameDecoder {
  readonly #frameBytesMax: number;
  #isInside = false;
  #held: Buffer = Buffer.alloc(0);
  #heldBytes = 0;
  /** Bytes of the present block so far, kept or not, a trailing `0x1C` included. */
  #sizeBytes = 0;
  #endsWithEndBlock = false;
  #runBytes = 0;
  #noiseBytes = 0;

  constructor(options: { readonly frameBytesMax: number }) {
    this.#frameBytesMax = options.frameBytesMax;
  }

  get isInsideFrame(): boolean {
    return this.#isInside;
  }

  /** Of the unfinished block, held in memory. */
  get bufferedBytes(): number {
    return this.#heldBytes;
  }

  /** Skipped outside of blocks since the beginning, the present run included. */
  get noiseBytes(): number {
    return this.#noiseBytes;
  }

  /** What became complete with this chunk, in order. The chunk may be reused afterwards. */
  push(chunk: Uint8Array): readonly FrameEvent[] {
    const events: FrameEvent[] = [];
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let at = 0;
    while (at < bytes.length) at = this.#isInside ? this.#readBlock(bytes, at, events) : this.#skip(bytes, at, events);
    return events;
  }

  #skip(bytes: Buffer, at: number, events: FrameEvent[]): number {
    const start = bytes.indexOf(startBlock, at);
    const skipped = (start < 0 ? bytes.length : start) - at;
    this.#runBytes += skipped;
    this.#noiseBytes += skipped;
    if (start < 0) return bytes.length;
    if (this.#runBytes > 0) events.push({ kind: 'noise', sizeBytes: this.#runBytes });
    this.#runBytes = 0;
    this.#isInside = true;
    return start + 1;
  }

  #readBlock(bytes: Buffer, at: number, events: FrameEvent[]): number {
    if (this.#endsWithEndBlock && bytes[at] === carriageReturn) {
      events.push(this.#finish(1));
      return at + 1;
    }
    const end = bytes.indexOf(blockEnd, at);
    this.#hold(bytes.subarray(at, end < 0 ? bytes.length : end));
    if (end < 0) return bytes.length;
    events.push(this.#finish(0));
    return end + blockEnd.length;
  }

  #hold(part: Buffer): void {
    if (part.length === 0) return;
    this.#sizeBytes += part.length;
    this.#endsWithEndBlock = part.at(-1) === endBlock;
    // One byte more than allowed may be held, because a last 0x1C may turn out to be the end instead of data.
    const isOver = this.#sizeBytes > this.#frameBytesMax + 1;
    const wanted = Math.min(this.#sizeBytes, isOver ? headBytes : this.#frameBytesMax + 1);
    if (isOver && this.#heldBytes > headBytes) this.#shrinkToHead();
    if (wanted <= this.#heldBytes) return;
    this.#grow(wanted);
    part.copy(this.#held, this.#heldBytes, 0, wanted - this.#heldBytes);
    this.#heldBytes = wanted;
  }

  #grow(wanted: number): void {
    if (wanted <= this.#held.length) return;
    const isLarge = wanted > largeBytes;
    const next = isLarge ? this.#frameBytesMax + 1 : Math.min(wanted * 2, this.#frameBytesMax + 1);
    const capacity = Math.max(firstCapacityBytes, next, wanted);
    const grown = Buffer.allocUnsafeSlow(capacity);
    this.#held.copy(grown, 0, 0, this.#heldBytes);
    this.#held = grown;
  }

  #shrinkToHead(): void {
    this.#held = Buffer.from(this.#held.subarray(0, headBytes));
    this.#heldBytes = headBytes;
  }

  #finish(endBytes: number): FrameEvent {
    const sizeBytes = this.#sizeBytes - endBytes;
    const isOver = sizeBytes > this.#frameBytesMax;
    const bytes = this.#handOver(Math.min(this.#heldBytes, sizeBytes, isOver ? headBytes : sizeBytes));
    this.#isInside = false;
    this.#heldBytes = 0;
    this.#sizeBytes = 0;
    this.#endsWithEndBlock = false;
    return isOver ? { kind: 'too-large', head: bytes, sizeBytes } : { kind: 'frame', bytes };
  }

  /** A large block gets the memory that it was read into, unless much of that is empty; a small one a copy. */
  #handOver(sizeBytes: number): Uint8Array {
    const held = this.#held;
    if (held.length > keptCapacityBytes) this.#held = Buffer.alloc(0);
    const isFull = held.length > keptCapacityBytes && sizeBytes > held.length * fullShare;
    return isFull ? held.subarray(0, sizeBytes) : new Uint8Array(held.subarray(0, sizeBytes));
  }
}
