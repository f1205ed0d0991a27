import { canonicalJson, type RowValue } from '@anamnesis/core';

/** A field of a Connect schema, as far as it says how a value is written. */
export interface FieldType {
  /** `int64`, `bytes`, `struct`, … */
  readonly type?: string;
  /** Of the logical type: `io.debezium.time.Date`. */
  readonly name?: string;
  readonly scale?: number;
}

type Decode = (value: unknown, field: FieldType) => RowValue;

const dayMs = 86_400_000;
/** Days from 1970 to the first and the last day that four digits of a year can name. */
const [firstDay, lastDay] = [-719_162, 2_932_896];
const debezium = 'io.debezium.';
const connect = 'org.apache.kafka.connect.data.';
const [thousand, million, billion] = [1000n, 1_000_000n, 1_000_000_000n];
const secondsOfDay = 86_400n;

const asIs: Decode = (value) => plain(value);
const text = (value: unknown): string => (typeof value === 'string' ? value : canonicalJson(value));

/** Debezium's and Connect's logical types: what is on the wire, and which value of a row it is. */
const decoders: Readonly<Record<string, Decode>> = {
  [`${debezium}time.Date`]: day,
  [`${connect}Date`]: day,
  [`${debezium}time.Timestamp`]: wallClock(thousand),
  [`${connect}Timestamp`]: wallClock(thousand),
  [`${debezium}time.MicroTimestamp`]: wallClock(million),
  [`${debezium}time.NanoTimestamp`]: wallClock(billion),
  [`${debezium}time.Time`]: clock(thousand),
  [`${connect}Time`]: clock(thousand),
  [`${debezium}time.MicroTime`]: clock(million),
  [`${debezium}time.NanoTime`]: clock(billion),
  [`${debezium}time.ZonedTimestamp`]: instant,
  [`${debezium}time.ZonedTime`]: asIs,
  [`${debezium}time.IsoDate`]: (value) => text(value).replace(/Z$/, ''),
  [`${debezium}time.IsoTime`]: (value) => text(value).replace(/Z$/, ''),
  [`${debezium}time.IsoTimestamp`]: (value) => withoutZeros(text(value).replace('T', ' ').replace(/Z$/, '')),
  [`${connect}Decimal`]: (value, { scale }) => (isBase64(value) ? unscaled(value, scale ?? 0) : plain(value)),
  [`${debezium}data.VariableScaleDecimal`]: variableScale,
  // The only one that is little-endian.
  [`${debezium}data.Bits`]: (value) => ({ base64: Buffer.from(text(value), 'base64').reverse().toString('base64') }),
  [`${debezium}data.geometry.Geometry`]: wellKnownBinary,
  [`${debezium}data.geometry.Point`]: wellKnownBinary,
  bytes: (value) => ({ base64: text(value) }),
  // `bigint.unsigned.handling.mode=precise` without a schema: bare bytes.
  unsigned: (value) => (isBase64(value) ? integer(unscaled(value, 0)) : plain(value)),
};

/** Is there a decoder of this name? */
export function isKnownType(name: string): boolean {
  return Object.hasOwn(decoders, name);
}

/**
 * The value of a column, exact. What no decoder knows is as JSON has it: Enum, EnumSet, Json, Uuid, Year, durations; and what
 * is not written as its type says, or is no date of the calendar (PostgreSQL's `infinity`): its converter will name it.
 */
export function decodeValue(value: unknown, field: FieldType = {}): RowValue {
  if (value === null || value === undefined) return null;
  const decode = decoders[field.name ?? ''] ?? decoders[field.type ?? ''] ?? asIs;
  return decode(value, field);
}

/** Arrays and structs as their JSON. */
function plain(value: unknown): RowValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return canonicalJson(value);
}

function integer(digits: string): RowValue {
  return Number.isSafeInteger(Number(digits)) ? Number(digits) : digits;
}

function day(value: unknown): RowValue {
  const days = countOf(value);
  return days !== undefined && isNamed(days) ? isoOf(days).slice(0, 10) : plain(value);
}

/** A whole number, of whatever length. */
function countOf(value: unknown): bigint | undefined {
  const digits = text(value);
  return /^-?\d+$/.test(digits) ? BigInt(digits) : undefined;
}

function isNamed(days: bigint): boolean {
  return days >= firstDay && days <= lastDay;
}

function isoOf(days: bigint, seconds = 0n): string {
  return new Date(Number(days) * dayMs + Number(seconds) * 1000).toISOString();
}

function isBase64(value: unknown): value is string {
  return typeof value === 'string' && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value);
}

/** Since 1970 on the hospital's own clock. */
function wallClock(perSecond: bigint): Decode {
  return (value) => {
    const count = countOf(value);
    if (count === undefined) return plain(value);
    const [inDay, days] = rest(count, perSecond * secondsOfDay);
    if (!isNamed(days)) return plain(value);
    const iso = isoOf(days, inDay / perSecond);
    return withoutZeros(`${iso.slice(0, 10)} ${iso.slice(11, 19)}.${padded(inDay % perSecond, perSecond)}`);
  };
}

/** What is left of a count, never negative, and how often the divisor went into it. */
function rest(count: bigint, divisor: bigint): readonly [bigint, bigint] {
  const left = ((count % divisor) + divisor) % divisor;
  return [left, (count - left) / divisor];
}

/** Of a day, or a length: may be negative, and longer than a day. */
function clock(perSecond: bigint): Decode {
  return (value) => {
    const count = countOf(value);
    if (count === undefined) return plain(value);
    const length = count < 0n ? -count : count;
    const seconds = length / perSecond;
    const parts = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n].map((part) => String(part).padStart(2, '0'));
    return withoutZeros(`${count < 0n ? '-' : ''}${parts.join(':')}.${padded(length % perSecond, perSecond)}`);
  };
}

function padded(fraction: bigint, perSecond: bigint): string {
  return String(fraction).padStart(String(perSecond).length - 1, '0');
}

function withoutZeros(time: string): string {
  return time.includes('.') ? time.replace(/\.?0+$/, '') : time;
}

/** ISO text with `Z` or an offset: told in UTC. */
function instant(value: unknown): RowValue {
  const [, local = '', fraction = '', zone = ''] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?)(\.\d+)?(Z|[+-]\d\d:?\d\d)$/.exec(text(value)) ?? [];
  const ms = Date.parse(`${local}${zone}`);
  if (zone === '' || Number.isNaN(ms)) return plain(value);
  return `${withoutZeros(new Date(ms).toISOString().slice(0, 19) + fraction)}Z`;
}

/** Big-endian two's complement, as Java's BigInteger; `scale` digits stand behind the point. */
export function unscaled(base64: string, scale: number): string {
  const bytes = Buffer.from(base64, 'base64');
  const value = BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex') || '0'}`));
  const sign = value < 0n ? '-' : '';
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  if (scale <= 0) return sign + digits + '0'.repeat(value === 0n ? 0 : -scale);
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function variableScale(value: unknown): RowValue {
  const { scale, value: bytes } = value as { scale?: unknown; value?: unknown };
  return isBase64(bytes) ? unscaled(bytes, Number(scale ?? 0)) : plain(value);
}

function wellKnownBinary(value: unknown): RowValue {
  return { base64: text((value as { wkb?: unknown }).wkb ?? '') };
}
