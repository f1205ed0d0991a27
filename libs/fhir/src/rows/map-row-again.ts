import { canonicalJson, type Json, type Row, type RowChange, type RowValue, type Statement } from '@anamnesis/core';
import type { MappedEvent } from '../v2/mapping-context.js';
import { mapRow } from './map-row.js';
import type { RowMapping } from './row-context.js';
import { rowEventType } from './row-event-type.js';
import { rowResourceId } from './row-identity.js';
import { RowReader } from './row-reader.js';
import { slotColumns } from './slot-columns.js';

/** A row as it was told last. */
export interface ToldRow {
  readonly table: string;
  readonly key: readonly RowValue[];
  readonly row: Row;
  /** When each column's value was stated, ISO 8601 UTC; under the empty name, that of all others. */
  readonly statedAt: Readonly<Record<string, string>>;
}

export interface MappedAgain {
  /** What is to be told: what the row states no longer, then what it states otherwise; none where nothing is different. */
  readonly told: readonly { readonly change: RowChange; readonly event: MappedEvent }[];
  /** Of the whole row, with all that it says. */
  readonly event: MappedEvent;
}

interface Mappings {
  /** By which the row was told; absent: nothing of it was stated. */
  readonly was: RowMapping | undefined;
  /** That converters of another version told it: what they made of it is not known any more. */
  readonly isByOthers?: boolean;
  readonly now: RowMapping;
}

/**
 * What a row says under another mapping than the one by which it was told. Only what is different is said, all of it where
 * that is not known, and at the time at which its values were stated: it takes the place of what was said then, and nothing
 * that anybody has said since is overwritten. Its position is `label` and the time of its last change: the same whenever
 * this is done again.
 */
export function mapRowAgain(row: ToldRow, { was, isByOthers = false, now }: Mappings, label: string): MappedAgain {
  const { table, key, row: after } = row;
  const at = latest(Object.values(row.statedAt));
  const found: RowChange = { op: 'r', table, key, after, at, position: `${label}@${at}` };
  const former = was && mapRow(found, was.mapping, was.context);
  const stated = former?.resources.statements ?? [];
  const event = mapRow(found, now.mapping, now.context);
  if (event.type === 'row.unmapped') return { told: [], event };
  const different = event.resources.statements.flatMap((one) =>
    differing(
      one,
      stated.find((other) => isSame(other, one)),
      { row, was, now, isByOthers, faulty: (event.resources.findings ?? []).map(({ location }) => location) },
    ),
  );
  const change: RowChange = stated.length === 0 ? found : { ...found, op: 'u' };
  const told = different.length === 0 ? [] : [{ change, event: eventOf(change, event, different) }];
  return { told: [...goneOf(row, { was, now, stated, found }), ...told], event };
}

interface Lost {
  readonly was: RowMapping | undefined;
  readonly now: RowMapping;
  readonly stated: readonly Statement[];
  readonly found: RowChange;
}

/** Resources that the row does not state any more: they have another id, are not in the file, or `when` is not so. */
function goneOf(row: ToldRow, { was, now, stated, found }: Lost): MappedAgain['told'] {
  const place = { table: row.table, ...now };
  const reader = new RowReader(row.row, place);
  const possible = (now.mapping.tables[row.table]?.resources ?? [])
    .filter(({ when }) => reader.holds(when) !== false)
    .map((resource) => ({ resourceType: resource.type, id: rowResourceId(place, resource, row.key) }));
  const lost = stated.filter((one) => !possible.some((other) => isSame(one, other)));
  if (was === undefined || lost.length === 0) return [];
  const { after: before, ...rest } = found;
  const change: RowChange = { ...rest, op: 'd', ...(before && { before }), position: `${found.position}-d` };
  const event = mapRow(change, was.mapping, was.context);
  const withdrawn = event.resources.statements.filter((one) => lost.some((other) => isSame(one, other)));
  return withdrawn.length === 0 ? [] : [{ change, event: eventOf(change, event, withdrawn) }];
}

interface Compared {
  readonly row: ToldRow;
  readonly was: RowMapping | undefined;
  readonly now: RowMapping;
  readonly isByOthers: boolean;
  /** Places of values that are left out. */
  readonly faulty: readonly string[];
}

/** A statement for each time at which something in it was said. What does not convert any more stays as it was said. */
function differing(next: Statement, last: Statement | undefined, compared: Compared): readonly Statement[] {
  const { row, was, now, isByOthers, faulty } = compared;
  const byTime = new Map<string, { slots: Record<string, Json>; removed: string[] }>();
  const at = (slot: string) => {
    const columns = [
      ...columnsOf({ slot, statement: next }, row, was),
      ...columnsOf({ slot, statement: next }, row, now),
    ];
    const time = latest(['', ...columns].map((column) => row.statedAt[column] ?? ''));
    const part = byTime.get(time) ?? { slots: {}, removed: [] };
    byTime.set(time, part);
    return part;
  };
  // What does not convert any more; of a row of which nothing was told there is nothing to keep.
  const isKept = (slot: string) =>
    last !== undefined &&
    columnsOf({ slot, statement: next }, row, now).some((column) => faulty.includes(`${row.table}.${column}`));
  for (const [slot, value] of Object.entries(next.slots))
    if (isByOthers || !isEqual(last?.slots[slot], value)) at(slot).slots[slot] = value;
  for (const slot of goneSlots(next, last, isByOthers)) if (!isKept(slot)) at(slot).removed.push(slot);
  const { resourceType, id, trigger } = next;
  return [...byTime].sort(byText).map(([statedAt, part]) => {
    const left = part.removed.length > 0 && { removed: part.removed };
    return { resourceType, id, statedAt, trigger, slots: part.slots, ...left };
  });
}

/** Slots that are empty now: those that were told, and where that is not known all that may have been. */
function goneSlots(next: Statement, last: Statement | undefined, isByOthers: boolean): ReadonlySet<string> {
  const told = last && Object.keys(last.slots).filter((slot) => !(slot in next.slots));
  return new Set([...(told ?? []), ...(told === undefined || isByOthers ? (next.removed ?? []) : [])]);
}

/** What one mapping reads for a slot. */
function columnsOf(
  { slot, statement }: { readonly slot: string; readonly statement: Statement },
  row: ToldRow,
  by: RowMapping | undefined,
): readonly string[] {
  const table = by?.mapping.tables[row.table];
  if (by === undefined || table === undefined) return [];
  const place = { table: row.table, ...by };
  return table.resources
    .filter(({ type }) => type === statement.resourceType)
    .filter((resource) => rowResourceId(place, resource, row.key) === statement.id)
    .flatMap((resource) => slotColumns(table, resource, slot));
}

/** Named and dated by the change that it is told as. */
function eventOf({ op, at }: RowChange, event: MappedEvent, told: readonly Statement[]): MappedEvent {
  const [first] = event.resources.statements;
  const statements = told.map((one) => ({ ...one, trigger: op }));
  return {
    ...event,
    type: rowEventType(first?.resourceType ?? '', op, op === 'd' ? undefined : first?.slots['status']),
    ...(op !== 'r' && { occurredAt: at }),
    resources: { ...event.resources, statements },
  };
}

function isSame(a: Pick<Statement, 'resourceType' | 'id'>, b: Pick<Statement, 'resourceType' | 'id'>): boolean {
  return a.resourceType === b.resourceType && a.id === b.id;
}

function isEqual(a: Json | undefined, b: Json): boolean {
  return a !== undefined && canonicalJson(a) === canonicalJson(b);
}

function byText([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function latest(times: readonly string[]): string {
  return times.reduce((last, one) => (one > last ? one : last), '');
}
