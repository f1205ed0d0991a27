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

const pattern = /^(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:\.(\d{1,9}))?)?)?)?)?)?([+-]\d{4})?$/;
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const offsetMinutesMax = 14 * 60;

/** Undefined when the text is not a valid date or time (month 13, 30 February); parts that were not sent stay absent. */
export function parseDtm(text: string): Dtm | undefined {
  const found = pattern.exec(text.trim());
  if (found === null) return undefined;
  const [fraction, zone] = [found[7], found[8]];
  const dtm: Writable<Dtm> = { year: Number(found[1]), precision: 'year', raw: text };
  let at = 0;
  for (const part of precisions) {
    const digits = found[++at];
    if (digits === undefined) break;
    dtm[part] = Number(digits);
    dtm.precision = part;
  }
  if (fraction !== undefined) dtm.fraction = fraction;
  if (zone !== undefined) dtm.offset = `${zone.slice(0, 3)}:${zone.slice(3)}`;
  return isCalendarDate(dtm) && isTimeOfDay(dtm) && isOffset(zone) ? dtm : undefined;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

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

function isOffset(zone: string | undefined): boolean {
  if (zone === undefined) return true;
  const minutes = Number(zone.slice(3));
  return minutes <= 59 && Number(zone.slice(1, 3)) * 60 + minutes <= offsetMinutesMax;
}
