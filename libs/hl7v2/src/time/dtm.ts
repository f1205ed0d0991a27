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
const offsetMinutesMax = 14 * 60;

/** Undefined when the text is not a valid date or time (month 13, 30 February); parts that were not sent stay absent. */
export function parseDtm(text: string): Dtm | undefined {
  const found = pattern.exec(text.trim());
  if (found === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = found;
  const parts = { year, month, day, hour, minute, second };
  const sent = Object.entries(parts).filter(([, digits]) => digits !== undefined);
  const dtm: Dtm = {
    year: Number(year),
    ...Object.fromEntries(sent.map(([name, digits]) => [name, Number(digits)])),
    ...(fraction !== undefined && { fraction }),
    ...(zone !== undefined && { offset: `${zone.slice(0, 3)}:${zone.slice(3)}` }),
    precision: precisions[sent.length - 1] ?? 'year',
    raw: text,
  };
  return isCalendarDate(dtm) && isTimeOfDay(dtm) && isOffset(zone) ? dtm : undefined;
}

function isCalendarDate({ year, month = 1, day = 1 }: Dtm): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  // Day 0 of the next month; the year is moved by whole calendar cycles, since Date reads 0..99 as 19xx.
  return day <= new Date(Date.UTC(year + 2000, month, 0)).getUTCDate();
}

function isTimeOfDay({ hour = 0, minute = 0, second = 0 }: Dtm): boolean {
  return hour <= 23 && minute <= 59 && second <= 59;
}

function isOffset(zone: string | undefined): boolean {
  if (zone === undefined) return true;
  const minutes = Number(zone.slice(3));
  return minutes <= 59 && Number(zone.slice(1, 3)) * 60 + minutes <= offsetMinutesMax;
}
