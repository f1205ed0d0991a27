import { GatewayError } from '@hyperledger/fabric-gateway';
import { attempt, type Attempts } from '../attempts.js';
import type { Connection } from '../connect.js';
import type { FabricStep, Submission } from '../fabric-options.js';
import { textOf, unavailable } from '../failure.js';
import { protos } from '../protos.js';

/**
 * Sends the same bytes until the ledger has a verdict on them, and resolves to it: a validation code. "Submitted" is not
 * "ordered": an orderer answers success while the envelope waits in its leader's memory, and nobody reports its loss.
 * Throws `Unavailable` when there is no verdict: then it may or may not be ordered, and the same call settles which.
 */
export async function deliver(
  connection: Connection,
  submission: Submission,
  attempts: Omit<Attempts, 'step'>,
): Promise<number> {
  let step: FabricStep = 'submit';
  const once = async (): Promise<number> => {
    step = 'submit';
    try {
      const submitted = await connection.gateway.newTransaction(submission.envelope).submit();
      step = 'status';
      return (await submitted.getStatus()).code;
    } catch (error) {
      // SubmitError is exported as a type only.
      if (!(error instanceof GatewayError)) throw error;
      const verdict = await verdictOn(connection, submission.transactionId);
      if (verdict !== undefined) return verdict;
      throw error;
    }
  };
  const { report } = attempts;
  try {
    return await attempt(once, {
      ...attempts,
      step: 'submit',
      // Only a verdict is final here: even a refusal says nothing of what was sent before.
      isTransient: () => true,
      report: (trouble) => {
        report({ ...trouble, step, batchId: submission.batchId });
      },
    });
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    const text = cause instanceof Error ? textOf(cause) : 'unknown';
    throw unavailable(step, `unknown whether transaction ${submission.transactionId} counts: ${text}`, error);
  }
}

/** The validation code, or undefined when this peer has none (yet) or cannot be asked. Never waits for a block. */
async function verdictOn({ system, account }: Connection, transactionId: string): Promise<number | undefined> {
  try {
    const bytes = await system.evaluateTransaction('GetTransactionByID', account.channel, transactionId);
    return protos().peer.ProcessedTransaction.deserializeBinary(bytes).getValidationcode();
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}
