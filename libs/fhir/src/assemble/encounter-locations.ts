import type { Json } from '@anamnesis/core';

type JsonObject = Readonly<Record<string, Json | undefined>>;

interface Stay {
  readonly location: Json;
  readonly start: Json | undefined;
  end?: Json | undefined;
  isOver: boolean;
}

export interface LocationOptions {
  /** Of the encounter, when it is over. */
  readonly end: string | undefined;
  /** Of the encounter. */
  readonly status: Json | undefined;
}

/** Of an encounter in which nobody is at a place any more, or never was. */
const overStatuses: readonly Json[] = ['finished', 'cancelled', 'entered-in-error'];

/**
 * `Encounter.location` from what events said of places (`PlaceStatement`): in the order of time, each closed by the next
 * move, repeats taken together, a prior place (PV1-6) put before the move when nobody had said it. Entries without `at`
 * (temporary, reserved) follow as they are. An encounter that is over occupies none of them, nor is one kept for it.
 */
export function encounterLocations(stated: readonly Json[], { end, status }: LocationOptions): readonly Json[] {
  const isOver = status !== undefined && overStatuses.includes(status);
  const objects = stated.filter(isObject);
  const stays: Stay[] = [];
  for (const one of objects.filter(({ at }) => at !== undefined).sort(byTime)) enter(stays, one);
  const last = stays.at(-1);
  if (last !== undefined && (isOver || end !== undefined)) leave(last, end);
  const history = stays.map((stay) => entry(stay, status === 'planned' ? 'planned' : 'active'));
  const others = objects.filter(({ at }) => at === undefined);
  return [...history, ...(isOver ? others.map(givenUp) : others)];
}

/** A place that was only planned or reserved was never entered: no status of FHIR R4 says so. */
function givenUp({ status, ...entry }: JsonObject): JsonObject {
  const isEntered = status === 'active' || status === 'completed';
  return { ...entry, ...(isEntered && { status: 'completed' }) };
}

function enter(stays: Stay[], statement: JsonObject): void {
  const { location = null, start } = statement;
  enterPrior(stays, statement);
  const last = stays.at(-1);
  if (isSame(last?.location, location)) return;
  // Only a move says when the place before it was left.
  if (last) leave(last, start);
  stays.push({ location, start, isOver: false });
}

/** PV1-6 of a move, when it is not where the history has the patient. */
function enterPrior(stays: Stay[], { location, start, prior }: JsonObject): void {
  const before = stays.at(-1);
  if (start === undefined || prior === undefined || isSame(before?.location, prior) || isSame(prior, location)) return;
  if (before) leave(before, undefined);
  stays.push({ location: prior, start: undefined, isOver: false });
}

function leave(stay: Stay, end: Json | undefined): void {
  stay.isOver = true;
  stay.end ??= end;
}

function entry({ location, start, end, isOver }: Stay, current: string): Json {
  const period = { ...(start !== undefined && { start }), ...(end !== undefined && { end }) };
  return {
    location,
    status: isOver ? 'completed' : current,
    ...(Object.keys(period).length > 0 && { period }),
  };
}

function byTime(a: JsonObject, b: JsonObject): number {
  const [first, second] = [timeOf(a), timeOf(b)];
  return Number(first > second) - Number(first < second);
}

function timeOf({ at }: JsonObject): string {
  return typeof at === 'string' ? at : '';
}

function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
