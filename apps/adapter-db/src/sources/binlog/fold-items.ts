import type { RowChange } from '@anamnesis/core';
import { type BinlogPlace, lastOf, later, reaches } from './binlog-place.js';
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
      const at = later(place, item.atMs * 1000);
      place = { ...place, skip: item.number, at: lastOf(place, at) };
      for (const change of changesOf(item, at, keys[item.table] ?? [])) changes.push(change);
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
  if (after === undefined)
    return before === undefined ? [] : [{ op: 'd', key: keyOf(columns, before), before, ...told }];
  const key = keyOf(columns, after);
  if (op === 'c' || before === undefined) return [{ op: 'c', key, after, ...told }];
  const keyBefore = keyOf(columns, before);
  if (JSON.stringify(keyBefore) === JSON.stringify(key)) return [{ op: 'u', key, before, after, ...told }];
  return [
    { op: 'd', key: keyBefore, before, ...told },
    { op: 'c', key, after, ...told },
  ];
}
