import type { RowValue } from '@anamnesis/core';
import type { Column } from 'mdb-reader';
import { clockOfDate, clockOfExtended, clockOfOle } from './wall-clock.js';

type ValueColumn = Pick<Column, 'type' | 'scale'>;

/** Digits behind the point of a Currency. */
const currencyScale = 4;
/** A Decimal: its sign, then 128 bits as four words, the highest first, each with its lowest byte first. */
const [numericBytes, signBit, wordBits] = [17, 0x80, 32n];
const guidBytes = 16;

/**
 * A stored value of Access as the value of a row: the same text for the same stored value, at every read. `raw` is what
 * mdb-reader gives, corrected where that is not what is stored; of `column`, what it is defined as: read as stored or not, the
 * value is the same.
 */
export function rowValue(raw: unknown, column: ValueColumn): RowValue {
  if (typeof raw === 'string') return column.type === 'datetimextended' ? clockOfExtended(raw) : raw.toWellFormed();
  if (typeof raw === 'number') return numberValue(raw, column);
  if (typeof raw === 'boolean') return raw;
  if (typeof raw === 'bigint') return column.type === 'currency' ? decimalText(raw, currencyScale) : integer(raw);
  return objectValue(raw, column);
}

function numberValue(raw: number, { type }: ValueColumn): RowValue {
  if (type === 'datetime') return clockOfOle(raw);
  return type === 'float' ? shortestSingle(raw) : finite(raw);
}

function objectValue(raw: unknown, { type, scale = 0 }: ValueColumn): RowValue {
  if (raw instanceof Date) return clockOfDate(raw);
  if (!(raw instanceof Uint8Array)) return null;
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  if (type === 'numeric') return numericText(bytes, scale);
  return type === 'repid' ? guidText(bytes) : { base64: bytes.toString('base64') };
}

function integer(value: bigint): RowValue {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
}

/** JSON has no NaN and no infinity, a Double has. */
function finite(value: number): RowValue {
  return Number.isFinite(value) ? value : String(value);
}

/** The shortest number that is the stored single: 99.9, as Access shows it, not 99.9000015258789. */
function shortestSingle(value: number): RowValue {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return finite(value);
}

/** All digits behind the point, and one before it. */
function decimalText(value: bigint, scale: number): string {
  if (value < 0n) return `-${decimalText(-value, scale)}`;
  const digits = value.toString().padStart(scale + 1, '0');
  return scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function numericText(bytes: Buffer, scale: number): string {
  if (bytes.length !== numericBytes) throw new RangeError(`a Decimal of ${bytes.length} bytes`);
  let value = 0n;
  for (let at = 1; at < numericBytes; at += 4) value = (value << wordBits) | BigInt(bytes.readUInt32LE(at));
  const isNegative = ((bytes[0] ?? 0) & signBit) !== 0;
  return `${isNegative ? '-' : ''}${decimalText(value, scale)}`;
}

/** The first three parts have their lowest byte first (RFC 9562, section 4, on GUIDs of Microsoft). */
function guidText(bytes: Buffer): string {
  if (bytes.length !== guidBytes) throw new RangeError(`a GUID of ${bytes.length} bytes`);
  const [low, middle, high] = [bytes.readUInt32LE(0), bytes.readUInt16LE(4), bytes.readUInt16LE(6)];
  const parts = [
    low.toString(16).padStart(8, '0'),
    ...[middle, high].map((part) => part.toString(16).padStart(4, '0')),
  ];
  return [...parts, bytes.toString('hex', 8, 10), bytes.toString('hex', 10)].join('-');
}
