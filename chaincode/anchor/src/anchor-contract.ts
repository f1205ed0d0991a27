import { type Context, Contract } from 'fabric-contract-api';
import { readArguments } from './arguments.js';
import { findBatch, insertBatch, pageOfBatches } from './batch.js';
import { callerOrganisation } from './caller.js';
import { refuse } from './refusal.js';

const pageSizeMax = 1000;

/**
 * Anchors of Merkle batches, insert-only. Transactions take their arguments as a list and have no decorators: with
 * those the library counts the arguments itself, and its answer has no code.
 *
 * There is no key for "the latest root" of an organisation: every batch would conflict with the one before it.
 * `previousRoot` links the batches; whoever audits follows the links.
 */
export class AnchorContract extends Contract {
  constructor() {
    super('anchor');
  }

  /** Idempotent by (caller's organisation, batch id): the same again answers the first transaction's id and writes nothing. */
  async AnchorBatch(context: Context, ...values: readonly string[]): Promise<string> {
    const org = callerOrganisation(context);
    const entry = readArguments(values, ['batchId', 'root', 'size', 'previousRoot']);
    // It would be gone after the endorsement, and no promise of this contract covers it.
    if (context.stub.getTransient().size > 0) refuse('INVALID', 'no transient data is taken');
    const { batchId, root, previousRoot } = entry;
    const size = Number(entry.size);

    const known = await findBatch(context, org, batchId);
    if (known) {
      if (known.root !== root || known.size !== size || known.previousRoot !== previousRoot) {
        refuse('CONFLICT', 'this batch is anchored with other content');
      }
      return JSON.stringify({ duplicate: true, txId: known.txId });
    }
    const txId = context.stub.getTxID();
    const claimedAt = Number(context.stub.getTxTimestamp().seconds);
    await insertBatch(context, { org, batchId, root, size, previousRoot, txId, claimedAt });
    return JSON.stringify({ duplicate: false, txId });
  }

  /** The batch as it stands in the state. */
  async GetBatch(context: Context, ...values: readonly string[]): Promise<string> {
    callerOrganisation(context);
    const { organisation, batchId } = readArguments(values, ['organisation', 'batchId']);
    const batch = await findBatch(context, organisation, batchId);
    return JSON.stringify(batch ?? refuse('NOT_FOUND', 'no such batch'));
  }

  /** To be evaluated: a page read in a transaction is not checked against what is written meanwhile. */
  async ListBatches(context: Context, ...values: readonly string[]): Promise<string> {
    const caller = callerOrganisation(context);
    const { organisation, pageSize, bookmark } = readArguments(values, ['organisation', 'pageSize', 'bookmark']);
    const size = Number(pageSize);
    if (size > pageSizeMax) refuse('INVALID', 'pageSize');
    const page = await pageOfBatches(context, organisation, { size, bookmark });
    // An empty answer to any text at all could be endorsed and submitted: the text would stand in a block for ever.
    if (page.batches.length === 0 && organisation !== caller) refuse('NOT_FOUND', 'no such batches');
    return JSON.stringify(page);
  }

  override unknownTransaction(): Promise<void> {
    return Promise.reject(new Error('INVALID: no such transaction'));
  }
}
