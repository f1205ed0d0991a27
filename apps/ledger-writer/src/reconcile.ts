import { type AnchorEntry, type FabricLedger, firstPreviousRoot } from '@anamnesis/ledger';
import { LedgerEvent, SealedBatch, type Store } from '@anamnesis/store';
import { MoreThan } from 'typeorm';

/** An anchored batch may be announced so much later than its commit was known. */
const announcedWithinMs = 60_000;
const pageRows = 500;

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
  readonly now?: Date;
}

type Known = Pick<AnchorEntry, 'root' | 'previousRoot' | 'size'>;

/** Compares what we sealed with what the ledger holds and what it announced. Reads only. Throws `Unavailable`. */
export async function reconcile(
  store: Store,
  { ledger, organisation, writer, now = new Date() }: ReconcileOptions,
): Promise<{ readonly checked: number; readonly disagreements: readonly Disagreement[] }> {
  // Ours first: what is anchored while the ledger is being read is then on the ledger and not yet ours to look for.
  const sealed = await sealedBatches(store, organisation);
  const held = new Map<string, Known>();
  for await (const { entry } of ledger.batches()) held.set(entry.batchId, entry);
  const later = await sealedBatches(store, organisation);
  const announced = await announcedBatches(store, organisation, writer);
  const disagreements = [
    ...[...sealed.values()].flatMap((one) => faultsOf(one, { held, announced, now })),
    ...[...held.keys()]
      .filter((batchId) => !later.has(batchId))
      .map((batchId) => ({ batchId, rule: 'foreign-batch' as const })),
    ...gaps(held),
  ];
  return { checked: held.size, disagreements };
}

interface Ledgers {
  readonly held: ReadonlyMap<string, Known>;
  readonly announced: ReadonlyMap<string, Known>;
  readonly now: Date;
}

function faultsOf(batch: SealedBatch, { held, announced, now }: Ledgers): readonly Disagreement[] {
  const { batchId, anchoredAt } = batch;
  const onLedger = held.get(batchId);
  if (onLedger === undefined) return anchoredAt === null ? [] : [{ batchId, rule: 'missing-on-ledger' }];
  const told = announced.get(batchId);
  const isLate = anchoredAt !== null && now.getTime() - Date.parse(anchoredAt) > announcedWithinMs;
  const isOther = !isSame(batch, onLedger) || (told !== undefined && !isSame(batch, told));
  return [
    ...(isOther ? [{ batchId, rule: 'other-content' as const }] : []),
    ...(told === undefined && isLate ? [{ batchId, rule: 'never-announced' as const }] : []),
  ];
}

function gaps(held: ReadonlyMap<string, Known>): readonly Disagreement[] {
  const roots = new Set([firstPreviousRoot, ...[...held.values()].map(({ root }) => root)]);
  return [...held]
    .filter(([, { previousRoot }]) => !roots.has(previousRoot))
    .map(([batchId]) => ({ batchId, rule: 'gap-before' }));
}

function isSame(one: Known, other: Known): boolean {
  return one.root === other.root && one.previousRoot === other.previousRoot && one.size === other.size;
}

async function sealedBatches(store: Store, organisation: string): Promise<ReadonlyMap<string, SealedBatch>> {
  const found = new Map<string, SealedBatch>();
  for (let after = 0; ;) {
    const rows = await store.reader.manager.find(SealedBatch, {
      // Without evidence, which is large.
      select: { sequence: true, batchId: true, root: true, previousRoot: true, size: true, anchoredAt: true },
      where: { organisation, sequence: MoreThan(after) },
      order: { sequence: 'ASC' },
      take: pageRows,
    });
    for (const row of rows) found.set(row.batchId, row);
    const last = rows.at(-1);
    if (last === undefined) return found;
    after = last.sequence;
  }
}

async function announcedBatches(
  store: Store,
  organisation: string,
  writer: string,
): Promise<ReadonlyMap<string, Known>> {
  const rows = await store.reader.manager.findBy(LedgerEvent, { organisation, writer });
  return new Map(rows.map((row) => [row.batchId, row]));
}
