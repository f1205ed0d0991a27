import type { RowChange } from '@anamnesis/core';
import { RowReader, type RowPlace } from './row-reader.js';
import type { TableMapping } from './mapping-file.js';
import type { RowContext, RowMapping } from './row-context.js';

export interface RowTimes {
  /** ISO 8601 UTC: the place of the change among all that is said. */
  readonly statedAt: string;
  /** Absent for a row that was found, of which nobody says when it became so. */
  readonly occurredAt?: string;
}

/** A time further ahead of our clock than this is that of a clock that is wrong. */
export const aheadMsMax = 10 * 60_000;

/**
 * When a change was made: when it was committed, or (`changedAt`) when the application says, as far as that column moved
 * with the change and names no later time. Never before what was said of the row last, whatever clock went back; nor ahead
 * of ours, since nothing that anybody says until then would count.
 */
export function rowTimes(change: RowChange, table: TableMapping, place: RowPlace): RowTimes {
  const found = foundAt(change, place.context);
  const said = change.op === 'd' ? undefined : saidAt(change, table, place);
  const isSaid = said !== undefined && said <= found;
  const statedAt = notBefore(isSaid ? said : found, place.context.saidLastAt);
  return { statedAt, ...((isSaid || change.op !== 'r') && { occurredAt: statedAt }) };
}

function foundAt({ at }: RowChange, { receivedAt }: RowContext): string {
  const found = instantOf(at);
  const isBelieved =
    found !== undefined && (found <= receivedAt || Date.parse(found) - Date.parse(receivedAt) <= aheadMsMax);
  return isBelieved ? found : receivedAt;
}

/** At the same time the order of their receipt tells. */
function notBefore(time: string, last: string | undefined): string {
  return last === undefined || time >= last ? time : new Date(Date.parse(last) + 1).toISOString();
}

/** `Statement.statedAt` of what this change states. */
export function rowStatedAt(change: RowChange, { mapping, context }: RowMapping): string {
  const table = Object.hasOwn(mapping.tables, change.table) ? mapping.tables[change.table] : undefined;
  if (table === undefined) return foundAt(change, context);
  return rowTimes(change, table, { table: change.table, mapping, context }).statedAt;
}

function saidAt({ before, after }: RowChange, { changedAt }: TableMapping, place: RowPlace): string | undefined {
  if (changedAt === undefined || after === undefined) return undefined;
  const [column = ''] = changedAt.columns;
  if (before !== undefined && before[column] === after[column]) return undefined;
  const { table, mapping, context } = place;
  const value = new RowReader(after, { table, mapping, context }).column(changedAt, {
    ...{ type: { name: 'dateTime' }, location: `${table}.${column}` },
  });
  return typeof value === 'string' && value.includes('T') ? instantOf(value) : undefined;
}

/** Milliseconds, or microseconds, of which milliseconds are kept. */
const instant = /^\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d\.\d{3}(?:\d{3})?Z$/;
const instantLength = '2026-01-01T00:00:00.000Z'.length;

function instantOf(text: string): string | undefined {
  // As adapters write it.
  if (instant.test(text)) return text.length === instantLength ? text : `${text.slice(0, instantLength - 1)}Z`;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}
