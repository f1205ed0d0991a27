import { status } from '@grpc/grpc-js';
import { peer } from '@hyperledger/fabric-protos';
import type { Channel } from './channel.js';
import { Failure } from './failure.js';

const chaincodePolicy = '/Channel/Application/Endorsement';

/** Answers of the chaincodes that every peer has, as far as this backend asks them; undefined for another chaincode. */
export function systemAnswer(channel: Channel, chaincode: string, args: readonly string[]): Uint8Array | undefined {
  const [name = '', , argument = ''] = args;
  if (chaincode === 'qscc') return qscc(channel, name, argument);
  if (chaincode === 'cscc') return channel.blocks[0]?.serializeBinary();
  if (chaincode === '_lifecycle') return definition();
  return undefined;
}

function qscc(channel: Channel, name: string, argument: string): Uint8Array {
  if (name === 'GetBlockByNumber') {
    const block = channel.blocks[Number(argument)];
    if (block === undefined) throw new Failure(status.UNKNOWN, 'no such block');
    return block.serializeBinary();
  }
  const verdict = channel.verdicts.get(argument);
  const block = channel.blocks[verdict?.block ?? -1];
  if (verdict === undefined || block === undefined) throw new Failure(status.UNKNOWN, 'no such transaction');
  if (name === 'GetBlockByTxID') return block.serializeBinary();
  const processed = new peer.ProcessedTransaction();
  processed.setTransactionenvelope(verdict.envelope);
  processed.setValidationcode(verdict.code);
  return processed.serializeBinary();
}

function definition(): Uint8Array {
  const policy = new peer.ApplicationPolicy();
  policy.setChannelConfigPolicyReference(chaincodePolicy);
  const result = new peer.lifecycle.QueryChaincodeDefinitionResult();
  result.setValidationParameter(policy.serializeBinary());
  return result.serializeBinary();
}
