import type { FabricBatch, FabricCheckpoint, FabricLedger } from '@anamnesis/ledger';
import { insertOnce, LedgerCheckpoint, LedgerEvent, type Store } from '@anamnesis/store';

export interface FollowLedgerOptions {
  readonly ledger: Pick<FabricLedger, 'follow'>;
  /** Whose connection to the ledger this is. */
  readonly organisation: string;
  readonly signal: AbortSignal;
}

/**
 * Keeps every batch that the ledger announces, whoever wrote it, from where the last follower ended. What is kept and how
 * far it came commit together: each once. Resolves when the signal is aborted; throws what the store throws.
 */
export async function follow(store: Store, { ledger, organisation, signal }: FollowLedgerOptions): Promise<void> {
  const kept = await store.reader.manager.findOneBy(LedgerCheckpoint, { organisation });
  const checkpoint =
    kept === null ? undefined : { blockNumber: Number(kept.blockNumber), transactionId: kept.transactionId };
  await ledger.follow({
    checkpoint,
    signal,
    apply: (batch, reached) => keep(store, organisation, { batch, reached }),
  });
}

async function keep(
  store: Store,
  organisation: string,
  { batch, reached }: { readonly batch: FabricBatch; readonly reached: FabricCheckpoint },
): Promise<void> {
  const { mspId: writer, entry, transactionId } = batch;
  const blockNumber = String(reached.blockNumber);
  await store.transaction(async (manager) => {
    const seenAt = new Date().toISOString();
    await insertOnce(manager, LedgerEvent, { organisation, writer, ...entry, transactionId, blockNumber, seenAt });
    const place = { blockNumber, transactionId: reached.transactionId };
    if (await insertOnce(manager, LedgerCheckpoint, { organisation, ...place })) return;
    await manager.update(LedgerCheckpoint, { organisation }, place);
  });
}
