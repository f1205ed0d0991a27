import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Rejected, type RegistryFact, type SourceFact } from '@anamnesis/core';
import { Keys, Metrics } from '@anamnesis/runtime';
import { type Message, RemapProgress, Store } from '@anamnesis/store';
import type { EntityManager } from 'typeorm';
import { Archive } from '../archive/archive.js';
import { isSet, replaceAll, select, selectIn } from '../archive/rows.js';
import { Projector } from '../project/projector.js';
import { KnownSources } from './known-sources.js';
import { type RemappedPage, remapPage } from './remap-page.js';

/** Events in one database transaction: what is taken from the bus waits no longer than for these. */
const eventsAtOnce = 20;

type Row = Pick<RemapProgress, keyof RemapProgress>;

/** How far a source's events have been mapped again. */
export interface RemapView {
  readonly sourceId: string;
  readonly facility: string;
  readonly application: string;
  /** Of the code table that is applied; 0: the source has none, and an operator asked. */
  readonly tableVersion: number;
  readonly state: 'running' | 'done';
  /** Events; null until they were counted. */
  readonly total: number | null;
  readonly done: number;
  /** Of `done`: what says something else now. */
  readonly changed: number;
  /** Of `done`: what could not be mapped again as the same event, and stays as it was. */
  readonly kept: number;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  readonly finishedAt: string | null;
}

/**
 * Maps the events of a source again when its code table changes, from the bytes as they came, page by page. The place where it
 * is stands in the store and moves in the transaction that archives a page: a process that is killed, or a second one that
 * does the same, leaves nothing out and makes nothing twice.
 */
@Injectable()
export class Remaps {
  readonly #logger = new Logger('remap');
  readonly #waiting;
  readonly #events;

  // eslint-disable-next-line max-params -- injected
  constructor(
    private readonly store: Store,
    private readonly archive: Archive,
    private readonly projector: Projector,
    private readonly sources: KnownSources,
    private readonly keys: Keys,
    metrics: Metrics,
  ) {
    this.#waiting = metrics.gauge('remap_waiting_events', 'Events that are still to be mapped again');
    this.#events = metrics.counter('remap_events_total', 'Events that were mapped again, by what came of it', [
      'result',
    ]);
  }

  /** Takes the registry in. A table that is newer than the one applied is to be applied to everything of its source. */
  async take(facts: readonly RegistryFact[]): Promise<void> {
    for (const fact of facts) this.sources.take(fact);
    const withTable = facts.filter((fact): fact is SourceFact => fact.kind === 'source' && fact.codes !== undefined);
    const newest = new Map(withTable.map((fact) => [fact.id, fact]));
    const stale = await this.#notYet(this.store.reader.manager, [...newest.values()]);
    if (stale.length === 0) return;
    await this.store.transaction(async (manager) => {
      await this.archive.lock(manager);
      const rows = (await this.#notYet(manager, stale)).map((source) => beginning(source, { isEverything: false }));
      await replaceAll(manager, RemapProgress, rows);
    });
  }

  /** Has everything of a source mapped again by this version of the product. Throws `Rejected('not-found')`. */
  async again(sourceId: string): Promise<RemapView> {
    const source = this.sources.source(sourceId);
    if (source === undefined) throw new Rejected('not-found', 'no such source');
    const row = beginning(source, { isEverything: true });
    await this.store.transaction(
      async (manager) => {
        await this.archive.lock(manager);
        await replaceAll(manager, RemapProgress, [row]);
      },
      { isUrgent: true },
    );
    return viewOf(row);
  }

  /** Goes on with what is unfinished, one source after the other, for up to `count` events. */
  async run(count: number): Promise<void> {
    let left = count;
    for (const { sourceId } of await this.#unfinished())
      while (left > 0) {
        const handled = await this.#page(sourceId, Math.min(eventsAtOnce, left));
        if (handled === 0) break;
        left -= handled;
        await nextTurn();
      }
    const waiting = (await this.#unfinished()).map(({ total, done }) => Math.max(0, (total ?? 0) - done));
    this.#waiting.set(waiting.reduce((sum, one) => sum + one, 0));
  }

  async report(): Promise<readonly RemapView[]> {
    const sql = 'SELECT * FROM remap_progress ORDER BY startedAt DESC, sourceId';
    return (await select<RemapProgress>(this.store.reader.manager, sql)).map(viewOf);
  }

  #unfinished(): Promise<RemapProgress[]> {
    const sql = 'SELECT * FROM remap_progress WHERE finishedAt IS NULL ORDER BY startedAt, sourceId';
    return select<RemapProgress>(this.store.reader.manager, sql);
  }

  async #notYet(manager: EntityManager, sources: readonly SourceFact[]): Promise<readonly SourceFact[]> {
    const sql = 'SELECT sourceId, tableVersion FROM remap_progress WHERE sourceId IN';
    const rows = await selectIn<RemapProgress>(manager, sql, { keys: sources.map(({ id }) => id) });
    const applied = new Map(rows.map(({ sourceId, tableVersion }) => [sourceId, tableVersion]));
    return sources.filter(({ id, codes }) => (codes?.version ?? 0) > (applied.get(id) ?? 0));
  }

  /** Resolves to the number of events that were done; 0 when there is nothing (more) to do here now. */
  async #page(sourceId: string, count: number): Promise<number> {
    const { manager } = this.store.reader;
    const row = await rowOf(manager, sourceId);
    const source = this.sources.source(sourceId);
    // Another instance may have heard of a newer table than this one.
    if (row === undefined || source === undefined || (source.codes?.version ?? 0) !== row.tableVersion) return 0;
    const total = row.total ?? (await countOf(manager, row));
    const events = await eventsOf(manager, row, count);
    const page = await remapPage({
      manager,
      archive: this.archive,
      sources: this.sources,
      source,
      deploymentKey: this.keys.deploymentKey,
      events,
      breathe: async () => {
        await nextTurn();
      },
      onDefect: (eventId, defect) => {
        // Its message may quote content.
        this.#logger.error('not mapped again', {
          eventId,
          defect: defect instanceof Error ? defect.name : typeof defect,
        });
      },
    });
    return this.#keep({ ...row, total }, events, page);
  }

  async #keep(row: Row, events: readonly Pick<Message, 'seq'>[], page: RemappedPage): Promise<number> {
    const kept = await this.store.transaction(async (manager) => {
      const end = await this.archive.lock(manager);
      const held = await rowOf(manager, row.sourceId);
      // Somebody else did this page, or began anew, between the reading and now.
      if (held === undefined || pageName(held) !== pageName(row)) return undefined;
      const fresh = await this.projector.takeIn(manager, page.entries);
      const next = {
        ...held,
        isEverything: isSet(held.isEverything),
        seq: events.at(-1)?.seq ?? held.seq,
        total: held.total ?? row.total,
        done: held.done + events.length,
        changed: held.changed + fresh.length,
        kept: held.kept + page.kept,
      };
      const isDone = (await eventsOf(manager, next, 1)).length === 0;
      // What is certified from here on stands behind the end, and opens this again if it has to.
      const finish = { seq: end.seq, isEverything: false, finishedAt: new Date().toISOString() };
      await replaceAll(manager, RemapProgress, [isDone ? { ...next, ...finish } : next]);
      return { changed: fresh.length, end: isDone ? next : undefined };
    });
    if (kept === undefined) return 0;
    const { changed, end } = kept;
    if (end !== undefined) this.#logger.log('mapped again', countsOf(end));
    this.#events.inc({ result: 'changed' }, changed);
    this.#events.inc({ result: 'kept' }, page.kept);
    this.#events.inc({ result: 'same' }, events.length - changed - page.kept);
    return events.length;
  }
}

function beginning({ id, facility, application, codes }: SourceFact, { isEverything }: { isEverything: boolean }) {
  return {
    sourceId: id,
    facility: facility.slice(0, 255),
    application: application.slice(0, 255),
    tableVersion: codes?.version ?? 0,
    isEverything,
    seq: 0,
    total: null,
    done: 0,
    changed: 0,
    kept: 0,
    startedAt: new Date().toISOString(),
    finishedAt: null,
  } satisfies RemapProgress;
}

async function rowOf(manager: EntityManager, sourceId: string): Promise<Row | undefined> {
  const sql = 'SELECT * FROM remap_progress WHERE sourceId = ? AND finishedAt IS NULL';
  return (await select<Row>(manager, sql, [sourceId]))[0];
}

type Begun = Pick<RemapProgress, 'facility' | 'application' | 'tableVersion' | 'isEverything' | 'seq'>;

/** Those of the source, after the place reached, that were not mapped with this table (or a newer one) at intake. */
async function eventsOf(manager: EntityManager, row: Begun, count: number): Promise<Pick<Message, 'id' | 'seq'>[]> {
  const { sql, values } = selection(row);
  return select(manager, `SELECT id, seq FROM message WHERE ${sql} ORDER BY seq LIMIT ${count}`, values);
}

async function countOf(manager: EntityManager, row: Begun): Promise<number> {
  const { sql, values } = selection(row);
  const [found] = await select<{ count: number | string }>(
    manager,
    `SELECT COUNT(*) AS count FROM message WHERE ${sql}`,
    values,
  );
  return Number(found?.count ?? 0);
}

function selection({ facility, application, tableVersion, isEverything, seq }: Begun) {
  const sql = `facility = ? AND application = ? AND seq > ? AND state IN ('certified', 'anchored')
    AND (tableVersion IS NULL OR tableVersion < ?)`;
  const below = isSet(isEverything) ? tableVersion + 1 : tableVersion;
  return { sql, values: [facility, application, seq, below] };
}

/** What nobody else may have changed while a page is mapped. */
function pageName({ tableVersion, startedAt, seq }: Row): string {
  return `${tableVersion} ${startedAt} ${seq}`;
}

/** For the log. */
function countsOf({ sourceId, tableVersion, done, changed, kept }: Row) {
  return { sourceId, tableVersion, done, changed, kept };
}

function viewOf({ seq: _, isEverything: __, ...row }: RemapProgress): RemapView {
  return { ...row, state: row.finishedAt === null ? 'running' : 'done' };
}
