import { isAscii, isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import { encodeIso2022 } from './encode-iso-2022.js';
import { decodeEucTw, encodeEucTw } from './euc-tw.js';
import { decodeIso2022, maskIso2022 } from './iso-2022.js';
import { maskMultibyte, multibyteSets } from './mask-multibyte.js';

/** Strict both ways: undefined instead of a replacement character. */
export interface TextCodec {
  decode(buffer: Buffer, start: number, end: number): string | undefined;
  encode(text: string): Uint8Array | undefined;
  /** Only for sets whose characters may contain bytes of delimiters: a copy in which such characters are 0xFF. */
  readonly mask?: (buffer: Buffer) => Uint8Array;
}

const ascii: TextCodec = {
  decode: (buffer, start, end) =>
    isAscii(buffer.subarray(start, end)) ? buffer.toString('latin1', start, end) : undefined,
  encode: (text) => {
    const bytes = Buffer.from(text, 'utf8');
    return isAscii(bytes) ? bytes : undefined;
  },
};

const utf8: TextCodec = {
  // Checked first, so that toString has nothing to replace and keeps a BOM inside the text.
  decode: (buffer, start, end) =>
    isUtf8(buffer.subarray(start, end)) ? buffer.toString('utf8', start, end) : undefined,
  encode: (text) => (text.isWellFormed() ? Buffer.from(text, 'utf8') : undefined),
};

const latin1: TextCodec = {
  decode: (buffer, start, end) => buffer.toString('latin1', start, end),
  encode: (text) => {
    const bytes = Buffer.from(text, 'latin1');
    return bytes.toString('latin1') === text ? bytes : undefined;
  },
};

const eucTw: TextCodec = { decode: decodeEucTw, encode: encodeEucTw };

/** Before the name of the single-byte set that ISO 2022 begins in, as in `iso-2022+iso-8859-1`. */
export const iso2022Prefix = 'iso-2022+';

function iso2022Codec(high: string): TextCodec {
  return {
    decode: (buffer, start, end) => decodeIso2022(buffer.subarray(start, end), high),
    encode: (text) => encodeIso2022(text, high),
    mask: maskIso2022,
  };
}

const fixed: ReadonlyMap<string, TextCodec> = new Map([
  ['ascii', ascii],
  ['utf-8', utf8],
  ['iso-8859-1', latin1],
  ['iso-2022-jp', iso2022Codec('kana')],
  ['euc-tw', eucTw],
]);
const tables = new Map<string, TextCodec>();

/** The codec of a canonical name. Throws `RangeError` for a name that `canonicalCharset` does not give. */
export function textCodec(charset: string): TextCodec {
  const known = fixed.get(charset) ?? tables.get(charset);
  if (known !== undefined) return known;
  const isSwitching = charset.startsWith(iso2022Prefix);
  const table = isSwitching ? charset.slice(iso2022Prefix.length) : charset;
  if (!iconv.encodingExists(table)) throw new RangeError('not a character set that can be read here');
  const codec = isSwitching ? iso2022Codec(table) : tableCodec(table);
  tables.set(charset, codec);
  return codec;
}

function tableCodec(charset: string): TextCodec {
  const set = multibyteSets.get(charset);
  const codec = {
    decode: (buffer: Buffer, start: number, end: number) => {
      const bytes = buffer.subarray(start, end);
      const text = iconv.decode(bytes, charset);
      if (!text.includes('\uFFFD')) return text;
      // GB 18030 can write the replacement character itself.
      return charset === 'gb18030' && iconv.encode(text, charset).equals(bytes) ? text : undefined;
    },
    encode: (text: string) => {
      const bytes = iconv.encode(text, charset);
      return iconv.decode(bytes, charset) === text ? bytes : undefined;
    },
  };
  return set === undefined ? codec : { ...codec, mask: (buffer: Buffer) => maskMultibyte(buffer, set) };
}

/** Strict: undefined when a byte means nothing in the set. `charset` is a canonical name, else `RangeError`. */
export function decodeText(bytes: Uint8Array, charset: string): string | undefined {
  return textCodec(charset).decode(bufferOf(bytes), 0, bytes.length);
}

/** Strict: undefined when the set lacks a character. `charset` is a canonical name, else `RangeError`. */
export function encodeText(text: string, charset: string): Uint8Array | undefined {
  return textCodec(charset).encode(text);
}

/** The same bytes with Buffer's methods; nothing is copied. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
