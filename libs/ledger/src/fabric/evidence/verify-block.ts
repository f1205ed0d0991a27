import { protos } from '../protos.js';
import type { FabricTrust } from '../trust/fabric-trust.js';
import { type BlockHeader, headerBytes, sha256 } from './block-header.js';
import { decoded, demand } from './demand.js';
import type { FabricEvidence } from './fabric-evidence.js';
import { signedBy } from './signed-by.js';

/** The header that the evidence states. */
export function headerOf({ number, previousHash, dataHash }: FabricEvidence['block']): BlockHeader {
  return { number, previousHash: Buffer.from(previousHash, 'hex'), dataHash: Buffer.from(dataHash, 'hex') };
}

/** What is in the block has the hash in its header, and it was made under the configuration that the trust was taken from. */
export function checkBlock(trust: FabricTrust, { dataHash, envelopes, signed }: FabricEvidence['block']): void {
  const hash = sha256(...envelopes.map((one) => Buffer.from(one, 'base64')));
  demand(hash.toString('hex') === dataHash, 'block-signature', 'the block does not match its hash');
  const { common } = protos();
  const metadata = decoded(() => common.OrdererBlockMetadata.deserializeBinary(Buffer.from(signed.metadata, 'base64')));
  const configBlock = metadata.getLastConfig()?.getIndex();
  demand(configBlock === trust.configBlock, 'other-configuration', 'the trust is of another configuration block');
}

/** MSP ids of those who signed the block: nodes of organisations that order, each with a signature that holds. */
export function blockSigners(trust: FabricTrust, block: FabricEvidence['block'], at: Date): readonly string[] {
  const header = headerBytes(headerOf(block));
  const metadata = Buffer.from(block.signed.metadata, 'base64');
  const expected = { trust, role: 'orderer', at, reason: 'block-signature' } as const;
  const orderedBy = block.signed.signatures.map((one) => {
    const signatureHeader = Buffer.from(one.header, 'base64');
    const { common } = protos();
    const signer = decoded(() => common.SignatureHeader.deserializeBinary(signatureHeader)).getCreator_asU8();
    const message = Buffer.concat([metadata, signatureHeader, header]);
    const mspId = signedBy({ signer, message, signature: Buffer.from(one.signature, 'base64') }, expected);
    demand(trust.orderers.includes(mspId), 'block-signature', 'not of an organisation that orders');
    return mspId;
  });
  demand(orderedBy.length > 0, 'block-signature', 'nobody signed the block');
  return [...new Set(orderedBy)].sort();
}
