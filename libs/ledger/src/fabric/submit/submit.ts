import { StatusCode } from '@hyperledger/fabric-gateway';
import type { AnchorEntry } from '../../anchor-entry.js';
import { type Attempts, pause } from '../attempts.js';
import type { Connection } from '../connect.js';
import { heldBatch } from '../contract.js';
import type { Submission, Submissions } from '../fabric-options.js';
import { nameOfCode, unavailable } from '../failure.js';
import { deliver } from './deliver.js';
import { endorse } from './endorse.js';

/** Transactions of one call that may lose against another writer of the same batch. */
const conflictsMax = 5;

const conflicts: readonly number[] = [StatusCode.MVCC_READ_CONFLICT, StatusCode.PHANTOM_READ_CONFLICT];

export interface Submitting extends Omit<Attempts, 'step'> {
  readonly connection: Connection;
  readonly submissions: Submissions;
}

/**
 * Resolves when the ledger holds a batch of this id under the own name: by this call, an earlier one or another writer.
 * endorse -> sign -> save -> submit -> status. A process that is killed anywhere in between goes on by the same call. A
 * new transaction is made only when the verdict on the saved one is final, so that two can never count.
 */
export async function submit(entry: AnchorEntry, submitting: Submitting): Promise<void> {
  const saved = await submitting.submissions.find(entry.batchId);
  if (saved !== undefined && (await isHeld(entry, submitting))) return;
  let submission = saved ?? (await prepare(entry, submitting));
  for (let attempt = 1; submission !== undefined; attempt++) {
    const code = await deliver(submitting.connection, submission, submitting);
    if (code === StatusCode.VALID) return;
    if (!conflicts.includes(code)) throw invalidated(submission, code, submitting);
    if (attempt >= conflictsMax || !(await pause(attempt, submitting.signal)))
      throw unavailable('status', `gave up after ${attempt} conflicts with other writers of this batch`);
    submission = await prepare(entry, submitting);
  }
}

async function isHeld({ batchId }: AnchorEntry, { connection, signal, report }: Submitting): Promise<boolean> {
  return (await heldBatch(connection, batchId, { step: 'read', signal, report })) !== undefined;
}

/** Nothing goes to the orderers before it is saved. */
async function prepare(entry: AnchorEntry, submitting: Submitting): Promise<Submission | undefined> {
  const submission = await endorse(submitting.connection, entry, submitting);
  if (submission !== undefined) await submitting.submissions.save(submission);
  return submission;
}

/** Final, and no matter of repeating: too few endorsers counted, or an expired certificate. Whether to try anew, a person decides. */
function invalidated({ batchId, transactionId }: Submission, code: number, { report }: Submitting): Error {
  const message =
    `transaction ${transactionId} was marked invalid (${nameOfCode(code)}): find out why, then remove its saved ` +
    `submission to have a new one made`;
  report({ step: 'status', batchId, message, needsPerson: true });
  return unavailable('status', message);
}
