import type { Gateway } from '@hyperledger/fabric-gateway';
import { common, ledger, peer } from '@hyperledger/fabric-protos';

export async function heightOf(gateway: Gateway, channel: string): Promise<number> {
  const bytes = await gateway.getNetwork(channel).getContract('qscc').evaluateTransaction('GetChainInfo', channel);
  return common.BlockchainInfo.deserializeBinary(bytes).getHeight();
}

export async function blockAt(gateway: Gateway, channel: string, number: number): Promise<common.Block> {
  const qscc = gateway.getNetwork(channel).getContract('qscc');
  return common.Block.deserializeBinary(await qscc.evaluateTransaction('GetBlockByNumber', channel, String(number)));
}

export interface Write {
  readonly key: string;
  readonly txId: string;
  /** MSP ids of the peers that endorsed it. */
  readonly endorsers: readonly string[];
  readonly isValid: boolean;
}

/** Every write of a chaincode on a channel, valid or not, in the order of the chain. */
export async function writesOf(gateway: Gateway, channel: string, chaincode: string): Promise<Write[]> {
  const height = await heightOf(gateway, channel);
  const blocks = [];
  for (let number = 0; number < height; number++) blocks.push(await blockAt(gateway, channel, number));
  return blocks.flatMap((block) => writesInBlock(block, chaincode));
}

function writesInBlock(block: common.Block, chaincode: string): Write[] {
  const metadata = block.getMetadata()?.getMetadataList_asU8() ?? [];
  const flags = metadata[common.BlockMetadataIndex.TRANSACTIONS_FILTER] ?? new Uint8Array();
  const envelopes = block.getData()?.getDataList_asU8() ?? [];
  return envelopes.flatMap((bytes, position) => {
    const payload = common.Payload.deserializeBinary(common.Envelope.deserializeBinary(bytes).getPayload_asU8());
    const header = common.ChannelHeader.deserializeBinary(payload.getHeader()?.getChannelHeader_asU8() ?? bytes);
    if (header.getType() !== common.HeaderType.ENDORSER_TRANSACTION) return [];
    const transaction = peer.Transaction.deserializeBinary(payload.getData_asU8());
    return transaction
      .getActionsList()
      .flatMap((action) => writesInAction(action.getPayload_asU8(), chaincode))
      .map((write) => ({ ...write, txId: header.getTxId(), isValid: flags[position] === 0 }));
  });
}

function writesInAction(bytes: Uint8Array, chaincode: string): Pick<Write, 'key' | 'endorsers'>[] {
  const endorsed = peer.ChaincodeActionPayload.deserializeBinary(bytes).getAction();
  const endorsers = (endorsed?.getEndorsementsList() ?? []).map((one) => mspIdOf(one.getEndorser_asU8())).sort();
  return keysWritten(endorsed?.getProposalResponsePayload_asU8() ?? bytes, chaincode).map((key) => ({
    key,
    endorsers,
  }));
}

function keysWritten(responsePayload: Uint8Array, chaincode: string): string[] {
  const extension = peer.ProposalResponsePayload.deserializeBinary(responsePayload).getExtension_asU8();
  const results = peer.ChaincodeAction.deserializeBinary(extension).getResults_asU8();
  return ledger.rwset.TxReadWriteSet.deserializeBinary(results)
    .getNsRwsetList()
    .filter((set) => set.getNamespace() === chaincode)
    .flatMap((set) => ledger.rwset.kvrwset.KVRWSet.deserializeBinary(set.getRwset_asU8()).getWritesList())
    .map((write) => write.getKey());
}

/** The first field of a serialized identity. */
function mspIdOf(identity: Uint8Array): string {
  const length = identity[1] ?? 0;
  return Buffer.from(identity.subarray(2, 2 + length)).toString();
}
