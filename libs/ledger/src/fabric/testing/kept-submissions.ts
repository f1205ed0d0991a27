import type { BatchId } from '../../anchor-entry.js';
import type { Submission, Submissions } from '../fabric-options.js';

/** Submissions that live as long as the process: for tests and measurements, never for a ledger that matters. */
export class KeptSubmissions implements Submissions {
  readonly entries = new Map<BatchId, Submission>();
  /** Times that an envelope was saved. */
  saves = 0;

  find(batchId: BatchId): Promise<Submission | undefined> {
    return Promise.resolve(this.entries.get(batchId));
  }

  save(submission: Submission): Promise<void> {
    if (submission.evidence === undefined) this.saves++;
    this.entries.set(submission.batchId, submission);
    return Promise.resolve();
  }
}
