import { isAscii } from 'node:buffer';
import { canonicalCharset } from '../text/canonical-charset.js';
import { textCodec } from '../text/text-codec.js';

const maskedSets = ['iso-2022-jp', 'shift_jis', 'big5', 'gb18030'];
const byteOrderMark = [0xef, 0xbb, 0xbf];

/** Where content begins: a BOM and white space before it do not count (C7). */
export function contentStart(buffer: Buffer): {
  readonly at: number;
  readonly hadMark: boolean;
  readonly hadSpace: boolean;
} {
  const hadMark = byteOrderMark.every((byte, at) => buffer[at] === byte);
  const from = hadMark ? byteOrderMark.length : 0;
  let at = from;
  while (isSpace(buffer[at])) at++;
  return { at, hadMark, hadSpace: at > from };
}

export function isMsh(buffer: Buffer, at: number): boolean {
  return buffer[at] === 0x4d && buffer[at + 1] === 0x53 && buffer[at + 2] === 0x48;
}

/** First line break at or after `at`, or the end. */
export function lineEnd(buffer: Buffer, at: number): number {
  let end = at;
  while (end < buffer.length && buffer[end] !== 0x0d && buffer[end] !== 0x0a) end++;
  return end;
}

/**
 * MSH-18 as written, found before the charset is known (C3). A set whose characters may contain the separator counts when
 * MSH-18, found under that very set, names it; else MSH-18 is where the raw bytes say.
 */
export function declaredCharset(buffer: Buffer, at: number, separator: string): string {
  const line = buffer.subarray(at, lineEnd(buffer, at));
  const code = separator.charCodeAt(0);
  if (!isAscii(line) || line.includes(0x1b)) {
    for (const name of maskedSets) {
      const declared = fieldText(line, textCodec(name).mask?.(line) ?? line, { code, n: 18 });
      if (declared.split(/[^\w /-]/).some((one) => canonicalCharset(one) === name)) return declared;
    }
  }
  return fieldText(line, line, { code, n: 18 });
}

/** MSH-20 as written: how alternates of MSH-18 are switched to. */
export function declaredSwitching(buffer: Buffer, at: number, separator: string): string {
  const line = buffer.subarray(at, lineEnd(buffer, at));
  return fieldText(line, line, { code: separator.charCodeAt(0), n: 20 });
}

function fieldText(
  line: Buffer,
  structure: Uint8Array,
  { code, n: field }: { readonly code: number; readonly n: number },
): string {
  // The separator is MSH-1 itself, so that the seventeenth stands before MSH-18.
  let [start, n] = [0, 1];
  for (; n < field && start < structure.length; start++) if (structure[start] === code) n++;
  if (n < field) return '';
  let end = start;
  while (end < structure.length && structure[end] !== code) end++;
  return line.toString('latin1', start, end).trim();
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === 0x0a;
}
