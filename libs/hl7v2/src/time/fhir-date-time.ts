import type { Dtm } from './dtm.js';
import { zoneOffset } from './zone-offset.js';

export interface ZoneOptions {
  /** IANA zone of the sender. */
  readonly zone: string;
  /** Offset of MSH-7 (`+05:00`), default for the whole message (T1). */
  readonly offsetDefault?: string;
}

/**
 * FHIR dateTime at the precision that was sent: year, month, day, or a time with its offset: the value's own, else the
 * message's, else the zone's at that time. An hour without minutes becomes the day, since FHIR has no such precision and
 * minutes are never invented; seconds after sent minutes are zero-filled, as FHIR allows.
 */
export function toFhirDateTime(dtm: Dtm, options: ZoneOptions): string {
  const { hour, minute, second = 0, fraction } = dtm;
  if (hour === undefined || minute === undefined) return toFhirDate(dtm);
  const time = `${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(second)}`;
  return `${toFhirDate(dtm)}T${time}${fraction === undefined ? '' : `.${fraction}`}${offsetText(offsetOf(dtm, options))}`;
}

/** FHIR date: year, month or day; a time of day is left out. */
export function toFhirDate({ year, month, day }: Dtm): string {
  const text = String(year).padStart(4, '0');
  if (month === undefined) return text;
  return day === undefined ? `${text}-${twoDigits(month)}` : `${text}-${twoDigits(month)}-${twoDigits(day)}`;
}

/** Undefined below minute precision: a day is not an instant. Milliseconds; further digits are cut. */
export function toInstant(dtm: Dtm, options: ZoneOptions): Date | undefined {
  if (dtm.minute === undefined) return undefined;
  return new Date(localMs(dtm) - offsetOf(dtm, options) * 60_000);
}

/** The time names two instants: it has no offset and clocks in the zone go back over it. The first of them is used (T1). */
export function isAmbiguous(dtm: Dtm, options: ZoneOptions): boolean {
  if (dtm.minute === undefined || dtm.offset !== undefined || options.offsetDefault !== undefined) return false;
  return zoneOffset(options.zone, localMs(dtm)).isAmbiguous;
}

function offsetOf(dtm: Dtm, options: ZoneOptions): number {
  const sent = dtm.offset ?? options.offsetDefault;
  if (sent === undefined) return zoneOffset(options.zone, localMs(dtm)).minutes;
  const minutes = Number(sent.slice(1, 3)) * 60 + Number(sent.slice(-2));
  return sent.startsWith('-') ? -minutes : minutes;
}

function localMs({ year, month = 1, day = 1, hour = 0, minute = 0, second = 0, fraction = '' }: Dtm): number {
  const milliseconds = fraction === '' ? 0 : Number(fraction.padEnd(3, '0').slice(0, 3));
  // `Date.UTC` takes a year before 100 for one of the twentieth century.
  if (year >= 100) return Date.UTC(year, month - 1, day, hour, minute, second, milliseconds);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.setUTCHours(hour, minute, second, milliseconds);
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${twoDigits(Math.floor(size / 60))}:${twoDigits(size % 60)}`;
}

const numbers = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, '0'));

/** Of a number below a hundred. */
function twoDigits(value: number): string {
  return numbers[value] ?? '';
}
