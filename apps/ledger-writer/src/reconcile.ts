import { type FabricLedger, firstPreviousRoot } from '@anamnesis/ledger';
import type { Store } from '@anamnesis/store';
import { announcedById, sealedById, sealedInOrder, sealedOf, sealedWithRoot } from './batch-rows.js';
import { type Content, type SealedRow, type Sides, sideBySide } from './side-by-side.js';

/**
 * What was anchored longer ago than this is on the ledger, and announced, wherever in the comparison it is looked for.
 * Of younger ones the next comparison tells.
 */
const settledMs = 60_000;

/** Where store and ledger disagree about the batches in one organisation's name. */
export interface Disagreement {
  readonly batchId: string;
  readonly rule:
    /** We hold it for anchored, and the ledger does not hold it. */
    | 'missing-on-ledger'
    /** The ledger holds it, and it never announced it to us. */
    | 'never-announced'
    /** The ledger holds another root, size or previous root under this id. */
    | 'other-content'
    /** In our name on the ledger, and none of ours: somebody else signs with our identity. */
    | 'foreign-batch'
    /** No batch in our name on the ledger has the root that it says to follow. */
    | 'gap-before';
}

export interface ReconcileOptions {
  readonly ledger: Pick<FabricLedger, 'batches'>;
  readonly organisation: string;
  /** Its name on the ledger. */
  readonly writer: string;
  readonly signal: AbortSignal;
  readonly now?: Date;
}

/**
 * Compares what we sealed with what the ledger holds and what it announced, while all three grow. Reads only, and keeps
 * no more of it in memory than what disagrees. Ends early, and has then compared a part only, when the signal is aborted.
 * Throws `Unavailable`.
 */
export async function reconcile(
  store: Store,
  { ledger, organisation, writer, signal, now = new Date() }: ReconcileOptions,
): Promise<{ readonly checked: number; readonly disagreements: readonly Disagreement[] }> {
  const disagreements: Disagreement[] = [];
  const apart: Apart = { absent: new Set(), foreign: new Map() };
  let checked = 0;
  const announced = announcedById(store, { organisation, writer });
  for await (const sides of sideBySide(sealedById(store, organisation), heldById(ledger), announced)) {
    if (signal.aborted) return { checked, disagreements };
    if (sides.held !== undefined) checked++;
    // Sealed after that page was read: whatever is on the ledger was sealed before.
    const sealed = sides.sealed ?? (await sealedOf(store, organisation, sides.batchId));
    for (const rule of faultsOf({ ...sides, sealed }, now)) disagreements.push({ batchId: sides.batchId, rule });
    note({ ...sides, sealed }, apart);
  }
  for await (const batchId of gaps(store, { organisation, apart, now }))
    disagreements.push({ batchId, rule: 'gap-before' });
  return { checked, disagreements };
}

/** The batches that only one of the two has. */
interface Apart {
  /** Sealed, and not on the ledger. */
  readonly absent: Set<string>;
  /** On the ledger, and not sealed by us. */
  readonly foreign: Map<string, Content>;
}

async function* heldById(ledger: Pick<FabricLedger, 'batches'>) {
  for await (const { entry } of ledger.batches()) yield entry;
}

function note({ batchId, sealed, held }: Sides, { absent, foreign }: Apart): void {
  if (sealed !== undefined && held === undefined) absent.add(batchId);
  if (sealed === undefined && held !== undefined) foreign.set(batchId, held);
}

function faultsOf({ sealed, held, told }: Sides, now: Date): readonly Disagreement['rule'][] {
  if (sealed === undefined) return held === undefined ? [] : ['foreign-batch'];
  if (held === undefined) return isSettled(sealed, now) ? ['missing-on-ledger'] : [];
  const isOther = !isSame(sealed, held) || (told !== undefined && !isSame(sealed, told));
  return [
    ...(isOther ? (['other-content'] as const) : []),
    ...(told === undefined && isSettled(sealed, now) ? (['never-announced'] as const) : []),
  ];
}

interface GapOptions {
  readonly organisation: string;
  readonly apart: Apart;
  readonly now: Date;
}

/** Ids of batches on the ledger that follow none on the ledger. */
async function* gaps(store: Store, options: GapOptions): AsyncIterable<string> {
  const { absent, foreign } = options.apart;
  const known = new Set([firstPreviousRoot, ...[...foreign.values()].map(({ root }) => root)]);
  for await (const [batchId, previousRoot] of loose(store, options)) {
    if (known.has(previousRoot)) continue;
    const before = await sealedWithRoot(store, options.organisation, previousRoot);
    if (before.every((one) => absent.has(one.batchId))) yield batchId;
  }
}

/** Batches on the ledger that do not follow the one which was sealed before them, or which we did not seal: few. */
async function* loose(
  store: Store,
  { organisation, apart: { absent, foreign }, now }: GapOptions,
): AsyncIterable<readonly [batchId: string, previousRoot: string]> {
  let last = firstPreviousRoot;
  for await (const row of sealedInOrder(store, organisation)) {
    const isHeld = !absent.has(row.batchId);
    if (isHeld && row.previousRoot !== last && isSettled(row, now)) yield [row.batchId, row.previousRoot];
    last = isHeld ? row.root : '';
  }
  for (const [batchId, { previousRoot }] of foreign) yield [batchId, previousRoot];
}

function isSettled({ anchoredAt }: SealedRow, now: Date): boolean {
  return anchoredAt !== null && now.getTime() - Date.parse(anchoredAt) > settledMs;
}

function isSame(one: Content, other: Content): boolean {
  return one.root === other.root && one.previousRoot === other.previousRoot && one.size === other.size;
}
