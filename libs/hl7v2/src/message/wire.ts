import { isAscii } from 'node:buffer';
import type { Charset } from '../text/charset.js';
import { decodeSwitched } from '../text/decode-switched.js';
import { textCodec, type TextCodec } from '../text/text-codec.js';
import { unescapeText, type EscapeProblem } from '../text/unescape-text.js';
import type { Delimiters } from './delimiters.js';
import type { Detached } from './message.js';
import { nextSeparator, type Range } from './pieces.js';

/** Codes of the delimiters; -1 for one that the message does not have. */
export interface Codes {
  readonly field: number;
  readonly component: number;
  readonly repetition: number;
  readonly escape: number;
  readonly subcomponent: number;
  readonly truncation: number;
}

/** A message this small is decoded at once: its texts are then parts of one string. A larger one would be held twice. */
const wholeTextBytesMax = 256 * 1024;

/** The bytes of a message with what it takes to find and read parts of them. Shared by all its views. */
export class Wire {
  readonly codes: Codes;
  /** As `buffer`, for finding delimiters in: offsets are the same, parts of multi-byte characters are blanked. */
  readonly structure: Uint8Array;
  readonly isAscii: boolean;
  readonly #codec: TextCodec;
  readonly #isSwitching: boolean;
  /** All of the bytes as text, one character a byte; only of a small message in plain ASCII. */
  readonly #whole: string | undefined;
  /** The same, where no text can hold an escape sequence: the one escape character there is stands in MSH-2. */
  readonly #unescaped: string | undefined;
  readonly #isUsual: boolean;
  /** Values that were taken out of the bytes, by where they belong. */
  #detached: ReadonlyMap<number, Detached> | undefined;

  constructor(
    readonly buffer: Buffer,
    readonly delimiters: Delimiters,
    readonly charset: Charset,
  ) {
    this.#codec = textCodec(charset.name);
    this.structure = this.#codec.mask?.(buffer) ?? buffer;
    this.isAscii = this.#codec.mask === undefined && isAscii(buffer);
    this.#whole = this.isAscii && buffer.length <= wholeTextBytesMax ? buffer.toString('latin1') : undefined;
    // The delimiters in MSH-1 and MSH-2 have none themselves.
    this.#isSwitching = charset.isSwitching === true && delimiters.escape !== undefined;
    this.codes = {
      field: codeOf(delimiters.field),
      component: codeOf(delimiters.component),
      repetition: codeOf(delimiters.repetition),
      escape: codeOf(delimiters.escape),
      subcomponent: codeOf(delimiters.subcomponent),
      truncation: codeOf(delimiters.truncation),
    };
    const isUnescaped = !this.#isSwitching && hasOneAtMost(buffer, this.codes.escape);
    this.#unescaped = isUnescaped ? this.#whole : undefined;
    this.#isUsual = isUsual(delimiters);
  }

  /** To be told before the first view is used. */
  takeDetached(all: readonly Detached[]): void {
    if (all.length > 0) this.#detached = new Map(all.map((one) => [one.at, one]));
  }

  /** What was taken out of this very range, which is empty then. */
  detached({ start, end }: Range): Detached | undefined {
    return start === end ? this.#detached?.get(start) : undefined;
  }

  hasDetached({ start, end }: Range): boolean {
    if (this.#detached === undefined) return false;
    for (const at of this.#detached.keys()) if (at >= start && at <= end) return true;
    return false;
  }

  /** Undefined when a byte means nothing in the charset. */
  decode(range: Range): string | undefined {
    if (this.#whole !== undefined) return this.#whole.slice(range.start, range.end);
    return this.isAscii
      ? this.buffer.toString('latin1', range.start, range.end)
      : this.#codec.decode(this.buffer, range.start, range.end);
  }

  /** Unescaped; '' when undecodable or `""`, which is never data (N6). */
  text(range: Range, isFormatted = false): string {
    if (range.start >= range.end || this.isNull(range)) return '';
    if (this.#unescaped !== undefined && !isFormatted) return this.#unescaped.slice(range.start, range.end);
    return this.#read(range, isFormatted);
  }

  #read(range: Range, isFormatted: boolean): string {
    if (this.#isSwitching) return this.#switched(range, isFormatted) ?? '';
    const text = this.decode(range);
    if (text === undefined) return '';
    const { escape } = this.delimiters;
    if (!isFormatted && (escape === undefined || !text.includes(escape))) return text;
    return unescapeText(text, this.delimiters, { isFormatted, charset: this.charset.name });
  }

  /** See `Repetition.plain`. */
  plain(range: Range): string | undefined {
    return this.#isUsual ? this.#unescaped?.slice(range.start, range.end) : undefined;
  }

  /** Reports what `text` would keep literally. */
  problems(range: Range, onProblem: (problem: EscapeProblem) => void): void {
    if (this.#isSwitching) {
      this.#switched(range, false, onProblem);
      return;
    }
    unescapeText(this.decode(range) ?? '', this.delimiters, { charset: this.charset.name, onProblem });
  }

  isNull(range: Range): boolean {
    return range.end - range.start === 2 && this.buffer[range.start] === 0x22 && this.buffer[range.start + 1] === 0x22;
  }

  isDecodable(range: Range): boolean {
    if (this.#isSwitching) return this.#isSwitchedDecodable(range);
    return this.isAscii || this.decode(range) !== undefined;
  }

  isTruncated(range: Range): boolean {
    return range.end > range.start && this.structure[range.end - 1] === this.codes.truncation;
  }

  bytes(range: Range): Uint8Array {
    return this.buffer.subarray(range.start, range.end);
  }

  #switched(range: Range, isFormatted: boolean, onProblem?: (problem: EscapeProblem) => void): string | undefined {
    const options = { isFormatted, charset: this.charset.name, ...(onProblem === undefined ? {} : { onProblem }) };
    return decodeSwitched(this.buffer.subarray(range.start, range.end), this.delimiters, options);
  }

  // Piece by piece: each begins in the set of the message.
  #isSwitchedDecodable(range: Range): boolean {
    for (let start = range.start; start <= range.end;) {
      const end = nextSeparator(this, { start, end: range.end });
      if (this.#switched({ start, end }, false) === undefined) return false;
      start = end + 1;
    }
    return true;
  }
}

function isUsual({ component, repetition, subcomponent }: Delimiters): boolean {
  return component === '^' && repetition === '~' && subcomponent === '&';
}

function hasOneAtMost(buffer: Buffer, code: number): boolean {
  return code < 0 || buffer.indexOf(code, buffer.indexOf(code) + 1) < 0;
}

function codeOf(character: string | undefined): number {
  return character === undefined || character === '' ? -1 : character.charCodeAt(0);
}
