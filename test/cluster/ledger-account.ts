import { join } from 'node:path';
import { expect } from '@jest/globals';
import { openLedgers, readSettings, Settings } from '@anamnesis/runtime';
import { Leaf, SealedBatch, Store } from '@anamnesis/store';
import { audit } from '../../apps/ledger-writer/src/audit.js';
import { reconcile } from '../../apps/ledger-writer/src/reconcile.js';
import type { Cluster } from './cluster.js';

/**
 * Opens store and ledger of a cluster that has ended, and compares: each event is in exactly one batch, every batch is
 * on the ledger once, as it was sealed, and nothing else is. Resolves to how many batches there are.
 */
export async function expectLedgerAgrees(
  { directory, environment }: Cluster,
  eventIds: readonly (string | null)[],
): Promise<number> {
  const settings = readSettings(Settings, { ...environment, DATA_DIR: join(directory, 'ledger-writer-1') });
  const store = await Store.open({ databaseUrl: settings.DATABASE_URL, directory });
  try {
    const leaves = await store.reader.manager.find(Leaf);
    expect(leaves.map(({ eventId }) => eventId).sort()).toEqual([...eventIds].sort());
    const batches = await store.reader.manager.find(SealedBatch);
    const sizes = new Map(batches.map(({ batchId }) => [batchId, 0]));
    for (const { batchId } of leaves) sizes.set(batchId, (sizes.get(batchId) ?? 0) + 1);
    expect([...sizes].sort()).toEqual(batches.map(({ batchId, size }) => [batchId, size]).sort());
    await expectBatchesAreAnchored(settings, store, batches.length);
    return batches.length;
  } finally {
    await store.close();
  }
}

async function expectBatchesAreAnchored(settings: Settings, store: Store, count: number): Promise<void> {
  const ledgers = await openLedgers(settings, store);
  const { signal } = new AbortController();
  try {
    let checked = 0;
    for (const organisation of ledgers.organisations) {
      const ledger = ledgers.of(organisation);
      const audited = await audit(store, { ledger, organisation, signal });
      expect(audited.mismatches).toEqual([]);
      checked += audited.checked;
      if (!('batches' in ledger)) continue;
      const writer = ledgers.nameOnLedger(organisation);
      const shared = ledger as Parameters<typeof reconcile>[1]['ledger'];
      expect(await reconcile(store, { ledger: shared, organisation, writer, signal })).toEqual({
        checked: audited.checked,
        disagreements: [],
      });
    }
    expect(checked).toBe(count);
  } finally {
    await ledgers.close();
  }
}
