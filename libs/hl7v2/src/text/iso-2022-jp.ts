import { isAscii } from 'node:buffer';
import iconv from 'iconv-lite';

/**
 * ISO 2022 as HL7 uses it for Japanese (MSH-18 `~ISO IR87` and the like): 7-bit, sets switched by ESC sequences, ASCII at the
 * start of every line. JIS X 0208 and 0212 are EUC-JP with the high bits off, so EUC-JP's table serves.
 */
type CodeSet = 'ascii' | 'roman' | 'kana' | 'jis208' | 'jis212' | 'unknown';

const escape = 0x1b;
const switches: readonly (readonly [sequence: string, set: CodeSet])[] = [
  ['(B', 'ascii'],
  ['(J', 'roman'],
  ['(I', 'kana'],
  ['$B', 'jis208'],
  ['$@', 'jis208'],
  ['$(B', 'jis208'],
  ['$(@', 'jis208'],
  ['&@', 'unknown'], // announces the 1990 edition; its own switch follows
  ['$(D', 'jis212'],
];

interface Run {
  readonly set: CodeSet;
  readonly start: number;
  readonly end: number;
}

/** Strict: undefined when a byte means nothing. The range starts in ASCII. */
export function decodeIso2022(buffer: Buffer, start: number, end: number): string | undefined {
  if (!buffer.subarray(start, end).includes(escape)) return decodeRun(buffer, { set: 'ascii', start, end });
  let text = '';
  for (const run of runsOf(buffer, start, end)) {
    const part = decodeRun(buffer, run);
    if (part === undefined) return undefined;
    text += part;
  }
  return text;
}

/** A copy for finding delimiters in: ESC sequences and the Japanese characters between them are 0xFF. */
export function maskIso2022(buffer: Buffer): Uint8Array {
  const masked = new Uint8Array(buffer);
  let done = 0;
  for (const run of runsOf(buffer, 0, buffer.length)) {
    masked.fill(0xff, done, run.start);
    if (run.set === 'kana' || run.set === 'jis208' || run.set === 'jis212') maskRun(masked, run);
    done = run.end;
  }
  return masked.fill(0xff, done);
}

function maskRun(masked: Uint8Array, run: Run): void {
  // Half-width katakana end at 0x5F: what is above is a delimiter of a sender that did not switch back.
  const last = run.set === 'kana' ? 0x5f : 0x7e;
  for (let at = run.start; at < run.end; at++) {
    const byte = masked[at] ?? 0;
    if (byte > 0x20 && byte <= last) masked[at] = 0xff;
  }
}

function* runsOf(buffer: Buffer, from: number, to: number): Generator<Run> {
  let set: CodeSet = 'ascii';
  let start = from;
  for (let at = from; at < to; at++) {
    const byte = buffer[at];
    if (byte === escape) {
      if (at > start) yield { set, start, end: at };
      const found = switchAt(buffer, at, to);
      set = found.set ?? set;
      start = at + found.size;
      at = start - 1;
    } else if ((byte === 0x0d || byte === 0x0a) && set !== 'ascii') {
      if (at > start) yield { set, start, end: at };
      set = 'ascii';
      start = at;
    }
  }
  if (to > start) yield { set, start, end: to };
}

function switchAt(
  buffer: Buffer,
  at: number,
  to: number,
): { readonly set: CodeSet | undefined; readonly size: number } {
  for (const [sequence, set] of switches) {
    const end = at + 1 + sequence.length;
    if (end > to || buffer.toString('latin1', at + 1, end) !== sequence) continue;
    return { set: set === 'unknown' ? undefined : set, size: 1 + sequence.length };
  }
  return { set: 'unknown', size: 1 };
}

function decodeRun(buffer: Buffer, run: Run): string | undefined {
  switch (run.set) {
    case 'ascii':
    case 'roman':
      return decodeSingle(buffer.subarray(run.start, run.end), run.set);
    case 'kana':
      return decodeKana(buffer.subarray(run.start, run.end));
    case 'jis208':
      return decodeDouble(buffer.subarray(run.start, run.end), []);
    case 'jis212':
      return decodeDouble(buffer.subarray(run.start, run.end), [0x8f]);
    case 'unknown':
      return undefined;
  }
}

function decodeSingle(bytes: Buffer, set: 'ascii' | 'roman'): string | undefined {
  if (!isAscii(bytes)) return decodeKana(bytes);
  const text = bytes.toString('latin1');
  return set === 'ascii' ? text : text.replaceAll('\\', '\u00A5').replaceAll('~', '\u203E');
}

/** 7-bit katakana after `ESC ( I`, or the 8-bit ones of ISO IR13 among ASCII. */
function decodeKana(bytes: Buffer): string | undefined {
  const isSevenBit = isAscii(bytes);
  let text = '';
  for (const byte of bytes) {
    const place = isSevenBit ? byte - 0x21 : byte - 0xa1;
    if (place >= 0 && place <= 0x3e) text += String.fromCharCode(0xff61 + place);
    else if (byte <= 0x20 || (!isSevenBit && byte < 0x7f)) text += String.fromCharCode(byte);
    else return undefined;
  }
  return text;
}

function decodeDouble(bytes: Buffer, prefix: readonly number[]): string | undefined {
  const wide = Buffer.alloc(bytes.length + Math.ceil(bytes.length / 2));
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte <= 0x20) {
      wide[length++] = byte;
      continue;
    }
    const next = bytes[++at] ?? 0;
    if (byte > 0x7e || next < 0x21 || next > 0x7e) return undefined;
    for (const one of prefix) wide[length++] = one;
    wide[length++] = byte | 0x80;
    wide[length++] = next | 0x80;
  }
  const text = iconv.decode(wide.subarray(0, length), 'euc-jp');
  return text.includes('\uFFFD') ? undefined : text;
}

/** Strict: undefined when no set has a character. Ends in ASCII. */
export function encodeIso2022(text: string): Uint8Array | undefined {
  const bytes: number[] = [];
  let active: CodeSet = 'ascii';
  for (const character of text) {
    const found = encodeCharacter(character);
    if (found === undefined) return undefined;
    if (found.set !== active) bytes.push(...sequenceOf(found.set));
    active = found.set;
    bytes.push(...found.bytes);
  }
  if (active !== 'ascii') bytes.push(...sequenceOf('ascii'));
  return Uint8Array.from(bytes);
}

function encodeCharacter(character: string): { readonly set: CodeSet; readonly bytes: readonly number[] } | undefined {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return { set: 'ascii', bytes: [code] };
  if (code === 0xa5) return { set: 'roman', bytes: [0x5c] };
  if (code === 0x203e) return { set: 'roman', bytes: [0x7e] };
  const wide = iconv.encode(character, 'euc-jp');
  if (iconv.decode(wide, 'euc-jp') !== character) return undefined;
  const low = [...wide].map((byte) => byte & 0x7f);
  if (wide[0] === 0x8e) return { set: 'kana', bytes: low.slice(1) };
  return wide[0] === 0x8f ? { set: 'jis212', bytes: low.slice(1) } : { set: 'jis208', bytes: low };
}

function sequenceOf(set: CodeSet): readonly number[] {
  const sequence = switches.find(([, one]) => one === set)?.[0] ?? '';
  return [escape, ...Buffer.from(sequence, 'latin1')];
}
