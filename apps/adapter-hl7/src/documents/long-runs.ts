import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Delimiters, readHeader, standardDelimiters } from '@anamnesis/hl7v2';

/** Byte offsets, `end` excluded. */
export interface Run {
  readonly start: number;
  readonly end: number;
}

/** An MSH is not longer. */
const headBytes = 16 * 1024;
const windowBytes = 64 * 1024;
/** Looked through between two turns of the event loop. */
const windowsAtOnce = 16;

/**
 * Stretches of at least `bytesMin` bytes without a separator or line end, in order: each may be a whole large value. Looks
 * at a place or two of every `bytesMin`, and lets others work meanwhile, so that a large message holds nobody up.
 */
export async function longRuns(bytes: Uint8Array, bytesMin: number): Promise<readonly Run[]> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const codes = separatorsOf(buffer);
  const isSeparator = new Uint8Array(256);
  for (const code of codes) isSeparator[code] = 1;
  const step = Math.floor(bytesMin / 2);
  const runs: Run[] = [];
  // A run of that length has a byte at one of these places, and begins less than a step before it.
  for (let at = step; at < buffer.length; at += step) {
    if (isSeparator[buffer[at] ?? 0] === 1) continue;
    let start = at;
    while (start > 0 && at - start <= step && isSeparator[buffer[start - 1] ?? 0] !== 1) start--;
    const end = await runEnd(buffer, at, codes);
    if (end - start >= bytesMin) runs.push({ start, end });
    at = Math.max(at, end);
  }
  return runs;
}

async function runEnd(buffer: Buffer, from: number, codes: readonly number[]): Promise<number> {
  for (let at = from, windows = 1; at < buffer.length; at += windowBytes, windows++) {
    const window = buffer.subarray(at, at + windowBytes);
    const found = codes.map((code) => window.indexOf(code)).filter((place) => place >= 0);
    if (found.length > 0) return at + Math.min(...found);
    if (windows % windowsAtOnce === 0) await nextTurn();
  }
  return buffer.length;
}

function separatorsOf(buffer: Buffer): readonly number[] {
  const delimiters: Delimiters = readHeader(buffer.subarray(0, headBytes))?.wire?.delimiters ?? standardDelimiters;
  const { field, component, repetition, subcomponent = '' } = delimiters;
  return [...Buffer.from(`\r\n${field}${component}${repetition}${subcomponent}`, 'latin1')];
}
