import iconv from 'iconv-lite';

/** What bytes below 0x80 stand for. */
export type LowSet = 'ascii' | 'roman' | 'kana' | 'jis208' | 'jis212' | 'unknown';

/** Which sets are switched on. `high` is for bytes from 0x80: `kana` (half-width katakana), `none`, or a set by its canonical name. */
export interface Iso2022State {
  readonly low: LowSet;
  readonly high: string;
}

/** What follows ESC, and what it switches; nothing where it only announces a switch. From the ISO-IR register. */
export const switches: ReadonlyMap<string, Partial<Iso2022State>> = new Map<string, Partial<Iso2022State>>([
  ['(B', { low: 'ascii' }],
  ['(J', { low: 'roman' }],
  ['(I', { low: 'kana' }],
  ['$B', { low: 'jis208' }],
  ['$@', { low: 'jis208' }],
  ['$(B', { low: 'jis208' }],
  ['$(@', { low: 'jis208' }],
  ['&@', {}], // announces the 1990 edition; its own switch follows
  ['$(D', { low: 'jis212' }],
  [')I', { high: 'kana' }],
  ['$)B', { high: 'euc-jp' }],
  ['$)C', { high: 'euc-kr' }],
  ['$)A', { high: 'gb18030' }],
  ['-A', { high: 'iso-8859-1' }],
  ['-B', { high: 'iso-8859-2' }],
  ['-C', { high: 'iso-8859-3' }],
  ['-D', { high: 'iso-8859-4' }],
  ['-L', { high: 'iso-8859-5' }],
  ['-G', { high: 'iso-8859-6' }],
  ['-F', { high: 'iso-8859-7' }],
  ['-H', { high: 'iso-8859-8' }],
  ['-M', { high: 'iso-8859-9' }],
  ['-T', { high: 'iso-8859-11' }],
  ['-b', { high: 'iso-8859-15' }],
]);

/** Strict: undefined when a byte means nothing. JIS X 0208 and 0212 are EUC-JP with the high bits off. */
export function decodeIn(state: Iso2022State, bytes: Buffer): string | undefined {
  let text = '';
  for (let start = 0; start < bytes.length;) {
    const isHigh = (bytes[start] ?? 0) >= 0x80;
    let end = start + 1;
    while (end < bytes.length && (bytes[end] ?? 0) >= 0x80 === isHigh) end++;
    const part = bytes.subarray(start, end);
    const read = isHigh ? decodeHigh(part, state.high) : decodeLow(part, state.low);
    if (read === undefined) return undefined;
    text += read;
    start = end;
  }
  return text;
}

function decodeHigh(bytes: Buffer, set: string): string | undefined {
  if (set === 'none') return undefined;
  return set === 'kana' ? decodeKana(bytes, 0xa1) : strictly(bytes, set);
}

function decodeLow(bytes: Buffer, set: LowSet): string | undefined {
  switch (set) {
    case 'ascii':
      return bytes.toString('latin1');
    case 'roman':
      return bytes.toString('latin1').replaceAll('\\', '\u00A5').replaceAll('~', '\u203E');
    case 'kana':
      return decodeKana(bytes, 0x21);
    case 'jis208':
      return decodeDouble(bytes, []);
    case 'jis212':
      return decodeDouble(bytes, [0x8f]);
    case 'unknown':
      return undefined;
  }
}

function decodeKana(bytes: Buffer, first: number): string | undefined {
  let text = '';
  for (const byte of bytes) {
    const place = byte - first;
    if (place >= 0 && place <= 0x3e) text += String.fromCharCode(0xff61 + place);
    else if (byte <= 0x20) text += String.fromCharCode(byte);
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
  return strictly(wide.subarray(0, length), 'euc-jp');
}

function strictly(bytes: Buffer, set: string): string | undefined {
  const text = iconv.decode(bytes, set);
  return text.includes('\uFFFD') ? undefined : text;
}
