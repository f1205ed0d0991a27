import { IsNull, MoreThan, Not } from 'typeorm';
import type { EventBus } from '@anamnesis/bus';
import type { AnchoredBatch } from '@anamnesis/core';
import { SealedBatch, type Store } from '@anamnesis/store';
import type { After } from './anchor.js';

const batchesMax = 16;

/** Publishes every anchored batch of an organisation that is not announced yet, oldest first. A crash in between announces one again. */
export async function announce(
  store: Store,
  { bus, organisation, after }: After & { readonly bus: EventBus; readonly organisation: string },
): Promise<void> {
  for (;;) {
    const batches = await store.reader.manager.find(SealedBatch, {
      where: { organisation, sequence: MoreThan(after), anchoredAt: Not(IsNull()), announcedAt: IsNull() },
      order: { sequence: 'ASC' },
      take: batchesMax,
    });
    if (batches.length === 0) return;
    for (const batch of batches) {
      const sql = 'SELECT eventId, leaf FROM leaf WHERE batchId = ? ORDER BY sequence';
      const leaves = await store.reader.manager.query<AnchoredBatch['leaves']>(sql, [batch.batchId]);
      const header: AnchoredBatch = {
        batchId: batch.batchId,
        root: batch.root,
        previousRoot: batch.previousRoot,
        leaves,
        anchor: JSON.parse(batch.anchor ?? '') as AnchoredBatch['anchor'],
        evidence: JSON.parse(batch.evidence ?? '') as AnchoredBatch['evidence'],
        anchoredAt: batch.anchoredAt ?? '',
      };
      await bus.publish('clinical.anchored', [{ key: batch.batchId, header: { ...header }, body: new Uint8Array(0) }]);
      const announcedAt = new Date().toISOString();
      await store.transaction((manager) => manager.update(SealedBatch, { sequence: batch.sequence }, { announcedAt }));
    }
  }
}
