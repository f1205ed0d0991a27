/** First and last instant of a date as precise as it is given; ISO 8601 UTC with three decimals, so that they sort. */
export interface Instants {
  readonly from: string;
  readonly until: string;
}

export const earliest = '0000-01-01T00:00:00.000Z';
export const latest = '9999-12-31T23:59:59.999Z';

const form =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/;

/** Reads a FHIR date, dateTime or instant. Without an offset it counts as UTC. Undefined for what is none. */
export function dateBounds(text: string): Instants | undefined {
  const match = form.exec(text);
  if (match === null) return undefined;
  const [, year = '', month, day, hour, minute, second, fraction, offset = 'Z'] = match;
  const fromMs = startMs([year, month, day, hour, minute, second, fraction], offset);
  if (Number.isNaN(fromMs)) return undefined;
  const end = new Date(fromMs);
  if (month === undefined) end.setUTCFullYear(end.getUTCFullYear() + 1);
  else if (day === undefined) end.setUTCMonth(end.getUTCMonth() + 1);
  else end.setTime(fromMs + widthMs({ hour, second, fraction }));
  return { from: new Date(fromMs).toISOString(), until: new Date(end.getTime() - 1).toISOString() };
}

function startMs(parts: readonly (string | undefined)[], offset: string): number {
  const least = ['', '01', '01', '00', '00', '00', '000'];
  const [year, month, day, hour, minute, second, fraction = ''] = parts.map((part, at) => part ?? least[at]);
  const milliseconds = fraction.padEnd(3, '0').slice(0, 3);
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}${offset}`);
}

function widthMs(given: {
  hour: string | undefined;
  second: string | undefined;
  fraction: string | undefined;
}): number {
  if (given.hour === undefined) return 24 * 60 * 60 * 1000;
  if (given.second === undefined) return 60_000;
  return given.fraction === undefined ? 1000 : 1;
}
