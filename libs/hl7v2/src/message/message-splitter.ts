import { type BatchMark, markOf } from './batch-counter.js';
import { lineEndFinder } from './line-ends.js';

/** What a stream of messages is made of, in order. */
export type StreamPiece =
  /** From an MSH to the next mark, its bytes as they came. */
  | { readonly kind: 'message'; readonly bytes: Uint8Array }
  /** Over the limit: only its beginning was kept. */
  | { readonly kind: 'too-large'; readonly head: Uint8Array; readonly sizeBytes: number }
  | { readonly kind: 'mark'; readonly mark: Exclude<BatchMark, 'MSH'>; readonly line: Uint8Array }
  /** Bytes that belong to nothing, blank ones not counted. */
  | { readonly kind: 'skipped'; readonly sizeBytes: number };

const [startBlock, endBlock, carriageReturn, lineFeed] = [0x0b, 0x1c, 0x0d, 0x0a];
const headBytes = 4096;
const longLineBytes = 256 * 1024;
/** At the beginning and at the end of a line: a byte order mark and a name, the end of a block and of a line. */
const lookedAtBytes = 16;

/**
 * Cuts a stream of any length into its messages at every segment that starts `MSH`, with or without batch segments, MLLP
 * framing or a byte order mark. Holds one message at a time, never more than `bytesMax` of it.
 */
export class MessageSplitter {
  #line: Buffer[] = [];
  #lineBytes = 0;
  /** Parts of the message that is being read; undefined outside of one. */
  #message: Buffer[] | undefined;
  #messageBytes = 0;
  #skippedBytes = 0;

  constructor(private readonly bytesMax: number) {}

  /** What became complete with this chunk. The chunk may be reused afterwards. */
  push(chunk: Uint8Array): readonly StreamPiece[] {
    const pieces: StreamPiece[] = [];
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const lineEnd = lineEndFinder(bytes);
    for (let at = 0; at < bytes.length;) {
      const end = lineEnd(at);
      this.#hold(bytes.subarray(at, end < 0 ? bytes.length : end + 1));
      if (end < 0) break;
      this.#endLine(pieces);
      at = end + 1;
    }
    return pieces;
  }

  /** The last pieces: a stream need not end with a line. */
  end(): readonly StreamPiece[] {
    const pieces: StreamPiece[] = [];
    if (this.#lineBytes > 0) this.#endLine(pieces);
    this.#flush(pieces);
    return pieces;
  }

  #hold(part: Buffer): void {
    const kept = Math.max(0, Math.min(part.length, this.bytesMax + headBytes - this.#lineBytes));
    if (kept > 0) this.#line.push(Buffer.from(part.subarray(0, kept)));
    this.#lineBytes += part.length;
  }

  #endLine(pieces: StreamPiece[]): void {
    const line = framingOff(partsOf(this.#line, this.#lineBytes));
    const lineBytes = sizeOf(line.parts);
    const overBytes = this.#lineBytes - lineBytes - line.framingBytes;
    this.#line = [];
    this.#lineBytes = 0;
    const mark = markOf(line.parts[0].subarray(0, 4));
    if (mark !== undefined || line.startsBlock) this.#flush(pieces);
    if (mark === 'MSH') this.#message = [];
    if (mark !== undefined && mark !== 'MSH')
      pieces.push({ kind: 'mark', mark, line: withoutEnd(Buffer.concat(line.parts)) });
    else this.#take(line.parts, lineBytes + overBytes);
    if (line.endsBlock) this.#flush(pieces);
  }

  #take(parts: readonly Buffer[], lineBytes: number): void {
    if (this.#message === undefined) {
      const blanks = parts.reduce((sum, part) => sum + part.filter((byte) => byte <= 0x20).length, 0);
      this.#skippedBytes += lineBytes - blanks;
      return;
    }
    if (this.#messageBytes <= this.bytesMax) for (const part of parts) this.#message.push(part);
    this.#messageBytes += lineBytes;
  }

  #flush(pieces: StreamPiece[]): void {
    if (this.#skippedBytes > 0) pieces.push({ kind: 'skipped', sizeBytes: this.#skippedBytes });
    this.#skippedBytes = 0;
    const [parts, sizeBytes] = [this.#message, this.#messageBytes];
    this.#message = undefined;
    this.#messageBytes = 0;
    if (parts === undefined) return;
    const bytes = Buffer.concat(parts);
    // A small one may lie in a pool that others share; a large one has memory of its own and is not copied again.
    if (sizeBytes <= this.bytesMax)
      pieces.push({ kind: 'message', bytes: bytes.length < Buffer.poolSize ? new Uint8Array(bytes) : bytes });
    else pieces.push({ kind: 'too-large', head: new Uint8Array(bytes.subarray(0, headBytes)), sizeBytes });
  }
}

/** At least one, and the first and the last of several hold all that is looked at in a line. */
type Parts = readonly [Buffer, ...Buffer[]];

interface Line {
  readonly parts: Parts;
  readonly startsBlock: boolean;
  readonly endsBlock: boolean;
  readonly framingBytes: number;
}

/** A line in one piece; a very long one in the pieces that it came in, because copies of it would take their time. */
function partsOf(pieces: readonly Buffer[], lineBytes: number): Parts {
  if (lineBytes <= longLineBytes) return [Buffer.concat(pieces)];
  const [front, back] = [countOf(pieces), countOf(pieces.toReversed())];
  if (front + back > pieces.length) return [Buffer.concat(pieces)];
  const tail = Buffer.concat(pieces.slice(-back));
  return [Buffer.concat(pieces.slice(0, front)), ...pieces.slice(front, -back), tail];
}

/** How many pieces have the bytes that are looked at. */
function countOf(pieces: readonly Buffer[]): number {
  let [count, bytes] = [0, 0];
  while (bytes < lookedAtBytes && count < pieces.length) bytes += pieces[count++]?.length ?? 0;
  return count;
}

/** Without what MLLP or a byte order mark puts around a line of a captured stream. */
function framingOff(parts: Parts): Line {
  const [first, ...others] = parts;
  const startsBlock = first[0] === startBlock;
  const hasMark = first[0] === 0xef && first[1] === 0xbb && first[2] === 0xbf;
  const from = startsBlock ? 1 : hasMark ? 3 : 0;
  const last = others.at(-1) ?? first;
  const end = withoutEnd(last).length;
  const endsBlock = last[end - 1] === endBlock;
  const to = endsBlock ? end - 1 : last.length;
  const cut: Parts =
    others.length === 0
      ? [first.subarray(from, Math.max(from, to))]
      : [first.subarray(from), ...others.slice(0, -1), last.subarray(0, to)];
  return { parts: cut, startsBlock, endsBlock, framingBytes: sizeOf(parts) - sizeOf(cut) };
}

function sizeOf(parts: readonly Buffer[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

function withoutEnd(line: Buffer): Buffer {
  const last = line.at(-1);
  return last === carriageReturn || last === lineFeed ? line.subarray(0, -1) : line;
}
