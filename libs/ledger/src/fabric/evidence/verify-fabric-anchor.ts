import { type AnchorEntry, isSameEntry } from '../../anchor-entry.js';
import { type FabricTrust, trustFingerprint } from '../trust/fabric-trust.js';
import { blockHash } from './block-header.js';
import { decoded, demand, EvidenceMismatch, type FabricMismatch } from './demand.js';
import { type EndorsedMessage, type EndorsedParts, endorsersOf, openEndorsed } from './endorsed-message.js';
import { type OpenedEnvelope, openEnvelope } from './envelope.js';
import type { FabricEndorsed, FabricEvidence } from './fabric-evidence.js';
import { batchKey, type FabricBatch, parseHeldBatch } from './held-batch.js';
import { signedBy } from './signed-by.js';
import { blockSigners, checkBlock, headerOf } from './verify-block.js';

export type FabricVerdict =
  | {
      readonly verdict: 'valid';
      readonly ledger: 'fabric';
      /** Several organisations keep the channel: to rewrite it, a quorum of them and the ordering service would have to agree. */
      readonly trustModel: 'consortium-channel';
      readonly channel: string;
      readonly chaincode: string;
      readonly trustFingerprint: string;
      /** False: the trust came with the evidence, and proves no more than that the bundle agrees with itself. */
      readonly isKeyTrusted: boolean;
      readonly entry: AnchorEntry;
      /** Under whose name the batch is anchored; a client of this organisation signed the transaction. */
      readonly mspId: string;
      readonly transactionId: string;
      readonly blockNumber: number;
      /** What `verifyFabricGrowth` leads on from, in hex. */
      readonly blockHash: string;
      /** ISO 8601 UTC: the client's claim, which nobody vouches for. */
      readonly claimedAt: string;
      readonly endorsedBy: readonly string[];
      readonly orderedBy: readonly string[];
      readonly confirmedBy: readonly string[];
    }
  | {
      readonly verdict: 'mismatch';
      readonly ledger: 'fabric';
      readonly reason: FabricMismatch;
      /** More exactly, in words. */
      readonly detail: string;
      /** Of the trust that the evidence supplies. */
      readonly trustFingerprint: string;
    };

interface Known {
  readonly entry: AnchorEntry | undefined;
  readonly trust: FabricTrust | undefined;
}

/** Judges evidence of a channel with nothing but what is handed in. */
export function verifyFabricAnchor(evidence: FabricEvidence, known: Known): FabricVerdict {
  try {
    return judge(evidence, known);
  } catch (error) {
    if (!(error instanceof EvidenceMismatch)) throw error;
    const { reason, detail } = error;
    return { verdict: 'mismatch', ledger: 'fabric', reason, detail, trustFingerprint: evidence.trustFingerprint };
  }
}

function judge(evidence: FabricEvidence, { entry, trust: trusted }: Known): FabricVerdict {
  const fingerprint = trustFingerprint(evidence.trust);
  demand(fingerprint === evidence.trustFingerprint, 'trust-fingerprint', 'the trust in it has another fingerprint');
  const isTrusted = trusted === undefined || trustFingerprint(trusted) === fingerprint;
  demand(isTrusted, 'untrusted-channel', 'made under another trust than the given one');
  const isEntry = entry === undefined || isSameEntry(entry, evidence.entry);
  demand(isEntry, 'other-entry', 'of another batch');

  const trust = trusted ?? evidence.trust;
  checkBlock(trust, evidence.block);
  const transaction = openTransaction(trust, evidence);
  const confirmation = openConfirmation(trust, evidence, transaction.written);
  const { transactionId, at } = transaction.message;
  const orderedBy = blockSigners(trust, evidence.block, at);
  demandClient(trust, evidence.mspId, transaction);
  return {
    verdict: 'valid',
    ledger: 'fabric',
    trustModel: 'consortium-channel',
    ...{ channel: trust.channel, chaincode: trust.chaincode, trustFingerprint: fingerprint },
    isKeyTrusted: trusted !== undefined,
    ...{ entry: evidence.entry, mspId: evidence.mspId, transactionId, blockNumber: evidence.block.number },
    blockHash: blockHash(headerOf(evidence.block)).toString('hex'),
    claimedAt: held(transaction.written).claimedAt,
    orderedBy,
    endorsedBy: endorsersOf(trust, transaction.envelope, at),
    confirmedBy: asConfirmation(() => endorsersOf(trust, confirmation.parts, confirmation.message.at)),
  };
}

interface Transaction {
  readonly envelope: OpenedEnvelope;
  readonly message: EndorsedMessage;
  /** The value that it wrote under the batch's key. */
  readonly written: Uint8Array;
}

/** The transaction at `position`, if it wrote this entry. */
function openTransaction(trust: FabricTrust, { mspId, entry, block }: FabricEvidence): Transaction {
  const bytes = block.envelopes[block.position];
  demand(bytes !== undefined, 'not-written', 'the position is not in the block');
  const envelope = openEnvelope(Buffer.from(bytes, 'base64'));
  const message = openEndorsed(trust, envelope);
  const key = batchKey(mspId, entry.batchId);
  const write = message.set.getWritesList().find((one) => one.getKey() === key);
  demand(write !== undefined, 'not-written', 'it did not write this batch');
  const written = write.getValue_asU8();
  const batch = held(written);
  const isIt = isSameEntry(batch.entry, entry) && batch.mspId === mspId;
  demand(isIt && batch.transactionId === message.transactionId, 'not-written', 'it wrote another content');
  return { envelope, message, written };
}

/** A client of the organisation signed the transaction: nobody else can anchor under its name. */
function demandClient(trust: FabricTrust, mspId: string, { envelope, message }: Transaction): void {
  const client = signedBy(
    { signer: message.creator, message: envelope.payload, signature: envelope.signature },
    { trust, role: 'client', at: message.at, reason: 'other-transaction' },
  );
  demand(client === mspId, 'other-transaction', 'of a client of another organisation');
}

/** The key holds this value in the version (block, position): of two endorsed transactions for one batch only one can. */
function openConfirmation(
  trust: FabricTrust,
  { mspId, entry, block, confirmation }: FabricEvidence,
  written: Uint8Array,
) {
  const parts = partsOf(confirmation);
  const message = asConfirmation(() => openEndorsed(trust, parts));
  const key = batchKey(mspId, entry.batchId);
  const read = message.set.getReadsList().find((one) => one.getKey() === key);
  const version = read?.getVersion();
  const isVersion = version?.getBlockNum() === block.number && version.getTxNum() === block.position;
  demand(message.status === 200 && isVersion, 'not-confirmed', 'the peers name another transaction');
  demand(Buffer.compare(message.answer, written) === 0, 'not-confirmed', 'the peers hold another content');
  return { parts, message };
}

function partsOf({ endorsements, ...parts }: FabricEndorsed): EndorsedParts {
  const bytes = (text: string) => Buffer.from(text, 'base64');
  return {
    channelHeader: bytes(parts.channelHeader),
    signatureHeader: bytes(parts.signatureHeader),
    proposalPayload: bytes(parts.proposalPayload),
    responsePayload: bytes(parts.responsePayload),
    endorsements: endorsements.map((one) => ({ endorser: bytes(one.endorser), signature: bytes(one.signature) })),
  };
}

/** What is wrong with the confirmation is not wrong with the transaction. */
function asConfirmation<T>(judge: () => T): T {
  try {
    return judge();
  } catch (error) {
    if (!(error instanceof EvidenceMismatch)) throw error;
    throw new EvidenceMismatch('not-confirmed', `${error.reason}: ${error.detail}`, { cause: error });
  }
}

function held(value: Uint8Array): FabricBatch {
  return decoded(() => parseHeldBatch(Buffer.from(value).toString('utf8')));
}
