import { MoreThan } from 'typeorm';
import { merkleRoot } from '@anamnesis/core';
import { firstPreviousRoot, type Ledger, parseBatchId } from '@anamnesis/ledger';
import { Leaf, SealedBatch, type Store } from '@anamnesis/store';
import type { AnchorOptions } from './anchor.js';

/** What is wrong with one batch: its leaves, the chain of roots, or what the ledger says of it. */
export interface BatchMismatch {
  readonly batchId: string;
  readonly rule: 'leaves-make-the-root' | 'roots-are-chained' | 'ledger-holds-the-root';
}

/**
 * Compares every batch of an organisation with its leaves, its predecessor and the ledger, oldest first. Reads only. Ends
 * early when the signal is aborted: it takes minutes, and a process that stops has seconds.
 */
export async function audit(
  store: Store,
  { ledger, organisation, signal }: AnchorOptions & { readonly signal: AbortSignal },
): Promise<{ checked: number; mismatches: BatchMismatch[] }> {
  const mismatches: BatchMismatch[] = [];
  let checked = 0;
  let previousRoot = firstPreviousRoot;
  for (let after = 0; !signal.aborted;) {
    const [batch] = await store.reader.manager.find(SealedBatch, {
      where: { organisation, sequence: MoreThan(after) },
      order: { sequence: 'ASC' },
      take: 1,
    });
    if (batch === undefined) break;
    for (const rule of await broken({ store, ledger }, batch, previousRoot))
      mismatches.push({ batchId: batch.batchId, rule });
    checked++;
    previousRoot = batch.root;
    after = batch.sequence;
  }
  return { checked, mismatches };
}

async function broken(
  { store, ledger }: { readonly store: Store; readonly ledger: Ledger },
  batch: SealedBatch,
  previousRoot: string,
): Promise<BatchMismatch['rule'][]> {
  const rules: BatchMismatch['rule'][] = [];
  const where = { batchId: batch.batchId };
  const leaves = await store.reader.manager.find(Leaf, { where, order: { sequence: 'ASC' } });
  const root = Buffer.from(merkleRoot(leaves.map(({ leaf }) => Buffer.from(leaf, 'hex')))).toString('hex');
  if (root !== batch.root || leaves.length !== batch.size) rules.push('leaves-make-the-root');
  if (batch.previousRoot !== previousRoot) rules.push('roots-are-chained');
  const found = batch.anchoredAt === null ? undefined : await ledger.find(parseBatchId(batch.batchId));
  if (batch.anchoredAt !== null && JSON.stringify(found) !== batch.anchor) rules.push('ledger-holds-the-root');
  return rules;
}
