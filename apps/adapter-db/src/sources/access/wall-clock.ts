import type { RowValue } from '@anamnesis/core';

const dayMs = 86_400_000;
/** Day 0 of an OLE date. */
const oleEpochMs = Date.UTC(1899, 11, 30);
/** From there to the first day of JavaScript's time. */
const oleEpochDays = 25_569;

/**
 * Access keeps the wall clock as an OLE date: whole days from 1899-12-30, and a time of day that counts forward also on the days
 * before it (-1.25 is 06:00 on 1899-12-29).
 */
export function clockOfOle(days: number): RowValue {
  return clockOfDate(new Date(Math.round((days - oleEpochDays) * 86_400 * 1000)));
}

/** Of what mdb-reader makes of an OLE date: it takes the number as one length of time and is off before 1899-12-30. */
export function clockOfDate(date: Date): RowValue {
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
export function clockOfExtended(text: string): RowValue {
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
