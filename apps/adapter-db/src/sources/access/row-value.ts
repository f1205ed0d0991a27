import type { RowValue } from '@anamnesis/core';
import type { Column } from 'mdb-reader';

const dayMs = 86_400_000;
/** Day 0 of an OLE date. */
const oleEpochMs = Date.UTC(1899, 11, 30);

/**
 * A stored value of Access as the value of a row: the same text for the same stored value, at every read. `raw` is what
 * mdb-reader gives, corrected where that is not what is stored.
 */
export function rowValue(raw: unknown, { type }: Pick<Column, 'type'>): RowValue {
  if (typeof raw === 'boolean') return raw;
  if (typeof raw === 'number') return type === 'float' ? shortestSingle(raw) : finite(raw);
  if (typeof raw === 'string') return type === 'datetimextended' ? extendedWallClock(raw) : raw.toWellFormed();
  if (typeof raw === 'bigint') return Number.isSafeInteger(Number(raw)) ? Number(raw) : raw.toString();
  return objectValue(raw);
}

function objectValue(raw: unknown): RowValue {
  if (raw instanceof Date) return wallClock(raw);
  return raw instanceof Uint8Array ? { base64: Buffer.from(raw).toString('base64') } : null;
}

/** JSON has no NaN and no infinity, a Double has. */
function finite(value: number): RowValue {
  return Number.isFinite(value) ? value : String(value);
}

/** The shortest number that is the stored single: 99.9, as Access shows it, not 99.9000015258789. */
export function shortestSingle(value: number): RowValue {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return finite(value);
}

/**
 * Access keeps the wall clock as an OLE date: whole days from 1899-12-30, and a time of day that counts forward also on the days
 * before it (-1.25 is 06:00 on 1899-12-29). mdb-reader takes the number as one length of time and is off there.
 */
function wallClock(date: Date): RowValue {
  const ms = date.getTime();
  if (Number.isNaN(ms)) return null;
  return clockText(olderThanEpoch(ms - oleEpochMs));
}

function olderThanEpoch(sinceEpochMs: number): number {
  if (sinceEpochMs >= 0) return oleEpochMs + sinceEpochMs;
  const days = Math.trunc(sinceEpochMs / dayMs);
  return oleEpochMs + days * dayMs + (days * dayMs - sinceEpochMs);
}

function clockText(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}${withoutZeros(iso.slice(19, 23))}`;
}

function withoutZeros(fraction: string): string {
  return fraction.replace(/\.?0+$/, '');
}

/**
 * `YYYY.MM.DD HH:MM:SS.nnnnnnnnn`, of which mdb-reader takes the year in the process's own time zone and the rest in UTC:
 * at a turn of the year the year is one off, and is put right here.
 */
function extendedWallClock(text: string): RowValue {
  const [, year = '', month = '', day = '', time = '', fraction = ''] =
    /^(\d{4,})\.(\d\d)\.(\d\d) (\d\d:\d\d:\d\d)(\.\d+)$/.exec(text) ?? [];
  if (year === '') return text;
  const rest = `-${month}-${day}T${time}Z`;
  const isSeen = (candidate: number): boolean => new Date(fourDigits(candidate) + rest).getFullYear() === Number(year);
  const stored = [Number(year), Number(year) + 1, Number(year) - 1].find(isSeen) ?? Number(year);
  return `${fourDigits(stored)}-${month}-${day} ${time}${withoutZeros(fraction)}`;
}

function fourDigits(year: number): string {
  return String(year).padStart(4, '0');
}
