import type { EntityManager } from 'typeorm';
import { merkleRoot, Unavailable } from '@anamnesis/core';
import { firstPreviousRoot, newBatchId } from '@anamnesis/ledger';
import { insertOnce, type Leaf, SealedBatch, SealerLease, type Store } from '@anamnesis/store';

/** Values bound in one statement. */
const updateMax = 500;

export interface SealOptions {
  readonly organisation: string;
  /** Name of the lease, and the fence under which it was held. */
  readonly lease: string;
  readonly fence: number;
  readonly leavesMax: number;
}

/**
 * Puts the organisation's waiting leaves, at most `leavesMax`, under one Merkle root, in one database transaction.
 * Resolves with the batch, or undefined when nothing waits or the fence is no longer ours.
 */
export async function seal(
  store: Store,
  { organisation, lease, fence, leavesMax }: SealOptions,
): Promise<SealedBatch | undefined> {
  return store.transaction(async (manager) => {
    // Locks the row to the end of the transaction where the database locks rows: nobody takes over meanwhile.
    const held = await manager.update(SealerLease, { name: lease, fence }, { fence });
    if (held.affected !== 1) return undefined;
    const leaves = await waiting(manager, organisation, leavesMax);
    if (leaves.length === 0) return undefined;
    const order = { sequence: 'DESC' } as const;
    const [last] = await manager.find(SealedBatch, { order, take: 1 });
    const [previous] = await manager.find(SealedBatch, { where: { organisation }, order, take: 1 });
    const batch: SealedBatch = {
      sequence: (last?.sequence ?? 0) + 1,
      batchId: newBatchId(),
      root: Buffer.from(merkleRoot(leaves.map(({ leaf }) => Buffer.from(leaf, 'hex')))).toString('hex'),
      previousRoot: previous?.root ?? firstPreviousRoot,
      size: leaves.length,
      fence,
      organisation,
      sealedAt: new Date().toISOString(),
      anchor: null,
      evidence: null,
      anchoredAt: null,
      announcedAt: null,
    };
    // Each organisation has a chain of its own, and all share the numbers.
    if (!(await insertOnce(manager, SealedBatch, batch)))
      throw new Unavailable('store', 'another organisation sealed at that moment');
    await assign(manager, leaves, batch.batchId);
    return batch;
  });
}

type Waiting = Pick<Leaf, 'sequence' | 'leaf'>;

/** Rows and no entities: making these was an eighth of what sealing and announcing cost. */
function waiting(manager: EntityManager, organisation: string, leavesMax: number): Promise<readonly Waiting[]> {
  const sql = "SELECT sequence, leaf FROM leaf WHERE batchId = '' AND organisation = ? ORDER BY sequence LIMIT ?";
  return manager.query(sql, [organisation, leavesMax]);
}

async function assign(manager: EntityManager, leaves: readonly Waiting[], batchId: string): Promise<void> {
  for (let from = 0; from < leaves.length; from += updateMax) {
    const sequences = leaves.slice(from, from + updateMax).map(({ sequence }) => sequence);
    const marks = sequences.map(() => '?').join(', ');
    await manager.query(`UPDATE leaf SET batchId = ? WHERE sequence IN (${marks})`, [batchId, ...sequences]);
  }
}
