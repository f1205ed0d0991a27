import { type AnchorEntry, type BatchId, parseAnchorEntry, parseBatchId } from '../../anchor-entry.js';
import { base64, hex, list, literal, members, whole } from '../../strict-fields.js';
import {
  chaincodePattern,
  channelPattern,
  type FabricTrust,
  mspIdPattern,
  parseFabricTrust,
} from '../trust/fabric-trust.js';

/** Receipt of a batch on a channel: the transaction that wrote it. */
export interface FabricAnchor {
  readonly ledger: 'fabric';
  readonly batchId: BatchId;
  readonly root: string;
  readonly channel: string;
  readonly chaincode: string;
  /** MSP id of the organisation under whose name the batch is anchored. */
  readonly mspId: string;
  /** Of the transaction that wrote the batch, in hex. */
  readonly transactionId: string;
  /** ISO 8601 UTC, whole seconds: what the client that made the transaction claimed. */
  readonly claimedAt: string;
}

/** What a quorum signed and what it was asked. All base64, of bytes as they were hashed or signed. */
export interface FabricEndorsed {
  readonly channelHeader: string;
  readonly signatureHeader: string;
  readonly proposalPayload: string;
  readonly responsePayload: string;
  readonly endorsements: readonly { readonly endorser: string; readonly signature: string }[];
}

/** What the ordering service signed of the block. */
export interface FabricBlockSignatures {
  /** The signed metadata: it names the configuration block in force. */
  readonly metadata: string;
  readonly signatures: readonly { readonly header: string; readonly signature: string }[];
}

/**
 * Proof that a quorum of a channel's organisations endorsed the batch, that the ordering service put it into a block, and
 * that a quorum confirmed afterwards that this transaction is the one that counts. Every member is bound by a signature
 * or by `trustFingerprint`; the unsigned metadata of a block is left out.
 */
export interface FabricEvidence {
  readonly ledger: 'fabric';
  readonly mspId: string;
  readonly entry: AnchorEntry;
  readonly block: {
    readonly number: number;
    readonly previousHash: string;
    /** Over `envelopes`; this and the two above are what the ordering service signed. */
    readonly dataHash: string;
    /** Everything in the block, in base64. */
    readonly envelopes: readonly string[];
    /** Which of `envelopes` wrote the batch, from 0. */
    readonly position: number;
    readonly signed: FabricBlockSignatures;
  };
  /** `GetBatch`, endorsed by a quorum after the commit and never submitted: validation flags in a block are signed by nobody. */
  readonly confirmation: FabricEndorsed;
  /** The trust it was made under; worth no more than the bundle it came in unless known from elsewhere. */
  readonly trust: FabricTrust;
  readonly trustFingerprint: string;
}

/** As many as a block holds, as many as a channel has organisations: beyond is nothing that a network makes. */
const envelopesMax = 2000;
const signaturesMax = 64;
const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/;

export function parseFabricAnchor(value: unknown): FabricAnchor {
  const from = members(value, 'anchor', [
    'ledger',
    'batchId',
    'root',
    'channel',
    'chaincode',
    'mspId',
    'transactionId',
    'claimedAt',
  ]);
  literal(from.ledger, 'ledger', /^fabric$/);
  return {
    ledger: 'fabric',
    batchId: parseBatchId(from.batchId),
    root: hex(from.root, 'root', 32),
    channel: literal(from.channel, 'channel', channelPattern),
    chaincode: literal(from.chaincode, 'chaincode', chaincodePattern),
    mspId: literal(from.mspId, 'mspId', mspIdPattern),
    transactionId: hex(from.transactionId, 'transactionId', 32),
    claimedAt: literal(from.claimedAt, 'claimedAt', timePattern),
  };
}

export function parseFabricEvidence(value: unknown): FabricEvidence {
  const names = ['ledger', 'mspId', 'entry', 'block', 'confirmation', 'trust', 'trustFingerprint'] as const;
  const from = members(value, 'evidence', names);
  literal(from.ledger, 'ledger', /^fabric$/);
  return {
    ledger: 'fabric',
    mspId: literal(from.mspId, 'mspId', mspIdPattern),
    entry: parseAnchorEntry(from.entry),
    block: parseBlock(from.block),
    confirmation: parseEndorsed(from.confirmation),
    trust: parseFabricTrust(from.trust),
    trustFingerprint: hex(from.trustFingerprint, 'trustFingerprint', 32),
  };
}

function parseBlock(value: unknown): FabricEvidence['block'] {
  const from = members(value, 'block', ['number', 'previousHash', 'dataHash', 'envelopes', 'position', 'signed']);
  return {
    number: whole(from.number, 'number', 1),
    previousHash: hex(from.previousHash, 'previousHash', 32),
    dataHash: hex(from.dataHash, 'dataHash', 32),
    envelopes: list(from.envelopes, 'envelopes', envelopesMax).map((one) => base64(one, 'envelopes')),
    position: whole(from.position, 'position', 0),
    signed: parseSigned(from.signed),
  };
}

function parseSigned(value: unknown): FabricBlockSignatures {
  const from = members(value, 'signed', ['metadata', 'signatures']);
  return {
    metadata: base64(from.metadata, 'metadata'),
    signatures: list(from.signatures, 'signatures', signaturesMax).map((one) => {
      const { header, signature } = members(one, 'signatures', ['header', 'signature']);
      return { header: base64(header, 'header'), signature: base64(signature, 'signature') };
    }),
  };
}

function parseEndorsed(value: unknown): FabricEndorsed {
  const names = ['channelHeader', 'signatureHeader', 'proposalPayload', 'responsePayload', 'endorsements'] as const;
  const from = members(value, 'confirmation', names);
  return {
    channelHeader: base64(from.channelHeader, 'channelHeader'),
    signatureHeader: base64(from.signatureHeader, 'signatureHeader'),
    proposalPayload: base64(from.proposalPayload, 'proposalPayload'),
    responsePayload: base64(from.responsePayload, 'responsePayload'),
    endorsements: list(from.endorsements, 'endorsements', signaturesMax).map((one) => {
      const { endorser, signature } = members(one, 'endorsements', ['endorser', 'signature']);
      return { endorser: base64(endorser, 'endorser'), signature: base64(signature, 'signature') };
    }),
  };
}
