import { ArchiveCursor, type Store } from '@anamnesis/store';
import type { EntityManager } from 'typeorm';
import { insertAll, select } from '../archive/rows.js';
import type { Projector } from './projector.js';

/** Row of `archive_cursor` that is there while a rebuild is under way: how far it is. */
const rebuildId = 2;
const entriesAtOnce = 100;

/** Everything that is a function of the archive. */
export const projectionTables = [
  'chart_record',
  'chart_person',
  'chart_person_version',
  'chart_assertion',
  'resource_version',
  'resource_current',
  'resource_index',
  'message',
  'test_message',
  'anchored_batch',
  'anchored_leaf',
  'remapped_event',
  'reused_number',
] as const;

export interface Rebuilt {
  readonly entries: number;
  /** Entries that were archived and are not there any more. */
  readonly missing: number;
  /** Keys of entries that do not open although nobody erased them: nothing of them is in the projections. */
  readonly unreadable: readonly string[];
}

/**
 * Drops every projection and makes it again from the archive, with the same ids, versions and times. Nothing else may
 * project meanwhile. Cut short, it leaves a mark on which query refuses to start, and begins anew when called again.
 */
export async function rebuildProjections(
  store: Store,
  projector: Projector,
  report: (done: number, of: number) => void,
): Promise<Rebuilt> {
  const unreadable: string[] = [];
  let count = 0;
  const end = await store.transaction(async (manager) => {
    await manager.query('DELETE FROM archive_cursor WHERE id = ?', [rebuildId]);
    await insertAll(manager, ArchiveCursor, [{ id: rebuildId, seq: 0, at: new Date().toISOString() }]);
    const [cursor] = await select<ArchiveCursor>(manager, 'SELECT * FROM archive_cursor WHERE id = 1');
    return cursor?.seq ?? 0;
  });
  // After the mark is committed: a server drops tables of this size and makes them anew, which no transaction undoes.
  await store.transaction(async ({ queryRunner }) => {
    for (const table of projectionTables) await queryRunner?.clearTable(table);
  });
  for (let seq = 0; seq < end;) {
    const next = await store.transaction(async (manager) => {
      const replayed = await projector.replay(manager, seq, entriesAtOnce);
      await manager.query('UPDATE archive_cursor SET seq = ? WHERE id = ?', [replayed.seq, rebuildId]);
      return replayed;
    });
    if (next.seq === seq) throw new Error(`the archive ends at entry ${seq}, its cursor says ${end}`);
    seq = next.seq;
    count += next.count;
    unreadable.push(...next.unreadable);
    report(seq, end);
  }
  await store.transaction((manager) => manager.query('DELETE FROM archive_cursor WHERE id = ?', [rebuildId]));
  return { entries: count, missing: end - count, unreadable };
}

/** Throws when a rebuild was begun and not finished: what is projected then is only a part. */
export async function demandWhole(manager: EntityManager): Promise<void> {
  const [mark] = await select<ArchiveCursor>(manager, `SELECT * FROM archive_cursor WHERE id = ${rebuildId}`);
  if (mark !== undefined) throw new Error(`a rebuild stopped at archive entry ${mark.seq}: run it again`);
}
