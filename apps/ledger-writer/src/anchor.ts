import { IsNull, MoreThan } from 'typeorm';
import { type Ledger, parseBatchId } from '@anamnesis/ledger';
import { SealedBatch, type Store } from '@anamnesis/store';

/** Batches taken up at a time. */
const batchesMax = 16;

export interface AnchorOptions {
  /** Under whose identity … */
  readonly ledger: Ledger;
  /** … these batches belong. */
  readonly organisation: string;
}

/** Number of a batch up to which nothing is left to do: to look at all that ever were takes longer with every day. */
export interface After {
  readonly after: number;
}

/**
 * Anchors every sealed batch of an organisation that is not anchored yet, oldest first, and keeps the ledger's evidence. Safe to repeat:
 * the ledger gives the first anchor again. Throws `Unavailable` with what was anchored before kept.
 */
export async function anchor(store: Store, { ledger, organisation, after }: AnchorOptions & After): Promise<number> {
  let count = 0;
  for (;;) {
    const batches = await store.reader.manager.find(SealedBatch, {
      where: { organisation, sequence: MoreThan(after), anchoredAt: IsNull() },
      order: { sequence: 'ASC' },
      take: batchesMax,
    });
    if (batches.length === 0) return count;
    for (const { sequence, batchId, root, size, previousRoot } of batches) {
      const anchored = await ledger.anchor({ batchId: parseBatchId(batchId), root, size, previousRoot });
      const evidence = await ledger.prove(anchored);
      const done = {
        anchor: JSON.stringify(anchored),
        evidence: JSON.stringify(evidence),
        anchoredAt: new Date().toISOString(),
      };
      await store.transaction((manager) => manager.update(SealedBatch, { sequence }, done));
      count++;
    }
  }
}
