import type { BatchId, Submission, Submissions } from '@anamnesis/ledger';
import { LedgerSubmission, type Store } from '@anamnesis/store';

/** The submissions of one organisation: what its ledger needs to survive a crash between signing and knowing. */
export class StoredSubmissions implements Submissions {
  constructor(
    private readonly store: Store,
    private readonly organisation: string,
  ) {}

  async find(batchId: BatchId): Promise<Submission | undefined> {
    const where = { organisation: this.organisation, batchId };
    const row = await this.store.reader.manager.findOneBy(LedgerSubmission, where);
    if (row === null) return undefined;
    const { transactionId, envelope, evidence } = row;
    return { batchId, transactionId, envelope, ...(evidence !== null && { evidence }) };
  }

  /** Durable when it resolves; replaces what was kept for the batch. */
  async save({ batchId, transactionId, envelope, evidence }: Submission): Promise<void> {
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
