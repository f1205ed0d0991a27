import { common, peer } from '@hyperledger/fabric-protos';
import { sha256 } from '../evidence/block-header.js';
import type { Simulated } from './chaincode-line.js';
import { type Member, serialized, signedBy } from './serialized.js';
import { readWriteSet } from './simulation.js';

export interface OpenedProposal {
  readonly header: common.Header;
  readonly body: peer.ChaincodeProposalPayload;
  readonly transactionId: string;
  readonly chaincode: string;
  readonly input: peer.ChaincodeInput;
}

export function openProposal(signed: peer.SignedProposal): OpenedProposal {
  const proposal = peer.Proposal.deserializeBinary(signed.getProposalBytes_asU8());
  const header = common.Header.deserializeBinary(proposal.getHeader_asU8());
  const body = peer.ChaincodeProposalPayload.deserializeBinary(proposal.getPayload_asU8());
  const spec = peer.ChaincodeInvocationSpec.deserializeBinary(body.getInput_asU8()).getChaincodeSpec();
  return {
    ...{ header, body },
    transactionId: common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8()).getTxId(),
    chaincode: spec?.getChaincodeId()?.getName() ?? '',
    input: spec?.getInput() ?? new peer.ChaincodeInput(),
  };
}

/** What every endorser signs, and must come to by itself. */
export function responsePayload(
  { header, body, chaincode, transactionId }: OpenedProposal,
  { simulation, response, event }: Simulated,
): Buffer {
  const id = new peer.ChaincodeID();
  id.setName(chaincode);
  const action = new peer.ChaincodeAction();
  action.setResults(readWriteSet(chaincode, simulation));
  event?.setChaincodeId(chaincode);
  event?.setTxId(transactionId);
  if (event) action.setEvents(event.serializeBinary());
  action.setResponse(response);
  action.setChaincodeId(id);
  const payload = new peer.ProposalResponsePayload();
  const proposalHash = sha256(header.getChannelHeader_asU8(), header.getSignatureHeader_asU8(), body.serializeBinary());
  payload.setProposalHash(proposalHash);
  payload.setExtension$(action.serializeBinary());
  return Buffer.from(payload.serializeBinary());
}

/** The transaction as a gateway prepares it: endorsed, and not yet signed by the client. */
export async function endorsedEnvelope(
  { header, body }: OpenedProposal,
  response: Uint8Array,
  endorsers: readonly Member[],
): Promise<common.Envelope> {
  const endorsed = new peer.ChaincodeEndorsedAction();
  endorsed.setProposalResponsePayload(response);
  for (const member of endorsers) {
    const endorsement = new peer.Endorsement();
    endorsement.setEndorser(serialized(member));
    endorsement.setSignature(await signedBy(member, Buffer.concat([response, serialized(member)])));
    endorsed.addEndorsements(endorsement);
  }
  const payload = new peer.ChaincodeActionPayload();
  payload.setChaincodeProposalPayload(body.serializeBinary());
  payload.setAction(endorsed);
  const action = new peer.TransactionAction();
  action.setHeader(header.getSignatureHeader_asU8());
  action.setPayload(payload.serializeBinary());
  const transaction = new peer.Transaction();
  transaction.addActions(action);
  const whole = new common.Payload();
  whole.setHeader(header);
  whole.setData(transaction.serializeBinary());
  const envelope = new common.Envelope();
  envelope.setPayload(whole.serializeBinary());
  return envelope;
}
