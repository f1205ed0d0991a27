import { protos } from '../protos.js';
import { decoded, demand } from './demand.js';
import type { EndorsedParts } from './endorsed-message.js';

export interface OpenedEnvelope extends EndorsedParts {
  /** What the client signed; its signature is empty in an envelope that was endorsed and not submitted. */
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

/** Takes an endorsed transaction apart, without judging any of it. */
export function openEnvelope(bytes: Uint8Array): OpenedEnvelope {
  const { common, peer } = protos();
  const envelope = decoded(() => common.Envelope.deserializeBinary(bytes));
  const payload = decoded(() => common.Payload.deserializeBinary(envelope.getPayload_asU8()));
  const actions = decoded(() => peer.Transaction.deserializeBinary(payload.getData_asU8())).getActionsList();
  const [only] = actions;
  demand(only !== undefined && actions.length === 1, 'other-transaction', 'not one action');
  const signatureHeader = payload.getHeader()?.getSignatureHeader_asU8() ?? new Uint8Array(0);
  demand(
    Buffer.compare(only.getHeader_asU8(), signatureHeader) === 0,
    'other-transaction',
    'action of another creator',
  );
  const action = decoded(() => peer.ChaincodeActionPayload.deserializeBinary(only.getPayload_asU8()));
  return {
    payload: envelope.getPayload_asU8(),
    signature: envelope.getSignature_asU8(),
    channelHeader: payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array(0),
    signatureHeader,
    proposalPayload: action.getChaincodeProposalPayload_asU8(),
    responsePayload: action.getAction()?.getProposalResponsePayload_asU8() ?? new Uint8Array(0),
    endorsements: (action.getAction()?.getEndorsementsList() ?? []).map((one) => ({
      endorser: one.getEndorser_asU8(),
      signature: one.getSignature_asU8(),
    })),
  };
}

/** Id of the transaction in an envelope of any type; undefined for what is none. */
export function transactionIdOf(envelope: Uint8Array): string | undefined {
  const { common } = protos();
  const payload = common.Payload.deserializeBinary(common.Envelope.deserializeBinary(envelope).getPayload_asU8());
  const header = payload.getHeader()?.getChannelHeader_asU8();
  return header && common.ChannelHeader.deserializeBinary(header).getTxId();
}
