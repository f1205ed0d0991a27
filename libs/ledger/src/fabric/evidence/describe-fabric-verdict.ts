import type { FabricVerdict } from './verify-fabric-anchor.js';

/** What was checked, under whose word, and what nobody vouches for. */
export function describeFabricVerdict(verdict: FabricVerdict): string {
  if (verdict.verdict === 'mismatch') return `The evidence does not hold: ${verdict.reason} (${verdict.detail}).`;
  const trust = verdict.isKeyTrusted
    ? `the trusted membership of the channel (SHA-256 ${verdict.trustFingerprint})`
    : `the membership of the channel that the evidence itself supplied (SHA-256 ${verdict.trustFingerprint}): compare it`;
  return [
    `Batch ${verdict.entry.batchId} of ${verdict.mspId} was endorsed by ${names(verdict.endorsedBy)} under chaincode ` +
      `${verdict.chaincode} on channel ${verdict.channel}, and stands in block ${verdict.blockNumber}, signed by the ordering ` +
      `service (${names(verdict.orderedBy)}).`,
    `${names(verdict.confirmedBy)} confirmed afterwards that this transaction is the one that counts: nobody signs the ` +
      `validation flags in a block.`,
    `Judged under ${trust}.`,
    `Not proven: the time (${verdict.claimedAt} is the client's claim), and that the ordering service signed no other block ` +
      `${verdict.blockNumber}; compare the block's hash ${verdict.blockHash} with the one that other members hold.`,
  ].join(' ');
}

function names(mspIds: readonly string[]): string {
  return mspIds.length < 2 ? mspIds.join() : `${mspIds.slice(0, -1).join(', ')} and ${mspIds.at(-1) ?? ''}`;
}
