import type { Writable } from '@anamnesis/core';

const precisions = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;
export type DtmPrecision = (typeof precisions)[number];

/** A DTM, TS or DT exactly as precise as it was sent (v2.9 §2A.2.22). */
export interface Dtm {
  readonly year: number;
  /** 1..12 */
  readonly month?: number;
  readonly day?: number;
  readonly hour?: number;
  readonly minute?: number;
  readonly second?: number;
  /** Digits after the point, as sent. */
  readonly fraction?: string;
  /** `+05:00` */
  readonly offset?: string;
  readonly precision: DtmPrecision;
  readonly raw: string;
}

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const offsetMinutesMax = 14 * 60;
/** Digits of all parts before the fraction, the year's four first, then two each. */
const digitsMax = 14;
const fractionMax = 9;

/** Undefined when the text is not a valid date or time (month 13, 30 February); parts that were not sent stay absent. */
export function parseDtm(text: string): Dtm | undefined {
  const sent = text.trim();
  const size = digitsFrom(sent, 0);
  if (size < 4 || size > digitsMax || size % 2 === 1) return undefined;
  const at = size === digitsMax ? fractionEnd(sent, size) : size;
  if (at < sent.length && !isOffset(sent, at)) return undefined;
  const dtm = partsOf(sent, size, text);
  if (at > size) dtm.fraction = sent.slice(size + 1, at);
  if (at < sent.length) dtm.offset = `${sent.slice(at, at + 3)}:${sent.slice(at + 3)}`;
  return isOnCalendarAndClock(dtm) ? dtm : undefined;
}

/** Where the fraction ends that may begin here; one that is not valid is none, and what stands there no offset either. */
function fractionEnd(text: string, start: number): number {
  if (text.charCodeAt(start) !== point) return start;
  const end = digitsFrom(text, start + 1);
  const length = end - start - 1;
  return length === 0 || length > fractionMax ? start : end;
}

function partsOf(sent: string, size: number, raw: string): Writable<Dtm> {
  const year = twoAt(sent, 0) * 100 + twoAt(sent, 2);
  const dtm: Writable<Dtm> = { year, precision: precisions[size / 2 - 2] ?? 'year', raw };
  if (size >= 6) dtm.month = twoAt(sent, 4);
  if (size >= 8) dtm.day = twoAt(sent, 6);
  if (size >= 10) dtm.hour = twoAt(sent, 8);
  if (size >= 12) dtm.minute = twoAt(sent, 10);
  if (size >= digitsMax) dtm.second = twoAt(sent, 12);
  return dtm;
}

const point = 0x2e;

/** Where the digits that begin here end. */
function digitsFrom(text: string, start: number): number {
  let at = start;
  for (let code = text.charCodeAt(at); code >= 0x30 && code <= 0x39; code = text.charCodeAt(at)) at++;
  return at;
}

/** The number that two digits make. */
function twoAt(text: string, at: number): number {
  return (text.charCodeAt(at) - 0x30) * 10 + text.charCodeAt(at + 1) - 0x30;
}

function isOnCalendarAndClock(dtm: Dtm): boolean {
  return isCalendarDate(dtm) && isTimeOfDay(dtm);
}

function isCalendarDate({ year, month = 1, day = 1 }: Dtm): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  return day <= (month === 2 && isLeapYear(year) ? 29 : (monthDays[month - 1] ?? 0));
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function isTimeOfDay({ hour = 0, minute = 0, second = 0 }: Dtm): boolean {
  return hour <= 23 && minute <= 59 && second <= 59;
}

/** A sign and four digits, of not more hours than there are. */
function isOffset(text: string, at: number): boolean {
  const sign = text.charAt(at);
  if ((sign !== '+' && sign !== '-') || text.length !== at + 5 || digitsFrom(text, at + 1) !== text.length)
    return false;
  const minutes = twoAt(text, at + 3);
  return minutes <= 59 && twoAt(text, at + 1) * 60 + minutes <= offsetMinutesMax;
}
