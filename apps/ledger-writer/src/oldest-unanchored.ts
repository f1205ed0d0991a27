import { IsNull } from 'typeorm';
import { Leaf, SealedBatch, type Store } from '@anamnesis/store';

/** When the oldest event that is not anchored yet was collected; undefined when all are. */
export async function oldestUnanchored({ reader }: Store): Promise<Date | undefined> {
  const [batch] = await reader.manager.find(SealedBatch, {
    where: { anchoredAt: IsNull() },
    order: { sequence: 'ASC' },
    take: 1,
  });
  const [leaf] = await reader.manager.find(Leaf, {
    where: { batchId: batch?.batchId ?? '' },
    order: { sequence: 'ASC' },
    take: 1,
  });
  return leaf === undefined ? undefined : new Date(leaf.collectedAt);
}
