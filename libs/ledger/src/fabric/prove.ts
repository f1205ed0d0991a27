import { canonicalJson, Rejected, Unavailable } from '@anamnesis/core';
import { heldBatch } from './contract.js';
import { collect, type Collecting } from './evidence/collect.js';
import { type FabricAnchor, type FabricEvidence, parseFabricEvidence } from './evidence/fabric-evidence.js';
import type { FabricBatch } from './evidence/held-batch.js';
import { verifyFabricAnchor } from './evidence/verify-fabric-anchor.js';
import type { Submission, Submissions } from './fabric-options.js';

export interface Proving extends Collecting {
  readonly submissions: Submissions;
  readonly anchorOf: (batch: FabricBatch) => FabricAnchor;
}

/** Gives the evidence that was made once; makes, checks and keeps it the first time. */
export async function prove(anchor: FabricAnchor, proving: Proving): Promise<FabricEvidence> {
  const saved = await proving.submissions.find(anchor.batchId);
  const kept = saved && keptEvidence(saved);
  if (kept !== undefined) {
    demandSame(anchor, proving.anchorOf(batchIn(kept)));
    return kept;
  }
  const batch = await heldBatch(proving.connection, anchor.batchId, { ...proving, step: 'read' });
  if (batch === undefined) throw new Rejected('not-found', 'this ledger gave no such anchor');
  demandSame(anchor, proving.anchorOf(batch));
  const evidence = await collect(batch, proving);
  batchIn(evidence);
  const envelope = Buffer.from(evidence.block.envelopes[evidence.block.position] ?? '', 'base64');
  const { transactionId } = batch;
  await proving.submissions.save({
    ...{ batchId: anchor.batchId, transactionId, envelope },
    evidence: canonicalJson(evidence),
  });
  return evidence;
}

function keptEvidence({ evidence }: Submission): FabricEvidence | undefined {
  return evidence === undefined ? undefined : parseFabricEvidence(JSON.parse(evidence));
}

/** What the evidence proves; it is not handed out when that is nothing. */
function batchIn(evidence: FabricEvidence): FabricBatch {
  const verdict = verifyFabricAnchor(evidence, { entry: undefined, trust: undefined });
  if (verdict.verdict === 'valid') return verdict;
  throw new Unavailable('ledger', `Fabric: the evidence would not hold: ${verdict.reason} (${verdict.detail})`);
}

function demandSame(anchor: FabricAnchor, given: FabricAnchor): void {
  if (canonicalJson(anchor) !== canonicalJson(given))
    throw new Rejected('not-found', 'this ledger gave no such anchor');
}
