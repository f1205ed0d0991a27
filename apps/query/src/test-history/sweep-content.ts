import { Injectable } from '@nestjs/common';
import { ContentStore } from '@anamnesis/content';
import { contentDigestsOf } from '@anamnesis/core';
import { PurgedContent, Store } from '@anamnesis/store';
import type { EntityManager } from 'typeorm';
import { Archive, type ReadEntry } from '../archive/archive.js';
import { replaceAll, runIn, select } from '../archive/rows.js';
import { factOf } from '../project/facts.js';

const dayMs = 24 * 60 * 60 * 1000;
/** As long as topics keep messages: what was put before is in the archive by now, or will never be. */
const settledMs = 7 * dayMs;
/** Archive entries of one DB transaction: short, because projections wait meanwhile. */
const entriesAtOnce = 50;
const objectsAtOnce = 200;

/**
 * Removes from the content store what purged test messages left there. A document is one object however many messages have
 * it, so that the archive is read through first, a page at a time: what any entry names stays. What was put within the last
 * days stays until then, since its message may still be on its way.
 */
@Injectable()
export class SweepContent {
  constructor(
    private readonly store: Store,
    private readonly archive: Archive,
    private readonly content: ContentStore,
  ) {}

  /** In the transaction that purges the messages, while they open. */
  async note(manager: EntityManager, entries: readonly ReadEntry[]): Promise<void> {
    const purgedAt = new Date().toISOString();
    const rows = this.#namesIn(entries).map((name) => ({ name, purgedAt, readTo: 0 }));
    await replaceAll(manager, PurgedContent, rows);
  }

  /** Something may have to be removed. */
  async isDue(nowMs = Date.now()): Promise<boolean> {
    return (await dueOf(this.store.reader.manager, dueAt(nowMs))).length > 0;
  }

  /** The next page of the archive, for what is due; nothing while nothing is. Gives how many objects were removed. */
  async sweep(nowMs = Date.now()): Promise<number> {
    if (!(await this.isDue(nowMs))) return 0;
    const at = dueAt(nowMs);
    return this.store.transaction(async (manager) => {
      await this.archive.lock(manager); // nothing is archived between the last page and the removal
      const [first] = await dueOf(manager, at);
      if (first === undefined) return 0;
      const entries = await this.archive.after(manager, first.readTo, entriesAtOnce);
      await runIn(manager, 'DELETE FROM purged_content WHERE name IN', this.#namesIn(entries));
      const last = entries.at(-1);
      if (last === undefined) return this.#remove(manager, await dueOf(manager, at), nowMs);
      const sql = 'UPDATE purged_content SET readTo = ? WHERE purgedAt <= ? AND readTo < ?';
      await manager.query(sql, [last.seq, at, last.seq]);
      return 0;
    });
  }

  async #remove(manager: EntityManager, due: readonly PurgedContent[], nowMs: number): Promise<number> {
    const removed: string[] = [];
    for (const { name } of due)
      if (await this.content.removeUnlessPutSince(name, nowMs - settledMs)) removed.push(name);
    await runIn(manager, 'DELETE FROM purged_content WHERE name IN', removed);
    // Whoever put the others is looked for again once that is settled.
    const purgedAt = new Date(nowMs).toISOString();
    const kept = due.filter(({ name }) => !removed.includes(name));
    await replaceAll(
      manager,
      PurgedContent,
      kept.map(({ name, readTo }) => ({ name, readTo, purgedAt })),
    );
    return removed.length;
  }

  #namesIn(entries: readonly ReadEntry[]): readonly string[] {
    const digests = entries.flatMap((entry) => contentDigestsOf(detachedOf(entry)));
    return [...new Set(digests)].map((digest) => this.content.nameOf(digest));
  }
}

/** Of what was purged by then nothing can be on its way any more. */
function dueAt(nowMs: number): string {
  return new Date(nowMs - settledMs).toISOString();
}

/** Those of which the least is known come first. */
function dueOf(manager: EntityManager, at: string): Promise<PurgedContent[]> {
  const sql = `SELECT * FROM purged_content WHERE purgedAt <= ? ORDER BY readTo, name LIMIT ${objectsAtOnce}`;
  return select<PurgedContent>(manager, sql, [at]);
}

/** What was taken out of the message of an entry. Purged and erased ones name nothing any more. */
function detachedOf(entry: ReadEntry) {
  const fact = factOf(entry);
  if (fact?.kind === 'certified' || fact?.kind === 'test') return fact.header.event.raw.detached ?? [];
  return fact?.kind === 'refused' ? (fact.header.raw.detached ?? []) : [];
}
