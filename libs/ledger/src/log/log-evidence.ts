import { type AnchorEntry, type BatchId, parseAnchorEntry, parseBatchId } from '../anchor-entry.js';
import { hex, list, literal, members, whole } from '../strict-fields.js';

/** Receipt of an entry in the log, covered by the signed checkpoint of `treeSize`. */
export interface LogAnchor {
  readonly ledger: 'log';
  readonly batchId: BatchId;
  readonly root: string;
  /** Name of the log. */
  readonly origin: string;
  /** Place of the entry in the log, from 0. */
  readonly index: number;
  /** Size of the tree in the first checkpoint that covers the entry. */
  readonly treeSize: number;
  /** ISO 8601 UTC by the log's own clock: its word, which no signature covers. */
  readonly anchoredAt: string;
}

/** Proof that the log's operator signed a tree that holds the entry. Every member is bound by `checkpoint` and its signature. */
export interface LogEvidence {
  readonly ledger: 'log';
  readonly origin: string;
  /** The log's key as a C2SP verifier key; worth no more than the bundle it came in unless known from elsewhere. */
  readonly verifierKey: string;
  readonly entry: AnchorEntry;
  readonly index: number;
  readonly treeSize: number;
  /** RFC 6962 audit path from the entry's leaf to the checkpoint's root, in hex. */
  readonly inclusionProof: readonly string[];
  /** C2SP tlog-checkpoint: origin, size, root, signature. */
  readonly checkpoint: string;
}

/** What a verifier of the log believes beforehand: the content of the log's `ledger.vkey`. */
export interface LogTrust {
  readonly origin: string;
  readonly vkey: string;
}

/** Printable ASCII without space and plus: a C2SP key name that needs no quoting anywhere. */
export const originPattern = /^[!-*,-~]{1,128}$/;
export const verifierKeyPattern = /^[!-*,-~]{1,128}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/;

/** A path is as long as the tree is deep; sizes end at 2^53. */
const pathLengthMax = 53;
/** Origin, size, root and one signature, as the log writes them. */
const checkpointPattern = /^[\n -~—]{1,512}$/;
const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export function parseLogAnchor(value: unknown): LogAnchor {
  const names = ['ledger', 'batchId', 'root', 'origin', 'index', 'treeSize', 'anchoredAt'] as const;
  const from = members(value, 'anchor', names);
  literal(from.ledger, 'ledger', /^log$/);
  return {
    ledger: 'log',
    batchId: parseBatchId(from.batchId),
    root: hex(from.root, 'root', 32),
    origin: literal(from.origin, 'origin', originPattern),
    index: whole(from.index, 'index', 0),
    treeSize: whole(from.treeSize, 'treeSize', 1),
    anchoredAt: literal(from.anchoredAt, 'anchoredAt', timePattern),
  };
}

export function parseLogEvidence(value: unknown): LogEvidence {
  const from = members(value, 'evidence', [
    'ledger',
    'origin',
    'verifierKey',
    'entry',
    'index',
    'treeSize',
    'inclusionProof',
    'checkpoint',
  ]);
  literal(from.ledger, 'ledger', /^log$/);
  return {
    ledger: 'log',
    origin: literal(from.origin, 'origin', originPattern),
    verifierKey: literal(from.verifierKey, 'verifierKey', verifierKeyPattern),
    entry: parseAnchorEntry(from.entry),
    index: whole(from.index, 'index', 0),
    treeSize: whole(from.treeSize, 'treeSize', 1),
    inclusionProof: list(from.inclusionProof, 'inclusionProof', pathLengthMax).map((one) =>
      hex(one, 'inclusionProof', 32),
    ),
    checkpoint: literal(from.checkpoint, 'checkpoint', checkpointPattern),
  };
}
