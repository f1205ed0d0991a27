import type { Dtm } from '@anamnesis/hl7v2';

type Part = 'year' | 'month' | 'monthName' | 'day' | 'hour' | 'halfDayHour' | 'minute' | 'second' | 'fraction' | 'half';

/** Letters as in most systems (Unicode TR 35, as far as it is unambiguous). Two letters ask for two digits, one for one or two. */
const tokens: Readonly<Record<string, readonly [part: Part, pattern: string]>> = {
  yyyy: ['year', '\\d{4}'],
  MMM: ['monthName', '[A-Za-z]{3}'],
  MM: ['month', '\\d{2}'],
  M: ['month', '\\d{1,2}'],
  dd: ['day', '\\d{2}'],
  d: ['day', '\\d{1,2}'],
  HH: ['hour', '\\d{2}'],
  H: ['hour', '\\d{1,2}'],
  hh: ['halfDayHour', '\\d{2}'],
  h: ['halfDayHour', '\\d{1,2}'],
  mm: ['minute', '\\d{2}'],
  ss: ['second', '\\d{2}'],
  SSS: ['fraction', '\\d{1,9}'],
  a: ['half', '[AaPp]\\.?[Mm]\\.?'],
};
const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const iso = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9})\d*)?)?(Z|[+-]\d\d:?\d\d)?)?$/;

export interface DateFormat {
  readonly pattern: RegExp;
  readonly parts: readonly Part[];
}

const known = new Map<string, DateFormat | undefined>();

/** `dd/MM/yyyy HH:mm`; undefined when it names no year, nothing that is known, or a day without its month. */
export function dateFormat(format: string): DateFormat | undefined {
  if (!known.has(format)) known.set(format, readFormat(format));
  return known.get(format);
}

const pieces = /'([^']*)'|yyyy|MMM|MM|M|dd|d|HH|H|hh|h|mm|ss|SSS|a|[^]/g;

function readFormat(format: string): DateFormat | undefined {
  const parts: Part[] = [];
  let pattern = '';
  for (const [piece, quoted] of format.matchAll(pieces)) {
    const token = quoted === undefined && Object.hasOwn(tokens, piece) ? tokens[piece] : undefined;
    if (token !== undefined) parts.push(token[0]);
    else if (quoted === undefined && /[A-Za-z]/.test(piece)) return undefined;
    pattern += token === undefined ? escaped(quoted ?? piece) : `(${token[1]})`;
  }
  return isWhole(parts) ? { pattern: new RegExp(`^${pattern}$`, 'u'), parts } : undefined;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

function isWhole(parts: readonly Part[]): boolean {
  const has = (...any: readonly Part[]) => any.some((part) => parts.includes(part));
  const hasHour = has('hour') || (has('halfDayHour') && has('half'));
  const isOnceEach = new Set(parts).size === parts.length;
  return isOnceEach && isNested([has('year'), has('month', 'monthName'), has('day'), hasHour, has('minute')]);
}

/** Each part only where the one before it is there. */
function isNested(present: readonly boolean[]): boolean {
  return present[0] === true && present.every((is, at) => at === 0 || !is || present[at - 1] === true);
}

/** A date or time exactly as the format says, or as ISO 8601 where there is none; undefined for anything else, 30 February too. */
export function readDate(text: string, format: string | undefined): Dtm | undefined {
  return format === undefined ? readIso(text) : readFormatted(text, dateFormat(format));
}

/** Is this a date as a format of a mapping file says? */
export function readsDate(text: string, format: string): boolean {
  return readDate(text, format) !== undefined;
}

/** What MySQL and old programs write for no date at all; of a TIMESTAMP in UTC. */
export function isZeroDate(text: string): boolean {
  return /^0000-00-00(?:[ T]00:00:00(?:\.0+)?Z?)?$/.test(text);
}

function readIso(raw: string): Dtm | undefined {
  const [, year, month, day, hour, minute, second, fraction, zone] = iso.exec(raw) ?? [];
  const offset = zone === 'Z' ? '+00:00' : zone?.replace(/^(...)(\d\d)$/, '$1:$2');
  return valid(
    {
      ...numbers({ year, month, day, hour, minute, second }),
      ...(fraction && { fraction }),
      ...(offset && { offset }),
    },
    raw,
  );
}

function readFormatted(raw: string, format: DateFormat | undefined): Dtm | undefined {
  const found = format?.pattern.exec(raw);
  if (format === undefined || !found) return undefined;
  const said = Object.fromEntries(format.parts.map((part, at) => [part, found[at + 1]])) as Partial<
    Record<Part, string>
  >;
  const month =
    said.monthName === undefined ? said.month : String(monthNames.indexOf(said.monthName.toLowerCase()) + 1);
  const hour = said.half === undefined ? said.hour : hourOfHalfDay(said.halfDayHour, said.half);
  const { year, day, minute, second, fraction } = said;
  return valid({ ...numbers({ year, month, day, hour, minute, second }), ...(fraction && { fraction }) }, raw);
}

/** 12 AM is midnight; anything but 1 to 12 is no hour. */
function hourOfHalfDay(hour = '', half: string): string {
  const at = Number(hour);
  if (at < 1 || at > 12) return '99';
  return String((at % 12) + (half.toLowerCase().startsWith('p') ? 12 : 0));
}

type Numbers = Partial<Pick<Dtm, (typeof numberNames)[number]>>;

function numbers(parts: Readonly<Record<keyof Numbers, string | undefined>>): Numbers {
  const found: { -readonly [Part in keyof Numbers]: Numbers[Part] } = {};
  for (const name of numberNames) {
    const digits = parts[name];
    if (digits !== undefined) found[name] = Number(digits);
  }
  return found;
}

const numberNames = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;

function valid(said: Numbers & Pick<Dtm, 'fraction' | 'offset'>, raw: string): Dtm | undefined {
  const { year = 0, month, day } = said;
  if (year < 1 || !isWithin(month, 1, 12) || !isDayOf(day, year, month ?? 1)) return undefined;
  if (!isWithin(said.hour, 0, 23) || !isWithin(said.minute, 0, 59) || !isWithin(said.second, 0, 59)) return undefined;
  return { ...said, year, precision: precisionOf(said), raw };
}

function isWithin(value: number | undefined, least: number, most: number): boolean {
  return value === undefined || (value >= least && value <= most);
}

/** Every month has 28 days. */
function isDayOf(day: number | undefined, year: number, month: number): boolean {
  return isWithin(day, 1, 28) || isWithin(day, 1, daysIn(year, month));
}

function daysIn(year: number, month: number): number {
  const lastDay = new Date(0);
  lastDay.setUTCFullYear(year, month, 0);
  return lastDay.getUTCDate();
}

const finestFirst = ['second', 'minute', 'hour', 'day', 'month'] as const;

function precisionOf(said: Numbers): Dtm['precision'] {
  for (const part of finestFirst) if (said[part] !== undefined) return part;
  return 'year';
}
