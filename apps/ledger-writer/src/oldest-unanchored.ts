import { IsNull, MoreThan } from 'typeorm';
import { Leaf, SealedBatch, type Store } from '@anamnesis/store';
import { lastSequence } from './last-sequence.js';

/**
 * Tells when the oldest event that is not anchored yet was collected; undefined when all are. Remembers up to which batch
 * all are: it is asked with every look at the metrics.
 */
export class OldestUnanchored {
  #after = 0;

  constructor(private readonly store: Store) {}

  async find(): Promise<Date | undefined> {
    const { manager } = this.store.reader;
    const last = await lastSequence(this.store);
    const [batch] = await manager.find(SealedBatch, {
      select: { sequence: true, batchId: true },
      where: { sequence: MoreThan(this.#after), anchoredAt: IsNull() },
      order: { sequence: 'ASC' },
      take: 1,
    });
    this.#after = batch === undefined ? last : batch.sequence - 1;
    const [leaf] = await manager.find(Leaf, {
      where: { batchId: batch?.batchId ?? '' },
      order: { sequence: 'ASC' },
      take: 1,
    });
    return leaf === undefined ? undefined : new Date(leaf.collectedAt);
  }
}
