import { type AnchorEntry, type BatchId, parseBatchId } from '../../anchor-entry.js';
import { hex, literal, members, whole } from '../../strict-fields.js';
import { mspIdPattern } from '../trust/fabric-trust.js';

/** A batch as the chaincode holds it, the same on every peer. */
export interface FabricBatch {
  readonly mspId: string;
  readonly entry: AnchorEntry;
  /** Of the transaction that wrote it. */
  readonly transactionId: string;
  /** ISO 8601 UTC: the client's claim. */
  readonly claimedAt: string;
}

const names = ['org', 'batchId', 'root', 'size', 'previousRoot', 'txId', 'claimedAt'] as const;

/** Reads the chaincode's JSON. Throws `Rejected('invalid-evidence')`. */
export function parseHeldBatch(text: string): FabricBatch {
  return heldBatchOf(JSON.parse(text));
}

export function heldBatchOf(value: unknown): FabricBatch {
  const from = members(value, 'batch', names);
  return {
    mspId: literal(from.org, 'org', mspIdPattern),
    entry: {
      batchId: parseBatchId(from.batchId),
      root: hex(from.root, 'root', 32),
      size: whole(from.size, 'size', 1),
      previousRoot: hex(from.previousRoot, 'previousRoot', 32),
    },
    transactionId: hex(from.txId, 'txId', 32),
    claimedAt: new Date(whole(from.claimedAt, 'claimedAt', 0) * 1000).toISOString(),
  };
}

/** The key under which the chaincode keeps a batch: Fabric's composite key. */
export function batchKey(mspId: string, batchId: BatchId): string {
  return `\0batch\0${mspId}\0${batchId}\0`;
}
