import type { TableSpec } from './access-table.js';
import { Comparison } from './comparison.js';
import { type AcceptedFile, type Hold, type HoldRules, judgeFile, judgeTables, type ReadFile } from './hold-back.js';
import { type Drift, findDrift, type TableShapes } from './schema-drift.js';
import type { SnapshotBook } from './snapshot-book.js';
import { SnapshotKeeper } from './snapshot-keeper.js';
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
    secrets: book.secrets,
  });
  try {
    const hold = isBelieved ? undefined : judgeTables(tables, options.rules);
    if (hold !== undefined) return { outcome: 'held', hold, digest: read.digest };
    const keeper = new SnapshotKeeper(book, { number: book.begin(), at: atOf(read), before: book.shapes });
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
  keeper: SnapshotKeeper,
  { signal, afterStep }: Kept,
): Promise<void> {
  const settle = async (isFull: boolean): Promise<void> => {
    signal.throwIfAborted();
    if (isFull) await afterStep();
  };
  for await (const { table, rows } of comparison.rows()) for (const row of rows) await settle(keeper.found(table, row));
  keeper.flush();
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
