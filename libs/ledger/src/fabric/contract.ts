import { Rejected } from '@anamnesis/core';
import type { AnchorEntry, BatchId } from '../anchor-entry.js';
import { hex, list, literal, members } from '../strict-fields.js';
import { attempt, type Attempts } from './attempts.js';
import type { Connection } from './connect.js';
import { type FabricBatch, heldBatchOf, parseHeldBatch } from './evidence/held-batch.js';

export interface FabricPage {
  readonly batches: readonly FabricBatch[];
  readonly bookmark: string | undefined;
}

export const transactions = { anchor: 'AnchorBatch', get: 'GetBatch', list: 'ListBatches' } as const;

const pageSizeMax = 1000;

/** In the order of the chaincode's parameters. */
export function argumentsOf({ batchId, root, size, previousRoot }: AnchorEntry): string[] {
  return [batchId, root, String(size), previousRoot];
}

/** What the own organisation's peer holds under the own name; another organisation's peer is not asked. */
export async function heldBatch(
  { contract, account: { mspId } }: Connection,
  batchId: BatchId,
  attempts: Attempts,
): Promise<FabricBatch | undefined> {
  const options = { arguments: [mspId, batchId], endorsingOrganizations: [mspId] };
  try {
    return parseHeldBatch(text(await attempt(() => contract.evaluate(transactions.get, options), attempts)));
  } catch (error) {
    if (error instanceof Rejected && error.code === 'not-found') return undefined;
    throw error;
  }
}

export async function heldPage(
  { contract, account: { mspId } }: Connection,
  { size, bookmark }: { readonly size: number; readonly bookmark: string },
  attempts: Attempts,
): Promise<FabricPage> {
  const options = { arguments: [mspId, String(size), bookmark], endorsingOrganizations: [mspId] };
  const answer = text(await attempt(() => contract.evaluate(transactions.list, options), attempts));
  const from = members(JSON.parse(answer), 'page', ['batches', 'bookmark']);
  const next = literal(from.bookmark, 'bookmark', /^[^]{0,1000}$/);
  return {
    batches: list(from.batches, 'batches', pageSizeMax).map(heldBatchOf),
    bookmark: next === '' ? undefined : next,
  };
}

/** Whether an endorsed answer says that this very batch is on the ledger already. */
export function isDuplicate(answer: Uint8Array): boolean {
  const from = members(JSON.parse(text(answer)), 'answer', ['duplicate', 'txId']);
  hex(from.txId, 'txId', 32);
  return from.duplicate === true;
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
