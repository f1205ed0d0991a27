export type DtmPrecision = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second';

/** A DTM, TS or DT exactly as precise as it was sent. */
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

export interface ZoneOptions {
  /** IANA zone of the sender. */
  readonly zone: string;
  /** Offset of MSH-7, default for the whole message (T1). */
  readonly offsetDefault?: string;
}

/** Undefined when the text is not a valid date or time; parts that were not sent stay absent. */
export function parseDtm(_text: string): Dtm | undefined {
  return undefined;
}

/** FHIR dateTime at the precision that was sent. */
export function toFhirDateTime(dtm: Dtm, _options: ZoneOptions): string {
  return dtm.raw;
}

/** Undefined below minute precision: a day is not an instant. */
export function toInstant(_dtm: Dtm, _options: ZoneOptions): Date | undefined {
  return undefined;
}
