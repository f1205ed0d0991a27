import { decodeIn, type Iso2022State, switches } from './iso-2022-sets.js';

/**
 * ISO 2022 as HL7 uses it (MSH-18 `~ISO IR87`, `8859/1~ISO IR144` and the like): sets switched by ESC sequences, back to where
 * it began at the start of every line. `high` is what bytes from 0x80 are before any switch.
 */
const escape = 0x1b;
const sequenceMax = 3;

interface Run {
  readonly state: Iso2022State;
  readonly start: number;
  readonly end: number;
}

/** Strict: undefined when a byte means nothing. */
export function decodeIso2022(buffer: Buffer, high: string): string | undefined {
  const first: Iso2022State = { low: 'ascii', high };
  if (!buffer.includes(escape)) return decodeIn(first, buffer);
  let text = '';
  for (const run of runsOf(buffer, first)) {
    const part = decodeIn(run.state, buffer.subarray(run.start, run.end));
    if (part === undefined) return undefined;
    text += part;
  }
  return text;
}

/** A copy for finding delimiters in: ESC sequences and the Japanese characters between them are 0xFF. */
export function maskIso2022(buffer: Buffer): Uint8Array {
  const masked = new Uint8Array(buffer);
  let done = 0;
  for (const run of runsOf(buffer, { low: 'ascii', high: 'kana' })) {
    masked.fill(0xff, done, run.start);
    if (run.state.low === 'kana' || run.state.low === 'jis208' || run.state.low === 'jis212') maskRun(masked, run);
    done = run.end;
  }
  return masked.fill(0xff, done);
}

function maskRun(masked: Uint8Array, run: Run): void {
  // Half-width katakana end at 0x5F: what is above is a delimiter of a sender that did not switch back.
  const last = run.state.low === 'kana' ? 0x5f : 0x7e;
  for (let at = run.start; at < run.end; at++) {
    const byte = masked[at] ?? 0;
    if (byte > 0x20 && byte <= last) masked[at] = 0xff;
  }
}

function* runsOf(buffer: Buffer, first: Iso2022State): Generator<Run> {
  let state = first;
  let start = 0;
  for (let at = 0; at < buffer.length; at++) {
    const byte = buffer[at];
    if (byte === escape) {
      if (at > start) yield { state, start, end: at };
      const found = switchAt(buffer, at);
      state = { ...state, ...found.change };
      start = at + found.size;
      at = start - 1;
    } else if ((byte === 0x0d || byte === 0x0a) && state !== first) {
      if (at > start) yield { state, start, end: at };
      state = first;
      start = at;
    }
  }
  if (buffer.length > start) yield { state, start, end: buffer.length };
}

function switchAt(buffer: Buffer, at: number): { readonly change: Partial<Iso2022State>; readonly size: number } {
  for (let length = 2; length <= sequenceMax; length++) {
    const change = switches.get(buffer.toString('latin1', at + 1, at + 1 + length));
    if (change !== undefined) return { change, size: 1 + length };
  }
  return { change: { low: 'unknown' }, size: 1 };
}
