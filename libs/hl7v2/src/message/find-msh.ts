const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** Where content begins: a BOM and white space before it do not count (C7). */
export function contentStart(buffer: Buffer): {
  readonly at: number;
  readonly hadMark: boolean;
  readonly hadSpace: boolean;
} {
  const hadMark = buffer.subarray(0, byteOrderMark.length).equals(byteOrderMark);
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

/** MSH-18 as written, found before the charset is known: on the raw bytes (C3). */
export function declaredCharset(buffer: Buffer, at: number, separator: string): string {
  const code = separator.charCodeAt(0);
  const end = lineEnd(buffer, at);
  let field = 0;
  for (let place = at; place < end; place++) {
    if (buffer[place] !== code || ++field < 17) continue;
    const stop = buffer.subarray(0, end).indexOf(code, place + 1);
    return buffer.toString('latin1', place + 1, stop < 0 ? end : stop).trim();
  }
  return '';
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === 0x0a;
}
