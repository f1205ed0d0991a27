const formatters = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, LocalOffset>();
/** Times of one feed are mostly of the same days. */
const offsetsMax = 10_000;
const quarterMs = 900_000;
const dayMs = 86_400_000;
const minuteMs = 60_000;

export interface LocalOffset {
  readonly minutes: number;
  /** The local time occurs twice, before and after clocks go back; the first is meant. */
  readonly isAmbiguous: boolean;
}

/**
 * Offset of an IANA zone at a local time, given as if it were UTC. A time that clocks skip is read with the offset before the
 * change. Throws `RangeError` for an unknown zone.
 */
export function zoneOffset(zone: string, localMs: number): LocalOffset {
  // Clocks of standard zones change on a quarter of an hour.
  const quarter = `${zone} ${Math.floor(localMs / quarterMs)}`;
  const known = offsets.get(quarter);
  if (known !== undefined) return known;
  const found = findOffset(zone, localMs);
  if (offsets.size >= offsetsMax) offsets.clear();
  offsets.set(quarter, found);
  return found;
}

function findOffset(zone: string, localMs: number): LocalOffset {
  const before = offsetAt(zone, localMs - dayMs);
  const after = offsetAt(zone, localMs + dayMs);
  if (before === after) return { minutes: before, isAmbiguous: false };
  const isBefore = offsetAt(zone, localMs - before * minuteMs) === before;
  const isAfter = offsetAt(zone, localMs - after * minuteMs) === after;
  return { minutes: isBefore || !isAfter ? before : after, isAmbiguous: isBefore && isAfter };
}

function offsetAt(zone: string, instantMs: number): number {
  const parts = formatterOf(zone).formatToParts(instantMs);
  const read = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((one) => one.type === type)?.value);
  const local = new Date(0);
  local.setUTCFullYear(read('year'), read('month') - 1, read('day'));
  local.setUTCHours(read('hour'), read('minute'), read('second'));
  return Math.round((local.getTime() - Math.floor(instantMs / 1000) * 1000) / minuteMs);
}

function formatterOf(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'iso8601',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formatters.set(zone, formatter);
  }
  return formatter;
}
