import { type EntityManager, In } from 'typeorm';
import { merkleRoot } from '@anamnesis/core';
import { firstPreviousRoot, newBatchId } from '@anamnesis/ledger';
import { insertRows, Leaf, SealedBatch, SealerLease, type Store } from '@anamnesis/store';

/** Values bound in one statement. */
const updateMax = 500;

/**
 * Puts the waiting leaves, at most `leavesMax`, under one Merkle root, in one database transaction. Resolves with the
 * batch, or undefined when nothing waits or the fence is no longer ours.
 */
export async function seal(
  store: Store,
  options: { readonly fence: number; readonly leavesMax: number },
): Promise<SealedBatch | undefined> {
  return store.transaction(async (manager) => {
    if (!(await manager.existsBy(SealerLease, { fence: options.fence }))) return undefined;
    const leaves = await manager.find(Leaf, {
      where: { batchId: '' },
      order: { sequence: 'ASC' },
      take: options.leavesMax,
    });
    if (leaves.length === 0) return undefined;
    const [last] = await manager.find(SealedBatch, { order: { sequence: 'DESC' }, take: 1 });
    const batch: SealedBatch = {
      sequence: (last?.sequence ?? 0) + 1,
      batchId: newBatchId(),
      root: Buffer.from(merkleRoot(leaves.map(({ leaf }) => Buffer.from(leaf, 'hex')))).toString('hex'),
      previousRoot: last?.root ?? firstPreviousRoot,
      size: leaves.length,
      fence: options.fence,
      sealedAt: new Date().toISOString(),
      anchor: null,
      evidence: null,
      anchoredAt: null,
      announcedAt: null,
    };
    await insertRows(manager, SealedBatch, [batch]);
    await assign(manager, leaves, batch.batchId);
    return batch;
  });
}

async function assign(manager: EntityManager, leaves: readonly Leaf[], batchId: string): Promise<void> {
  for (let from = 0; from < leaves.length; from += updateMax) {
    const sequences = leaves.slice(from, from + updateMax).map(({ sequence }) => sequence);
    await manager.update(Leaf, { sequence: In(sequences) }, { batchId });
  }
}
