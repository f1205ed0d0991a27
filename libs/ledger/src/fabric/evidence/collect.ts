import type { common } from '@hyperledger/fabric-protos';
import { attempt, type Attempts, NotYet } from '../attempts.js';
import type { Connection } from '../connect.js';
import { transactions } from '../contract.js';
import { protos } from '../protos.js';
import { type FabricTrust, trustFingerprint } from '../trust/fabric-trust.js';
import { openEnvelope, transactionIdOf } from './envelope.js';
import type { FabricBlockSignatures, FabricEndorsed, FabricEvidence } from './fabric-evidence.js';
import type { FabricBatch } from './held-batch.js';

export interface Collecting extends Omit<Attempts, 'step'> {
  readonly connection: Connection;
  /** The trust that goes with a configuration block. */
  readonly trustAt: (configBlock: number) => Promise<FabricTrust>;
}

/**
 * Puts evidence together from the ledger alone. `batch` is what the chaincode holds, so the transaction is the one that
 * wrote it: one's own may have been the second and have written nothing.
 */
export async function collect(batch: FabricBatch, collecting: Collecting): Promise<FabricEvidence> {
  const { connection, trustAt } = collecting;
  const { block, configBlock } = await blockPartOf(batch.transactionId, collecting);
  const confirmation = await confirm(batch, collecting);
  const trust = await trustAt(configBlock);
  const { mspId } = connection.account;
  const { entry } = batch;
  return { ledger: 'fabric', mspId, entry, block, confirmation, trust, trustFingerprint: trustFingerprint(trust) };
}

/** The block that holds a transaction, without what nobody signed of it, and the number of the configuration in force. */
export async function blockPartOf(
  transactionId: string,
  collecting: Collecting,
): Promise<{ readonly block: FabricEvidence['block']; readonly configBlock: number }> {
  const whole = await blockOf(transactionId, collecting);
  const header = whole.getHeader();
  const envelopes = whole.getData()?.getDataList_asU8() ?? [];
  const { signed, configBlock } = signaturesOf(whole);
  const block = {
    number: header?.getNumber() ?? 0,
    previousHash: Buffer.from(header?.getPreviousHash_asU8() ?? []).toString('hex'),
    dataHash: Buffer.from(header?.getDataHash_asU8() ?? []).toString('hex'),
    envelopes: envelopes.map(base64),
    position: envelopes.findIndex((one) => transactionIdOf(one) === transactionId),
    signed,
  };
  return { block, configBlock };
}

async function blockOf(transactionId: string, collecting: Collecting): Promise<common.Block> {
  const { system, account } = collecting.connection;
  const ask = () => system.evaluateTransaction('GetBlockByTxID', account.channel, transactionId);
  return protos().common.Block.deserializeBinary(await attempt(ask, { ...collecting, step: 'read' }));
}

/** The part of a block's metadata that somebody signed. */
function signaturesOf(block: common.Block): { signed: FabricBlockSignatures; configBlock: number } {
  const { common: messages } = protos();
  const bytes = block.getMetadata()?.getMetadataList_asU8()[messages.BlockMetadataIndex.SIGNATURES];
  const metadata = messages.Metadata.deserializeBinary(bytes ?? new Uint8Array(0));
  const value = metadata.getValue_asU8();
  const signatures = metadata.getSignaturesList().map((one) => ({
    header: base64(one.getSignatureHeader_asU8()),
    signature: base64(one.getSignature_asU8()),
  }));
  const configBlock = messages.OrdererBlockMetadata.deserializeBinary(value).getLastConfig()?.getIndex() ?? 0;
  return { signed: { metadata: base64(value), signatures }, configBlock };
}

/** Endorsed like a transaction, so that each organisation's peer signs what it holds, but never submitted. */
async function confirm({ mspId, entry }: FabricBatch, collecting: Collecting): Promise<FabricEndorsed> {
  const { contract } = collecting.connection;
  const proposal = { arguments: [mspId, entry.batchId] };
  const endorsed = await attempt(() => contract.newProposal(transactions.get, proposal).endorse(), {
    ...collecting,
    step: 'confirm',
    // Another organisation's peer may be a block behind ours.
    isTransient: ({ code }) => code === 'not-found',
  });
  const prepared = protos().gateway.PreparedTransaction.deserializeBinary(endorsed.getBytes()).getEnvelope();
  if (prepared === undefined) throw new NotYet('the gateway gave no envelope');
  const parts = openEnvelope(prepared.serializeBinary());
  return {
    channelHeader: base64(parts.channelHeader),
    signatureHeader: base64(parts.signatureHeader),
    proposalPayload: base64(parts.proposalPayload),
    responsePayload: base64(parts.responsePayload),
    endorsements: parts.endorsements.map(({ endorser, signature }) => ({
      endorser: base64(endorser),
      signature: base64(signature),
    })),
  };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
