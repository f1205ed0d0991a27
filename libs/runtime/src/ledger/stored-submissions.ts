import { LedgerSubmission, type Store } from '@anamnesis/store';

/** A signed transaction on its way to a ledger. */
export interface StoredSubmission<BatchId extends string = string> {
  readonly batchId: BatchId;
  readonly transactionId: string;
  readonly envelope: Uint8Array;
  /** JSON, once it is made. */
  readonly evidence?: string;
}

/** The submissions of one organisation: what its ledger needs to survive a crash between signing and knowing. */
export class StoredSubmissions<BatchId extends string = string> {
  constructor(
    private readonly store: Store,
    private readonly organisation: string,
  ) {}

  async find(batchId: BatchId): Promise<StoredSubmission<BatchId> | undefined> {
    const where = { organisation: this.organisation, batchId };
    const row = await this.store.reader.manager.findOneBy(LedgerSubmission, where);
    if (row === null) return undefined;
    const { transactionId, envelope, evidence } = row;
    return { batchId, transactionId, envelope, ...(evidence !== null && { evidence }) };
  }

  /** Durable when it resolves; replaces what was kept for the batch. */
  async save({ batchId, transactionId, envelope, evidence }: StoredSubmission<BatchId>): Promise<void> {
    const key = { organisation: this.organisation, batchId };
    const row = {
      transactionId,
      envelope: Buffer.from(envelope),
      evidence: evidence ?? null,
      savedAt: new Date().toISOString(),
    };
    await this.store.transaction(async (manager) => {
      await manager.delete(LedgerSubmission, key);
      await manager.insert(LedgerSubmission, { ...key, ...row });
    });
  }
}
