import type { AnchorEntry } from '../../anchor-entry.js';
import { attempt, type Attempts } from '../attempts.js';
import type { Connection } from '../connect.js';
import { argumentsOf, isDuplicate, transactions } from '../contract.js';
import type { Submission } from '../fabric-options.js';

/**
 * Has a quorum simulate the entry and sign what they would write. Changes nothing on the ledger, so it may be repeated
 * freely. Resolves to the signed transaction, or to undefined when the entry is on the ledger already. Throws `Rejected`
 * when the chaincode or the channel refuses, `Unavailable` when no quorum can be had.
 */
export async function endorse(
  { contract, gateway, signer }: Connection,
  entry: AnchorEntry,
  attempts: Omit<Attempts, 'step'>,
): Promise<Submission | undefined> {
  const proposal = () => contract.newProposal(transactions.anchor, { arguments: argumentsOf(entry) }).endorse();
  const endorsed = await attempt(proposal, { ...attempts, step: 'endorse' });
  if (isDuplicate(endorsed.getResult())) return undefined;
  // endorse() leaves the envelope unsigned, and submit() would sign it too late to save those bytes.
  const signed = gateway.newSignedTransaction(endorsed.getBytes(), await signer(endorsed.getDigest()));
  return { batchId: entry.batchId, transactionId: signed.getTransactionId(), envelope: signed.getBytes() };
}
