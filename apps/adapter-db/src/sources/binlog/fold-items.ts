import type { RowChange } from '@anamnesis/core';
import { type BinlogPlace, later, reaches } from './binlog-place.js';
import { keyOf } from './compare-tables.js';
import type { LogItem } from './event-reader.js';
import { afterGtid } from './gtids.js';
import type { SnapshotPlace } from './snapshot.js';

export interface Folded {
  readonly changes: readonly RowChange[];
  readonly place: BinlogPlace;
  readonly guards: readonly (LogItem & { kind: 'guard' })[];
}

/** Items of the log as changes, and the place after them. */
export function foldItems(
  items: readonly LogItem[],
  from: BinlogPlace,
  keys: Readonly<Record<string, readonly string[]>>,
): Folded {
  const changes: RowChange[] = [];
  const guards: (LogItem & { kind: 'guard' })[] = [];
  let place = from;
  for (const item of items) {
    if (item.kind === 'guard') guards.push(item);
    else if (item.kind === 'commit') place = afterCommit(place, item);
    else {
      place = { ...place, skip: item.number, at: later(place, item.atMs * 1000) };
      changes.push(...changesOf(item, place.at, keys[item.table] ?? []));
    }
  }
  return { changes, place, guards };
}

/** Those up to the commit that reaches a place, all where none does. */
export function upTo(
  target: SnapshotPlace | undefined,
  items: readonly LogItem[],
  from: BinlogPlace,
): readonly LogItem[] {
  if (target === undefined) return items;
  let place = from;
  for (const [at, item] of items.entries()) {
    if (item.kind !== 'commit') continue;
    place = afterCommit(place, item);
    if (reaches(place, { ...place, ...target })) return items.slice(0, at + 1);
  }
  return items;
}

function afterCommit(place: BinlogPlace, { file, offset, gtid }: LogItem & { kind: 'commit' }): BinlogPlace {
  const moved = { ...place, file, offset, skip: 0 };
  if (gtid === undefined || place.gtid === undefined) return moved;
  return { ...moved, gtid: afterGtid(place.gtid, gtid) };
}

/** A row whose key was changed is another row: the old one is gone, the new one is there. */
function changesOf(item: LogItem & { kind: 'row' }, at: string, columns: readonly string[]): readonly RowChange[] {
  const { op, table, before, after, transaction, number } = item;
  const told = { table, at, position: `${transaction}#${number}`, transaction };
  const keyBefore = before === undefined ? undefined : keyOf(columns, before);
  const keyAfter = after === undefined ? undefined : keyOf(columns, after);
  const gone = (key: NonNullable<typeof keyBefore>): RowChange => ({
    op: 'd',
    key,
    ...(before && { before }),
    ...told,
  });
  const made = (key: NonNullable<typeof keyAfter>): RowChange => ({ op: 'c', key, ...(after && { after }), ...told });
  if (keyAfter === undefined) return keyBefore === undefined ? [] : [gone(keyBefore)];
  if (op === 'c' || keyBefore === undefined) return [made(keyAfter)];
  if (JSON.stringify(keyBefore) !== JSON.stringify(keyAfter)) return [gone(keyBefore), made(keyAfter)];
  return [{ op: 'u', key: keyAfter, ...(before && { before }), ...(after && { after }), ...told }];
}
