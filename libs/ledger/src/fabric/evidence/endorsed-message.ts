import type { ledger } from '@hyperledger/fabric-protos';
import { protos } from '../protos.js';
import type { FabricTrust } from '../trust/fabric-trust.js';
import { sha256 } from './block-header.js';
import { decoded, demand } from './demand.js';
import { signedBy } from './signed-by.js';

/** The parts of an endorsed message that something is hashed or signed over. */
export interface EndorsedParts {
  readonly channelHeader: Uint8Array;
  readonly signatureHeader: Uint8Array;
  readonly proposalPayload: Uint8Array;
  readonly responsePayload: Uint8Array;
  readonly endorsements: readonly { readonly endorser: Uint8Array; readonly signature: Uint8Array }[];
}

export interface EndorsedMessage {
  readonly transactionId: string;
  /** Identity of the client. */
  readonly creator: Uint8Array;
  /** Claimed by the client. */
  readonly at: Date;
  readonly status: number;
  readonly answer: Uint8Array;
  /** What the chaincode read and wrote. */
  readonly set: ledger.rwset.kvrwset.KVRWSet;
}

/** Opens what was endorsed, if it was this very proposal. Who endorsed it is for `endorsersOf` to say. */
export function openEndorsed(trust: FabricTrust, parts: EndorsedParts): EndorsedMessage {
  const { common, peer } = protos();
  const channel = decoded(() => common.ChannelHeader.deserializeBinary(parts.channelHeader));
  const creator = decoded(() => common.SignatureHeader.deserializeBinary(parts.signatureHeader));
  const at = channel.getTimestamp()?.toDate();
  demand(channel.getType() === common.HeaderType.ENDORSER_TRANSACTION, 'other-transaction', 'not an endorsed one');
  demand(channel.getChannelId() === trust.channel, 'other-transaction', 'of another channel');
  demand(at !== undefined, 'other-transaction', 'without a time');
  const transactionId = sha256(creator.getNonce_asU8(), creator.getCreator_asU8()).toString('hex');
  demand(channel.getTxId() === transactionId, 'other-transaction', 'the id does not follow from its creator');

  const response = decoded(() => peer.ProposalResponsePayload.deserializeBinary(parts.responsePayload));
  const proposal = sha256(parts.channelHeader, parts.signatureHeader, parts.proposalPayload);
  demand(proposal.equals(response.getProposalHash_asU8()), 'not-endorsed', 'an endorsement of another proposal');
  return {
    ...{ transactionId, at, creator: creator.getCreator_asU8() },
    ...openResult(trust.chaincode, response.getExtension_asU8()),
  };
}

/** MSP ids of the quorum, in order. Every endorsement must hold, and a quorum of different organisations be among them. */
export function endorsersOf(
  trust: FabricTrust,
  { responsePayload, endorsements }: EndorsedParts,
  at: Date,
): readonly string[] {
  const expected = { trust, role: 'peer', at, reason: 'not-endorsed' } as const;
  const signers = endorsements.map(({ endorser, signature }) =>
    signedBy({ signer: endorser, message: Buffer.concat([responsePayload, endorser]), signature }, expected),
  );
  const counted = new Set(signers.filter((mspId) => trust.endorsers.includes(mspId)));
  demand(counted.size >= trust.quorum, 'not-endorsed', 'by too few organisations');
  return [...counted].sort();
}

function openResult(chaincode: string, extension: Uint8Array): Pick<EndorsedMessage, 'status' | 'answer' | 'set'> {
  const { peer, ledger: messages } = protos();
  const action = decoded(() => peer.ChaincodeAction.deserializeBinary(extension));
  demand(action.getChaincodeId()?.getName() === chaincode, 'other-transaction', 'of another chaincode');
  const sets = decoded(() => messages.rwset.TxReadWriteSet.deserializeBinary(action.getResults_asU8()));
  const space = sets.getNsRwsetList().find((one) => one.getNamespace() === chaincode);
  demand(space !== undefined, 'other-transaction', 'the chaincode read and wrote nothing');
  return {
    status: action.getResponse()?.getStatus() ?? 0,
    answer: action.getResponse()?.getPayload_asU8() ?? new Uint8Array(0),
    set: decoded(() => messages.rwset.kvrwset.KVRWSet.deserializeBinary(space.getRwset_asU8())),
  };
}
