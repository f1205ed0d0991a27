import type { RowChange } from '@anamnesis/core';
import type { TableSpec } from './access-tables.js';
import { Comparison } from './comparison.js';
import { type AcceptedFile, type Hold, type HoldRules, judgeFile, judgeTables, type ReadFile } from './hold-back.js';
import { type Drift, findDrift, type TableShapes } from './schema-drift.js';
import type { RowStep, SnapshotBook } from './snapshot-book.js';
import type { TableSummary } from './worker-protocol.js';

export interface SnapshotOptions {
  readonly password?: string | undefined;
  /** Parents first: inserts and updates come in this order, deletes against it. */
  readonly tables: readonly TableSpec[];
  readonly rules: HoldRules;
}

export interface Taken {
  /** Rows that were new, changed and gone. */
  readonly counts: Readonly<Record<'r' | 'u' | 'd', number>>;
  readonly drift: readonly Drift[];
  /** Columns whose values no row can hold. */
  readonly skipped: readonly { readonly table: string; readonly column: string }[];
}

/** What one look at the file came to. */
export type Round =
  | { readonly outcome: 'same' }
  | { readonly outcome: 'held'; readonly hold: Hold; readonly digest: string }
  | ({ readonly outcome: 'taken' } & Taken);

/** Changes that become durable, and are delivered, together. */
const stepRows = 500;
/** Earlier files that a backup is recognised by. */
const earlierDigestsMax = 1000;

interface Kept {
  readonly signal: AbortSignal;
  /** Called whenever changes became pending, and at the end. */
  readonly afterStep: () => Promise<void>;
}

export type ReadBytes = ReadFile & { readonly bytes: Uint8Array<ArrayBuffer> };

/**
 * Compares what was read of the file with the accepted snapshot, and keeps what is different as pending changes. Nothing of
 * a file is kept before all of it was read and judged.
 */
export async function takeSnapshot(
  read: ReadBytes,
  place: { options: SnapshotOptions; book: SnapshotBook },
  kept: Kept,
): Promise<Round> {
  const { options, book } = place;
  const { digest } = read;
  const accepted = book.file;
  if (accepted?.digest === digest && !book.isOpen && hasAll(book.shapes, options.tables)) {
    if (read.readAtMs > accepted.readAtMs) book.accept({ ...accepted, readAtMs: read.readAtMs }, book.shapes);
    return { outcome: 'same' };
  }
  const isBelieved = accepted === undefined || book.allowed === digest;
  const hold = isBelieved ? undefined : judgeFile(read, accepted);
  if (hold !== undefined) return { outcome: 'held', hold, digest };
  return compareAll(read, { options, book, kept, isBelieved });
}

interface Comparing {
  readonly options: SnapshotOptions;
  readonly book: SnapshotBook;
  readonly kept: Kept;
  /** Nobody asks again. */
  readonly isBelieved: boolean;
}

async function compareAll(
  { bytes, ...read }: ReadBytes,
  { options, book, kept, isBelieved }: Comparing,
): Promise<Round> {
  const { password, tables: specs } = options;
  const known = new Map(specs.map(({ table }) => [table, book.known(table)] as const));
  const { comparison, tables } = await Comparison.open({
    bytes,
    password,
    tables: specs,
    known,
    secret: book.hashSecret,
  });
  try {
    const hold = isBelieved ? undefined : judgeTables(tables, options.rules);
    if (hold !== undefined) return { outcome: 'held', hold, digest: read.digest };
    const keeper = new Keeper(book, { number: book.begin(), at: atOf(read), before: book.shapes });
    await keepAll({ comparison, tables }, keeper, kept);
    const shapes = shapesOf(tables);
    const drift = findDrift(book.shapes, shapes);
    book.accept({ ...read, earlierDigests: earlierOf(book.file) }, shapes);
    const skipped = tables.flatMap(({ table, skipped: names }) => names.map((column) => ({ table, column })));
    return { outcome: 'taken', counts: keeper.counts, drift, skipped };
  } finally {
    await comparison.close();
  }
}

/** What is new and changed, parents first; then what is gone, children first. */
async function keepAll(
  { comparison, tables }: { readonly comparison: Comparison; readonly tables: readonly TableSummary[] },
  keeper: Keeper,
  { signal, afterStep }: Kept,
): Promise<void> {
  const settle = async (isFull: boolean): Promise<void> => {
    signal.throwIfAborted();
    if (isFull) await afterStep();
  };
  for await (const { table, rows } of comparison.rows()) for (const row of rows) await settle(keeper.found(table, row));
  for (const { table, gone } of [...tables].reverse())
    for (const keyHash of gone) await settle(keeper.gone(table, keyHash));
  keeper.flush();
  await afterStep();
}

/** A mapping that names one more table has to read it, though the file is the same. */
function hasAll(shapes: TableShapes, tables: readonly TableSpec[]): boolean {
  return tables.every(({ table }) => shapes[table] !== undefined);
}

/** When the change was made at the latest: the file's own time, unless its clock is ahead of ours. */
function atOf({ modifiedAtMs, readAtMs }: { readonly modifiedAtMs: number; readonly readAtMs: number }): string {
  return new Date(Math.min(modifiedAtMs, readAtMs)).toISOString();
}

function shapesOf(tables: readonly TableSummary[]): TableShapes {
  return Object.fromEntries(tables.map(({ table, shape }) => [table, shape]));
}

function earlierOf(accepted: AcceptedFile | undefined): readonly string[] {
  if (accepted === undefined) return [];
  return [accepted.digest, ...accepted.earlierDigests].slice(0, earlierDigestsMax);
}

interface Snapshot {
  readonly number: number;
  readonly at: string;
  /** A table that was not read before has rows that were there, not rows that were made. */
  readonly before: TableShapes;
}

/** Makes the changes of one snapshot, and keeps them some at a time. */
class Keeper {
  readonly counts = { r: 0, u: 0, d: 0 };
  #steps: RowStep[] = [];

  constructor(
    private readonly book: SnapshotBook,
    private readonly snapshot: Snapshot,
  ) {}

  /** True when some became pending. */
  found(table: string, one: { keyHash: string; hash: string; isNew: boolean; text: string }): boolean {
    const { key, row: after } = JSON.parse(one.text) as Pick<RowChange, 'key'> & {
      row: NonNullable<RowChange['after']>;
    };
    const { keyHash, hash, isNew } = one;
    if (isNew) {
      const op = this.snapshot.before[table] === undefined ? 'r' : 'c';
      return this.#add({ change: { op, table, key, after, ...this.#place() }, keyHash, hash });
    }
    const before = this.book.find(table, keyHash)?.row;
    return this.#add({
      change: { op: 'u', table, key, ...(before && { before }), after, ...this.#place() },
      keyHash,
      hash,
    });
  }

  gone(table: string, keyHash: string): boolean {
    const known = this.book.find(table, keyHash);
    if (known === undefined) return false;
    const { key, row: before } = known;
    return this.#add({ change: { op: 'd', table, key, before, ...this.#place() }, keyHash });
  }

  flush(): void {
    this.book.step(this.#steps);
    this.#steps = [];
  }

  #place(): Pick<RowChange, 'at' | 'position'> {
    return { at: this.snapshot.at, position: `snapshot-${this.snapshot.number}` };
  }

  #add(step: RowStep): boolean {
    const { op } = step.change;
    this.counts[op === 'c' ? 'r' : op]++;
    if (this.#steps.push(step) < stepRows) return false;
    this.flush();
    return true;
  }
}
