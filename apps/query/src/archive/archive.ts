import { Injectable } from '@nestjs/common';
import type { Fields } from '@anamnesis/core';
import { ArchiveCursor, ArchiveEntry, type ArchiveKind, insertOnce } from '@anamnesis/store';
import type { EntityManager } from 'typeorm';
import { ContentKeys, type KeyRing } from './content-keys.js';
import { decodeEntry, encodeEntry } from './entry-codec.js';
import { insertAll, select, selectIn } from './rows.js';

/** A fact to be archived. */
export interface NewEntry {
  readonly kind: ArchiveKind;
  readonly entryKey: string;
  readonly recordKey: string;
  readonly header: object;
  readonly raw: Uint8Array;
}

/** Where an entry stands. */
export interface Place {
  readonly seq: number;
  readonly at: string;
}

/** An entry as it was archived; `content` is absent when it does not open any more. */
export interface ReadEntry extends Place {
  readonly kind: ArchiveKind;
  readonly entryKey: string;
  readonly recordKey: string;
  readonly content?: { readonly header: Fields; readonly raw: Uint8Array };
  /** Its content key was destroyed. */
  readonly isErased: boolean;
}

const columns = 'seq, kind, entryKey, recordKey, at, sealed';

/** The sealed archive; the one source of every projection. */
@Injectable()
export class Archive {
  constructor(private readonly contentKeys: ContentKeys) {}

  /**
   * Where the archive ends. From this statement to the end of the transaction no other one projects: every projection
   * happens in the order of `seq`, in any number of processes. The update takes the row's lock although it changes
   * nothing; what is read after it is what the holder before committed (the store reads committed, not a snapshot).
   */
  async lock(manager: EntityManager): Promise<Place> {
    await manager.query('UPDATE archive_cursor SET seq = seq WHERE id = 1');
    const [cursor] = await select<ArchiveCursor>(manager, 'SELECT id, seq, at FROM archive_cursor WHERE id = 1');
    if (cursor !== undefined) return cursor;
    // The first projection of all: whoever inserts the row, both wait for it.
    await insertOnce(manager, ArchiveCursor, { id: 1, seq: 0, at: '' });
    return this.lock(manager);
  }

  /** Those of the keys that are archived already. */
  async known(manager: EntityManager, entryKeys: readonly string[]): Promise<ReadonlySet<string>> {
    const sql = 'SELECT entryKey FROM archive_entry WHERE entryKey IN';
    const rows = await selectIn<{ entryKey: string }>(manager, sql, { keys: entryKeys });
    return new Set(rows.map(({ entryKey }) => entryKey));
  }

  /** After `lock`, whose place is `end`. Gives each entry its place. */
  async append(
    manager: EntityManager,
    entries: readonly NewEntry[],
    { ring, end, now }: { ring: KeyRing; end: Place; now: string },
  ): Promise<readonly Place[]> {
    const at = now > end.at ? now : end.at;
    const rows = entries.map(({ kind, entryKey, recordKey, header, raw }, index) => ({
      seq: end.seq + 1 + index,
      kind,
      entryKey,
      recordKey,
      at,
      sealed: ring.seal(recordKey, encodeEntry(header, raw), contextOf(entryKey)),
    }));
    await insertAll(manager, ArchiveEntry, rows);
    await manager.query('UPDATE archive_cursor SET seq = ?, at = ? WHERE id = 1', [end.seq + rows.length, at]);
    return rows;
  }

  async bySeq(manager: EntityManager, seqs: readonly number[]): Promise<readonly ReadEntry[]> {
    const sql = `SELECT ${columns} FROM archive_entry WHERE seq IN`;
    return this.#opened(manager, await selectIn<ArchiveEntry>(manager, sql, { keys: seqs }));
  }

  async byKey(manager: EntityManager, entryKeys: readonly string[]): Promise<readonly ReadEntry[]> {
    const sql = `SELECT ${columns} FROM archive_entry WHERE entryKey IN`;
    return this.#opened(manager, await selectIn<ArchiveEntry>(manager, sql, { keys: entryKeys }));
  }

  /** The next entries after `seq`, in order. */
  async after(manager: EntityManager, seq: number, count: number): Promise<readonly ReadEntry[]> {
    const sql = `SELECT ${columns} FROM archive_entry WHERE seq > ? ORDER BY seq LIMIT ${count}`;
    return this.#opened(manager, await select<ArchiveEntry>(manager, sql, [seq]));
  }

  /** Whoever reads next must find the stored content keys to be good ones. */
  forgetKeys(): void {
    this.contentKeys.forget();
  }

  async #opened(manager: EntityManager, rows: readonly ArchiveEntry[]): Promise<readonly ReadEntry[]> {
    const ring = await this.contentKeys.open(
      manager,
      rows.map(({ recordKey }) => recordKey),
    );
    return [...rows]
      .sort((a, b) => a.seq - b.seq)
      .map(({ sealed, ...row }) => {
        const content = opened(ring, row, sealed);
        return { ...row, isErased: ring.isErased(row.recordKey), ...(content !== undefined && { content }) };
      });
  }
}

function opened(
  ring: KeyRing,
  { recordKey, entryKey }: Pick<ArchiveEntry, 'recordKey' | 'entryKey'>,
  sealed: Uint8Array,
): ReadEntry['content'] {
  try {
    return decodeEntry(ring.unseal(recordKey, sealed, contextOf(entryKey)));
  } catch {
    return undefined; // altered or erased: a finding of the integrity audit, never a failure of what reads
  }
}

function contextOf(entryKey: string): string {
  return `archive/${entryKey}`;
}
