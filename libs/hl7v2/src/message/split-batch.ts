import { bufferOf } from '../text/text-codec.js';
import { BatchCounter, type BatchMark, markOf } from './batch-counter.js';
import { lineEndFinder } from './line-ends.js';
import type { ErrorCondition } from './message-error.js';

export interface Batch {
  /** One piece of the received bytes for each MSH, in order. */
  readonly messages: readonly Uint8Array[];
  /** The same, by batch: what stands between BHS and BTS, or where those are missing, outside of them. */
  readonly groups: readonly BatchGroup[];
  /** FHS as received, without its end; absent without one. */
  readonly fileHeader?: Uint8Array;
  /** Any of FHS, BHS, BTS, FTS was there. */
  readonly isBatch: boolean;
  /** BTS-1 or FTS-1 that disagree with what was counted: the batch is refused as a whole, not single messages. */
  readonly problems: readonly ErrorCondition[];
  /** Bytes before the first of these segments, blank ones not counted. */
  readonly skippedBytes: number;
}

export interface BatchGroup {
  /** BHS as received, without its end; absent without one. */
  readonly header?: Uint8Array;
  /** How many messages, in the order of `messages`. */
  readonly count: number;
}

interface MarkedLine {
  readonly mark: BatchMark;
  readonly start: number;
  readonly end: number;
}

/** Cuts `[FHS]{[BHS]{messages}[BTS]}[FTS]`, or several messages without batch segments, at every line that begins with MSH. */
export function splitBatch(bytes: Uint8Array): Batch {
  const buffer = bufferOf(bytes);
  const lines = markedLines(buffer);
  const messages = lines.flatMap(({ mark, start }, at) =>
    mark === 'MSH' ? [bytes.subarray(start, lines[at + 1]?.start ?? bytes.length)] : [],
  );
  const first = lines[0]?.start ?? buffer.length;
  const file = lines.find(({ mark }) => mark === 'FHS');
  return {
    messages,
    groups: groupsOf(bytes, lines),
    ...(file !== undefined && { fileHeader: bytes.subarray(file.start, file.end) }),
    isBatch: lines.some(({ mark }) => mark !== 'MSH'),
    problems: wrongCounts(buffer, lines),
    skippedBytes: buffer.subarray(0, first).filter((byte) => byte > 0x20).length,
  };
}

function groupsOf(bytes: Uint8Array, lines: readonly MarkedLine[]): readonly BatchGroup[] {
  const groups: { header?: Uint8Array; count: number }[] = [];
  let isOpen = false;
  for (const { mark, start, end } of lines) {
    if (mark === 'BHS') groups.push({ header: bytes.subarray(start, end), count: 0 });
    else if (!isOpen && (mark === 'MSH' || mark === 'BTS')) groups.push({ count: 0 });
    const group = groups.at(-1);
    if (mark === 'MSH' && group !== undefined) group.count++;
    if (mark !== 'FHS') isOpen = mark === 'BHS' || mark === 'MSH';
  }
  return groups;
}

function markedLines(buffer: Buffer): readonly MarkedLine[] {
  const lines: MarkedLine[] = [];
  let start = buffer.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 3 : 0;
  const lineEnd = lineEndFinder(buffer);
  while (start < buffer.length) {
    const found = lineEnd(start);
    const end = found < 0 ? buffer.length : found;
    const mark = markOf(buffer.subarray(start, Math.min(end, start + 4)));
    if (mark !== undefined) lines.push({ mark, start, end });
    start = end + 1;
  }
  return lines;
}

function wrongCounts(buffer: Buffer, lines: readonly MarkedLine[]): readonly ErrorCondition[] {
  const counter = new BatchCounter();
  return lines.flatMap(({ mark, start, end }) => counter.take(mark, buffer.subarray(start, end)) ?? []);
}
