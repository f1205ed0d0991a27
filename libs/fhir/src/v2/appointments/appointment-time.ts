import type { Json } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import { firstValued } from '../compact.js';
import type { Draft } from '../draft.js';
import type { Slots } from '../slots.js';

const perUnit: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['M', 1],
  ['MIN', 1],
  ['MINS', 1],
  ['MINUTE', 1],
  ['MINUTES', 1],
  ['H', 60],
  ['HR', 60],
  ['HOUR', 60],
  ['HOURS', 60],
  ['S', 1 / 60],
  ['SEC', 1 / 60],
]);

/** Start, duration and its units in the resource segments. */
const inResources: ReadonlyMap<string, readonly [number, number, number]> = new Map([
  ['AIS', [4, 7, 8]],
  ['AIP', [6, 9, 10]],
  ['AIL', [6, 9, 10]],
  ['AIG', [8, 11, 12]],
]);

/** What ends an appointment names it by its start and is no news of its end. */
export const endings: ReadonlySet<string> = new Set(['S15', 'S16', 'S17', 'S26']);

interface Times {
  readonly start: string;
  readonly end: string;
}

/**
 * When it is: TQ1-7 and TQ1-8, SCH-11 (a TQ), else the first AIx with a time. An end is what was sent, else start and
 * duration; R4 asks for one beside a start, so that an unknown one says that it is unknown.
 */
export function timeSlots(
  sch: Segment,
  segments: readonly Segment[],
  { draft, slots }: { draft: Draft; slots: Slots },
): void {
  const minutes = minutesOf(sch, segments);
  const { start, end } = sentTimes(sch, segments);
  slots.set('minutesDuration', minutes);
  const from = draft.times.instant(start);
  if (from === undefined) {
    const day = draft.times.dateTime(start);
    slots.set('requestedPeriod', day === undefined ? undefined : [{ start: day }]);
    return;
  }
  const until = draft.times.instant(end) ?? (minutes === undefined ? undefined : later(from, minutes));
  slots.set('start', from);
  if (until !== undefined) slots.set('end', until).remove('_end');
  else if (!endings.has(draft.trigger)) slots.set('_end', unknownEnd()).remove('end');
}

/** Of a resource segment: its start and duration; undefined where either does not say a minute. */
export function endOf(segment: Segment, draft: Draft): string | undefined {
  const from = draft.times.instant(startOf(segment));
  const minutes = inMinutes(...durationOf(segment));
  return from === undefined || minutes === undefined ? undefined : later(from, minutes);
}

function sentTimes(sch: Segment, segments: readonly Segment[]): Times {
  const tq1 = segments.find(({ name }) => name === 'TQ1');
  const ofTq1 = { start: tq1?.field(7).text() ?? '', end: tq1?.field(8).text() ?? '' };
  const ofTq = { start: sch.field(11).text(4), end: sch.field(11).text(5) };
  const ofResources = segments.map((segment) => ({ start: startOf(segment), end: '' }));
  const found = [ofTq1, ofTq, ...ofResources].find(({ start }) => firstValued(start) !== undefined);
  return found ?? { start: '', end: '' };
}

function startOf(segment: Segment): string {
  const at = inResources.get(segment.name)?.[0];
  return at === undefined ? '' : segment.field(at).text();
}

// SCH-9 with SCH-10, the third component of SCH-11, else the first AIx with a duration
function minutesOf(sch: Segment, segments: readonly Segment[]): number | undefined {
  const [, letter = '', amount = ''] = /^([MHS])(\d{1,5})$/i.exec(sch.field(11).text(3)) ?? [];
  const durations: readonly (readonly [string, string])[] = [
    [sch.field(9).text(), sch.field(10).text(1)],
    [amount, letter],
    ...segments.map(durationOf),
  ];
  return durations.map(([sent, unit]) => inMinutes(sent, unit)).find((minutes) => minutes !== undefined);
}

function durationOf(segment: Segment): readonly [string, string] {
  const [, duration, unit] = inResources.get(segment.name) ?? [];
  return duration === undefined || unit === undefined
    ? ['', '']
    : [segment.field(duration).text(), segment.field(unit).text(1)];
}

function inMinutes(amount: string, unit: string): number | undefined {
  const factor = perUnit.get(unit.trim().toUpperCase());
  if (!/^\d{1,6}(?:\.0+)?$/.test(amount.trim()) || factor === undefined) return undefined;
  const minutes = Math.round(Number(amount) * factor);
  return minutes > 0 ? minutes : undefined;
}

function later(instant: string, minutes: number): string {
  return new Date(Date.parse(instant) + minutes * 60_000).toISOString();
}

function unknownEnd(): Json {
  return { extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }] };
}
