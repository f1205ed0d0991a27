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
  readonly #dateTimes = new Map<string, string | undefined>();
  readonly #instants = new Map<string, string | undefined>();
  /** A local time was read as UTC because nobody said otherwise. */
  isZoneAssumed = false;

  constructor(message: Message, context: MappingContext) {
    const offset = parseDtm(message.header.timestamp)?.offset;
    this.#zone = { zone: context.zone ?? 'UTC', ...(offset !== undefined && { offsetDefault: offset }) };
    this.#isZoneKnown = context.zone !== undefined || offset !== undefined;
  }

  /** FHIR dateTime as precise as sent; undefined when the text is no date. */
  dateTime(text: string): string | undefined {
    return this.#once(this.#dateTimes, text, (dtm) => toFhirDateTime(dtm, this.#zone));
  }

  /** FHIR date: the day, month or year, whatever time follows. */
  date(text: string): string | undefined {
    const dtm = text === '' ? undefined : parseDtm(text.trim());
    return dtm && toFhirDate(dtm);
  }

  /** ISO 8601 UTC with milliseconds; undefined below minutes: a day is not an instant. */
  instant(text: string): string | undefined {
    return this.#once(this.#instants, text, (dtm) => toInstant(dtm, this.#zone)?.toISOString());
  }

  /** Start of the day in UTC: only to put a statement in order, never shown. */
  dayStart(text: string): string | undefined {
    const date = this.date(text);
    return date?.length === 10 ? `${date}T00:00:00.000Z` : undefined;
  }

  period(start: string, end: string): Period | undefined {
    return compact({ start: this.dateTime(start), end: this.dateTime(end) });
  }

  /** A message repeats a few times in many fields. */
  #once(known: Map<string, string | undefined>, text: string, read: (dtm: Dtm) => string | undefined) {
    if (text === '') return undefined;
    if (known.has(text)) return known.get(text);
    const dtm = this.#parse(text);
    const found = dtm && read(dtm);
    known.set(text, found);
    return found;
  }

  #parse(text: string): Dtm | undefined {
    const dtm = parseDtm(text.trim());
    if (dtm?.hour !== undefined && dtm.offset === undefined && !this.#isZoneKnown) this.isZoneAssumed = true;
    return dtm;
  }
}
