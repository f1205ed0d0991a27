import type { RowValue } from '@anamnesis/core';
import { toFhirDate, toFhirDateTime, toInstant, type Dtm } from '@anamnesis/hl7v2';
import { Fault, onlyText, type Place } from './converter.js';
import { readDate } from './date-format.js';

/** A day (month, year) without time; of an instant, the day of it in the source's zone. */
export function convertDate(values: readonly RowValue[], place: Place): string | Fault {
  const dtm = read(values, place);
  if (dtm instanceof Fault) return dtm;
  return dtm.offset === undefined ? toFhirDate(dtm) : localDay(dtm, place);
}

/** A time with its offset: the value's own, else that of the source's zone on that day; a day alone stays one. */
export function convertDateTime(values: readonly RowValue[], place: Place): string | undefined | Fault {
  const dtm = read(values, place);
  if (dtm instanceof Fault) return dtm;
  const zone = zoneOf(place);
  if (place.type.name !== 'instant') return toFhirDateTime(dtm, { zone });
  return (
    toInstant(dtm, { zone })?.toISOString() ?? new Fault('row-date', 'a day alone, where a time of day is expected')
  );
}

/** A time of day: `HH:mm`, `HH:mm:ss`. */
export function convertTime(values: readonly RowValue[]): string | undefined | Fault {
  const text = onlyText(values);
  if (text instanceof Fault) return text;
  const [, hour, minute, second = '00', fraction = ''] = /^(\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?$/.exec(text) ?? [];
  const isTime = Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
  return isTime ? `${hour}:${minute}:${second}${fraction}` : new Fault('row-date', 'no time of day as HH:mm:ss');
}

/** `00:00:00` and later digits of a date column do not harm; anything but the format does. */
function read(values: readonly RowValue[], { options }: Place): Dtm | Fault {
  const text = onlyText(values);
  if (text instanceof Fault) return text;
  return readDate(text, options.format) ?? new Fault('row-date', `no date as ${options.format ?? 'yyyy-MM-dd'}`);
}

function zoneOf({ options, zone }: Place): string {
  return options.zone ?? zone;
}

function localDay(dtm: Dtm, place: Place): string {
  const instant = toInstant(dtm, { zone: zoneOf(place) });
  return instant === undefined
    ? toFhirDate(dtm)
    : new Intl.DateTimeFormat('en-CA', { timeZone: zoneOf(place), dateStyle: 'short' }).format(instant);
}
