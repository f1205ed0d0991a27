import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { commitment, Rejected, Unavailable } from '@anamnesis/core';
import { Metrics, RegistrationClient } from '@anamnesis/runtime';
import { type IntegrityFinding, IntegrityProgress, Store } from '@anamnesis/store';
import type { EntityManager } from 'typeorm';
import { Archive, type ReadEntry } from '../archive/archive.js';
import { replaceAll, select } from '../archive/rows.js';
import { factOf } from '../project/facts.js';
import { ContentReader } from '../content/content-reader.js';
import { Projector } from '../project/projector.js';
import { auditContent } from './audit-content.js';
import { auditEntry, type Judged } from './audit-entry.js';
import { auditSurplus } from './audit-surplus.js';
import type { Finding } from './finding.js';
import { FindingBook } from './finding-book.js';

/** Entries of one DB transaction: short, because projections wait meanwhile. */
const entriesAtOnce = 10;
/** After this no further entry is begun in it: one of a resource with thousands of versions takes long alone. */
const transactionMsMax = 100;
/** Everybody speaks of an organisation: to make all its versions again takes time without end, and projections wait. */
const versionsMax = 1000;
const findingsMax = 1000;
/** Of the content store, on average. */
const contentBytesPerSlice = 8 * 1024 * 1024;

export interface IntegrityReport {
  /** Archive entries there are, and the last one that the continuous audit read in its present round. */
  readonly entries: number;
  readonly continuousAt: number;
  /** The last audit of everything; absent when there was none. */
  readonly whole?: { readonly at: string; readonly entries: number; readonly findings: number };
  /** Newest first, at most 1000. Names rows, never content. */
  readonly findings: readonly Pick<IntegrityFinding, 'place' | 'subject' | 'fault' | 'eventId' | 'foundAt'>[];
}

interface Run {
  readonly seq: number;
  readonly findings: number;
  readonly last: ReadEntry | undefined;
  readonly contentBytes: number;
}

/** Reads the archive again, and with it everything that was made of it. */
@Injectable()
export class IntegrityAudit {
  readonly #audited;
  /** Slices of the continuous round that are left out, after one that had large documents to read. */
  #pauses = 0;

  // eslint-disable-next-line max-params -- injected
  constructor(
    private readonly store: Store,
    private readonly archive: Archive,
    private readonly projector: Projector,
    private readonly book: FindingBook,
    private readonly registration: RegistrationClient,
    metrics: Metrics,
    private readonly content: ContentReader,
  ) {
    this.#audited = metrics.counter('integrity_entries_total', 'Archive entries that the integrity audit read again');
  }

  /** The next entries of the continuous round; begins again at the end. */
  async slice(count: number): Promise<void> {
    if (this.#pauses > 0) {
      this.#pauses--;
      return;
    }
    const progress = await this.#progress(this.store.reader.manager);
    const { seq, last, contentBytes } = await this.#run({
      after: progress.seq,
      count,
      judged: { names: new Set(), versionsMax },
    });
    this.#pauses = Math.floor(contentBytes / contentBytesPerSlice);
    if (last !== undefined) await this.#checkLeaf(last);
    const isEnd = seq === progress.seq;
    await this.#keep({ seq: isEnd ? 0 : seq });
  }

  /** Everything, once, with a look for rows that no entry accounts for. Resolves to the number of findings. */
  async whole(): Promise<number> {
    this.archive.forgetKeys();
    const judged: Judged = { names: new Set(), versionsMax: Infinity };
    const until = await this.#end();
    let [seq, findings] = [0, 0];
    while (seq < until) {
      const run = await this.#run({ after: seq, count: Math.min(entriesAtOnce, until - seq), judged });
      findings += run.findings;
      if (run.seq === seq) break;
      seq = run.seq;
      await nextTurn();
    }
    findings += await this.#surplus(judged);
    await this.#keep({ wholeAt: new Date().toISOString(), wholeEntries: seq, wholeFindings: findings });
    return findings;
  }

  async report(): Promise<IntegrityReport> {
    const { manager } = this.store.reader;
    const { seq, wholeAt, wholeEntries, wholeFindings } = await this.#progress(manager);
    const sql = `SELECT place, subject, fault, eventId, foundAt FROM integrity_finding
      ORDER BY foundAt DESC, subject LIMIT ${findingsMax}`;
    return {
      entries: await this.#end(),
      continuousAt: seq,
      ...(wholeAt !== null && { whole: { at: wholeAt, entries: wholeEntries, findings: wholeFindings } }),
      findings: await select<IntegrityFinding>(manager, sql),
    };
  }

  async #run(options: { readonly after: number; readonly count: number; readonly judged: Judged }): Promise<Run> {
    const { after, count, judged } = options;
    let [seq, findings, contentBytes] = [after, 0, 0];
    let last: ReadEntry | undefined;
    while (seq < after + count) {
      const read = await this.store.transaction(async (manager) => {
        await this.archive.lock(manager); // what is compared must not be projected meanwhile
        let found = 0;
        const entries = await this.archive.after(manager, seq, Math.min(entriesAtOnce, after + count - seq));
        const projection = await this.projector.open(
          manager,
          entries.map(({ recordKey }) => recordKey),
        );
        const begunMs = performance.now();
        let done = 0;
        for (const entry of entries) {
          found += await this.book.note(manager, await auditEntry(projection, entry, judged));
          done++;
          if (performance.now() - begunMs > transactionMsMax) break;
          await projection.breathe();
        }
        return { entries: entries.slice(0, done), found };
      });
      this.#audited.inc(read.entries.length);
      const content = await this.#auditContent(read.entries);
      findings += read.found + content.found;
      contentBytes += content.readBytes;
      last = read.entries.at(-1);
      if (last === undefined) break;
      seq = last.seq;
    }
    return { seq, findings, last, contentBytes };
  }

  /** Outside of the transaction: it takes its time, and what it reads never changes. */
  async #auditContent(entries: readonly ReadEntry[]): Promise<{ readonly found: number; readonly readBytes: number }> {
    let [found, readBytes] = [0, 0];
    for (const entry of entries) {
      const audit = await auditContent(this.content, entry);
      readBytes += audit.readBytes;
      if (audit.subjects.length > 0 || audit.findings.length > 0)
        found += await this.store.transaction((manager) => this.book.note(manager, audit));
    }
    return { found, readBytes };
  }

  async #surplus(judged: Judged): Promise<number> {
    const surplus = await auditSurplus(this.store.reader.manager, judged);
    return this.store.transaction((manager) => this.book.note(manager, surplus));
  }

  /** Opens one commitment with the key that registration holds: the leaf is that of these bytes. */
  async #checkLeaf(entry: ReadEntry): Promise<void> {
    const fact = factOf(entry);
    if (fact?.kind !== 'certified') return;
    const { event, certification } = fact.header;
    try {
      const { leafKey } = await this.registration.evidence(event.id);
      const leaf = commitment(Buffer.from(leafKey, 'hex'), event.id, Buffer.from(event.raw.digest, 'hex'));
      if (Buffer.from(leaf).toString('hex') === certification.leaf) return;
    } catch (error) {
      if (error instanceof Unavailable || error instanceof Rejected) return; // away or erased: says nothing of our bytes
      throw error;
    }
    const finding: Finding = { place: 'archive_entry', subject: event.id, eventId: event.id, fault: 'altered' };
    await this.store.transaction((manager) => this.book.note(manager, { subjects: [], findings: [finding] }));
  }

  async #end(): Promise<number> {
    const sql = 'SELECT seq FROM archive_cursor WHERE id = 1';
    const [row] = await select<{ seq: number }>(this.store.reader.manager, sql);
    return row?.seq ?? 0;
  }

  async #progress(manager: EntityManager): Promise<IntegrityProgress> {
    const [row] = await select<IntegrityProgress>(manager, 'SELECT * FROM integrity_progress WHERE id = 1');
    return row ?? { id: 1, seq: 0, wholeAt: null, wholeEntries: 0, wholeFindings: 0 };
  }

  async #keep(change: Partial<IntegrityProgress>): Promise<void> {
    await this.store.transaction(async (manager) => {
      const { id, seq, wholeAt, wholeEntries, wholeFindings } = await this.#progress(manager);
      await replaceAll(manager, IntegrityProgress, [{ id, seq, wholeAt, wholeEntries, wholeFindings, ...change }]);
    });
  }
}
