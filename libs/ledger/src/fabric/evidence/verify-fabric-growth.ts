import { blockHash } from './block-header.js';
import type { FabricEvidence } from './fabric-evidence.js';
import { headerOf } from './verify-block.js';

/** Header of a block, hashes in hex. */
export interface FabricBlockHeader {
  readonly number: number;
  readonly previousHash: string;
  readonly dataHash: string;
}

export interface FabricGrowth {
  readonly evidence: FabricEvidence;
  /** Of every block after the one in the evidence, in order (`FabricLedger.headers`); none when that block is the known one. */
  readonly headers: readonly FabricBlockHeader[];
  /** Hash of the last of them, in hex, from members of the channel that the verifier believes. */
  readonly knownHash: string;
}

/**
 * Whether the block in the evidence is on the chain that leads to a block which the verifier knows: then nobody, not even
 * the ordering service, can show another block in its place. The evidence itself is for `verifyAnchor` to judge.
 */
export function verifyFabricGrowth({ evidence, headers, knownHash }: FabricGrowth): boolean {
  let { number } = evidence.block;
  let hash = blockHash(headerOf(evidence.block)).toString('hex');
  for (const header of headers) {
    if (header.number !== ++number || header.previousHash !== hash) return false;
    const [previousHash, dataHash] = [Buffer.from(header.previousHash, 'hex'), Buffer.from(header.dataHash, 'hex')];
    hash = blockHash({ number, previousHash, dataHash }).toString('hex');
  }
  return hash === knownHash;
}
