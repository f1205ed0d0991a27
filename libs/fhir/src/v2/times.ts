import {
  parseDtm,
  toFhirDate,
  toFhirDateTime,
  toInstant,
  type Dtm,
  type Message,
  type ZoneOptions,
} from '@anamnesis/hl7v2';
import type { Period } from '../fhir-types.js';
import { compact } from './compact.js';
import type { MappingContext } from './mapping-context.js';

/** Times of one message: the offset of MSH-7 counts for all of it, else the zone of the feed (hl7v2.md T1). */
export class Times {
  readonly #zone: ZoneOptions;
  readonly #isZoneKnown: boolean;
  readonly #read = new Map<string, ReadTime>();
  /** A local time was read as UTC because nobody said otherwise. */
  isZoneAssumed = false;

  constructor(message: Message, context: MappingContext) {
    const offset = parseDtm(message.header.timestamp)?.offset;
    this.#zone = { zone: context.zone ?? 'UTC', ...(offset !== undefined && { offsetDefault: offset }) };
    this.#isZoneKnown = context.zone !== undefined || offset !== undefined;
  }

  /** FHIR dateTime as precise as sent; undefined when the text is no date. */
  dateTime(text: string): string | undefined {
    const read = this.#reading(text);
    if (read?.dtm === undefined) return undefined;
    return (read.dateTime ??= toFhirDateTime(read.dtm, this.#zone));
  }

  /** FHIR date: the day, month or year, whatever time follows. */
  date(text: string): string | undefined {
    const dtm = text === '' ? undefined : parseDtm(text.trim());
    return dtm && toFhirDate(dtm);
  }

  /** ISO 8601 UTC with milliseconds; undefined below minutes: a day is not an instant. */
  instant(text: string): string | undefined {
    const read = this.#reading(text);
    if (read?.dtm?.minute === undefined) return undefined;
    return (read.instant ??= toInstant(read.dtm, this.#zone)?.toISOString());
  }

  /** Start of the day in UTC: only to put a statement in order, never shown. */
  dayStart(text: string): string | undefined {
    const date = this.date(text);
    return date?.length === 10 ? `${date}T00:00:00.000Z` : undefined;
  }

  period(start: string, end: string): Period | undefined {
    if (start === '' && end === '') return undefined;
    return compact({ start: this.dateTime(start), end: this.dateTime(end) });
  }

  /** A message repeats a few times in many fields. */
  #reading(text: string): ReadTime | undefined {
    if (text === '') return undefined;
    const known = this.#read.get(text);
    if (known !== undefined) return known;
    const dtm = parseDtm(text.trim());
    if (dtm?.hour !== undefined && dtm.offset === undefined && !this.#isZoneKnown) this.isZoneAssumed = true;
    const read: ReadTime = { dtm, dateTime: undefined, instant: undefined };
    this.#read.set(text, read);
    return read;
  }
}

/** A text that says a time, or does not, and what was made of it so far. */
interface ReadTime {
  readonly dtm: Dtm | undefined;
  dateTime: string | undefined;
  instant: string | undefined;
}
