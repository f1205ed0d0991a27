import { setTimeout as sleep } from 'node:timers/promises';
import { type RowChange, Unavailable } from '@anamnesis/core';
import type { RowMappingFile } from '@anamnesis/fhir';
import type { Turnstile } from '@anamnesis/runtime';
import type { ParkedNotes } from '../state/parked-notes.js';
import type { ListedRow } from '../state/parked-rows.js';
import type { BookedRow } from '../state/row-book.js';
import { type RetellOptions, retellRows } from './retell-rows.js';

export interface RowRetellingOptions extends RetellOptions {
  readonly notes: ParkedNotes;
  readonly mapping: Pick<RowMappingFile, 'tables'>;
  readonly rowsPerSecond: number;
  /** One at a time: a batch that is delivered, or some rows that are told again. */
  readonly turn: Turnstile;
}

/** Between two looks for something to do. */
const lookMs = 1000;
/** Rows in one turn. */
const stepRows = 200;
/** In a note; more are counted. */
const listedMax = 1000;
/** Before rows without a patient are looked at again, when rows that may lead to one were told; twice as long after each vain time. */
const orphansMs = { least: 5000, most: 3_600_000 };

/**
 * Tells rows again beside the source that goes on: those that were told by an earlier mapping, those that a person asks
 * for, and those whose way to the patient became known. Slowly, and in any order with what the source tells: what is said
 * again is said at its old time.
 */
export class RowRetelling {
  readonly #tables: readonly string[];
  /** Tables that others name their patient through. */
  readonly #ways: ReadonlySet<string>;
  #hasWays = true;
  #orphansAtMs = 0;
  #orphansPauseMs = orphansMs.least;

  constructor(private readonly options: RowRetellingOptions) {
    this.#tables = Object.keys(options.mapping.tables);
    this.#ways = new Set(Object.values(options.mapping.tables).map(({ patient }) => patient?.via ?? ''));
  }

  /** These rows are told now; others may find their patient through them. */
  cameBy(changes: readonly RowChange[]): void {
    this.#hasWays ||= changes.some(({ op, table }) => op !== 'd' && this.#ways.has(table));
  }

  /** Resolves when `signal` ends it. */
  async run(): Promise<void> {
    const { signal } = this.options;
    this.report();
    while (!signal.aborted) {
      try {
        await this.#tellOutdated();
        await this.#replay();
        await this.#tellOrphans();
      } catch (problem) {
        // The bus or registration is away; or it is being stopped.
        if (!(problem instanceof Unavailable) && !isAborted(signal)) throw problem;
      }
      this.report();
      await sleep(lookMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Says which rows are parked, where that has changed. */
  report(): void {
    const { book, metrics, name, notes } = this.options;
    if (!book.parked.takeChanged()) return;
    const { counts } = book.parked;
    metrics.parked(name, counts);
    const listed = book.parked.list(first, listedMax).map(({ table, named, findings, since }) => ({
      ...{ table, named, findings, since },
    }));
    notes.write({ rows: [...counts.values()].reduce((sum, rows) => sum + rows, 0), listed });
  }

  async #tellOutdated(): Promise<void> {
    const { book } = this.options;
    if (!book.mappings.hasEarlier) return;
    for (const table of this.#tables) {
      let after: string | undefined = '';
      await this.#inSteps((limit) => {
        if (after === undefined) return undefined;
        const found = book.outdated(table, after, limit);
        after = found.last;
        return found.rows;
      });
    }
    book.mappings.forgetEarlier();
  }

  async #replay(): Promise<void> {
    const { notes } = this.options;
    const { request } = notes;
    if (request === undefined) return;
    await this.#tellParked(({ table }) => request.table === undefined || request.table === table);
    notes.done();
  }

  async #tellOrphans(): Promise<void> {
    const isAny = this.options.book.parked.counts.has('row-patient');
    if (!this.#hasWays || !isAny || performance.now() < this.#orphansAtMs) return;
    this.#hasWays = false;
    const told = await this.#tellParked(({ findings }) => findings.some(({ rule }) => rule === 'row-patient'));
    this.#orphansPauseMs = told > 0 ? orphansMs.least : Math.min(this.#orphansPauseMs * 2, orphansMs.most);
    this.#orphansAtMs = performance.now() + this.#orphansPauseMs;
  }

  #tellParked(isMeant: (row: ListedRow) => boolean): Promise<number> {
    const { book } = this.options;
    let after: Pick<ListedRow, 'table' | 'keyHash'> = first;
    return this.#inSteps((limit) => {
      const listed = book.parked.list(after, limit);
      after = listed.at(-1) ?? after;
      if (listed.length === 0) return undefined;
      return listed
        .filter(isMeant)
        .map(({ table, keyHash }) => book.booked(table, keyHash))
        .filter((row) => row !== undefined);
    });
  }

  /** Some rows at a time, as `next` gives them until there are no more; resolves to how many events there were. */
  async #inSteps(next: (limit: number) => readonly BookedRow[] | undefined): Promise<number> {
    const { signal, rowsPerSecond, turn } = this.options;
    const limit = Math.min(stepRows, rowsPerSecond);
    let told = 0;
    for (;;) {
      const startedAtMs = performance.now();
      const step = await turn.run(async () => {
        if (signal.aborted) throw new Unavailable('source', 'it is being stopped');
        const rows = next(limit);
        return rows && { rows: rows.length, events: await retellRows(rows, this.options) };
      });
      if (step === undefined) return told;
      told += step.events;
      const pauseMs = (step.rows / rowsPerSecond) * 1000 - (performance.now() - startedAtMs);
      await sleep(Math.max(0, pauseMs), undefined, { signal });
    }
  }
}

const first = { table: '', keyHash: '' };

/** Asked again after something was waited for. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
