import type { Row, RowValue } from '@anamnesis/core';
import { rewriteNumbers } from '../json-numbers.js';

/** Column types by name, each the first word of its definition: `int`, `varchar`, `timestamp`. */
export type ColumnTypes = Readonly<Record<string, string>>;

/** Written by the log as the bytes of their storage and by a query as text. */
const addresses: Readonly<Record<string, (bytes: Buffer) => string>> = {
  uuid: (bytes) => uuidOf(bytes.toString('hex').padEnd(32, '0')),
  inet4: (bytes) => [...padded(bytes, 4)].join('.'),
  inet6: (bytes) => inet6Of(padded(bytes, 16)),
};

/**
 * One form for the values of the log and those of a query, so that the same row is the same text. Integers beyond 2^53
 * and decimals are digits in a string, bytes base64, instants end with `Z`, other times are the wall clock.
 */
export function canonicalRow(row: Readonly<Record<string, unknown>>, types: ColumnTypes): Row {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [column, canonicalValue(value, types[column])]),
  );
}

const byType: Readonly<Record<string, (text: string) => RowValue>> = {
  ...Object.fromEntries(['tinyint', 'smallint', 'mediumint', 'int', 'bigint'].map((type) => [type, integerOf])),
  year: yearOf,
  float: (text) => floatOf(Number(text)),
  double: Number,
  timestamp: (text) => `${withoutZeros(text).replace(' ', 'T')}Z`,
  datetime: withoutZeros,
  time: (text) => withoutZeros(carried(text)),
  json: jsonOf,
};

export function canonicalValue(value: unknown, type = ''): RowValue {
  // What none of its values was is the empty text of number 0, of which the client of the log knows nothing.
  if (value === undefined && type === 'enum') return '';
  if (value === null || value === undefined) return null;
  if (Buffer.isBuffer(value)) return addresses[type]?.(value) ?? { base64: value.toString('base64') };
  if (typeof value === 'object') return JSON.stringify(value);
  return scalarOf(value, byType[type]);
}

function scalarOf(value: unknown, convert?: (text: string) => RowValue): RowValue {
  const text = String(value);
  if (convert !== undefined) return convert(text);
  // Text of a set that is not UTF-8 may hold halves of characters, which no JSON can.
  return typeof value === 'number' ? value : text.toWellFormed();
}

function integerOf(digits: string): RowValue {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : digits;
}

/** The year 0000 is stored as the one before the first that there is, and told as that by the client of the log. */
function yearOf(digits: string): RowValue {
  return digits === '1900' ? 0 : integerOf(digits);
}

/** A negative time of whole minutes, of which the client of the log takes one second too early: -01:00:00 is -00:63:64 to it. */
function carried(time: string): string {
  const [, hours = '', minutes = '', fraction = ''] = /^-(\d+):(\d\d):64(.*)$/.exec(time) ?? [];
  if (hours === '') return time;
  const whole = (Number(minutes) + 1) % 64;
  const parts = [Number(hours) + (whole === 0 ? 1 : 0), whole].map((part) => String(part).padStart(2, '0'));
  return `-${parts.join(':')}:00${fraction}`;
}

/** Before the digits of a number that is text for the time of its being sorted; no text of JSON has it unescaped. */
const numberMark = '\u0000';

/**
 * MySQL keeps a document and not its text. Here it has no blanks, its members the order in which JavaScript keeps them,
 * whole numbers all their digits and other numbers the shortest that are the same.
 */
function jsonOf(text: string): RowValue {
  const marked = rewriteNumbers(text, (digits) =>
    JSON.stringify(numberMark + (/^-?\d+$/.test(digits) ? digits : String(Number(digits)))),
  );
  return JSON.stringify(JSON.parse(marked)).replace(/"\\u0000(-?\d[^"]*)"/g, '$1');
}

/** The shortest decimal that is this 32-bit number: the log widens it, and a query rounds it. */
function floatOf(value: number): number {
  const single = Math.fround(value);
  for (let digits = 6; digits < 9; digits++) {
    const shorter = Number(single.toPrecision(digits));
    if (Math.fround(shorter) === single) return shorter;
  }
  return Number(single.toPrecision(9));
}

function withoutZeros(time: string): string {
  return time.includes('.') ? time.replace(/\.?0+$/, '') : time;
}

/** The log leaves out zeros at the end. */
function padded(bytes: Buffer, length: number): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(Math.max(0, length - bytes.length))]);
}

function uuidOf(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** As the server writes it: the longest run of zeros is left out, a single one, too, and an address of IPv4 is written as one. */
function inet6Of(bytes: Buffer): string {
  const words = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(at * 2));
  const gap = longestZeros(words);
  const isOfIpv4 = gap.at === 0 && (gap.length === 6 || (gap.length === 5 && words[5] === 0xffff));
  const hex = words.map((word) => word.toString(16));
  const parts = isOfIpv4 ? [...hex.slice(0, 6), [...bytes.subarray(12)].join('.')] : hex;
  if (gap.length === 0) return parts.join(':');
  return `${parts.slice(0, gap.at).join(':')}::${parts.slice(gap.at + gap.length).join(':')}`;
}

/** The first of them. */
function longestZeros(words: readonly number[]): { readonly at: number; readonly length: number } {
  let longest = { at: 0, length: 0 };
  let length = 0;
  for (const [at, word] of words.entries()) {
    length = word === 0 ? length + 1 : 0;
    if (length > longest.length) longest = { at: at - length + 1, length };
  }
  return longest;
}
