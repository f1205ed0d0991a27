import { Rejected, verifyInclusion } from '@anamnesis/core';
import { type AnchorEntry, anchorEntryBytes, isSameEntry } from '../anchor-entry.js';
import { type Checkpoint, openCheckpoint } from './checkpoint.js';
import type { LogEvidence, LogTrust } from './log-evidence.js';
import { keyFingerprint } from './log-trust.js';
import { parseVerifierKey, type VerifierKey } from './signed-note.js';

export type LogMismatch =
  /** Signed under another key than the trusted one, or for another log. */
  | 'untrusted-key'
  /** The key that the evidence supplies is none. */
  | 'unreadable-key'
  /** The checkpoint is not what this key signed. */
  | 'bad-signature'
  /** The signed checkpoint is of another log or tree size. */
  | 'other-checkpoint'
  /** The path does not lead from the entry to the signed root. */
  | 'not-included'
  /** Evidence of another entry than the caller's. */
  | 'other-entry';

export type LogVerdict =
  | {
      readonly verdict: 'valid';
      readonly ledger: 'log';
      /** One operator keeps and signs the log: it cannot alter one entry unnoticed by who holds a later checkpoint, but nobody else agreed to it. */
      readonly trustModel: 'single-operator-log';
      readonly origin: string;
      readonly keyFingerprint: string;
      /** False: the key came with the evidence, and proves no more than that the bundle agrees with itself. */
      readonly isKeyTrusted: boolean;
      readonly entry: AnchorEntry;
      readonly index: number;
      readonly treeSize: number;
    }
  | {
      readonly verdict: 'mismatch';
      readonly ledger: 'log';
      readonly reason: LogMismatch;
      /** Of the key that the evidence supplies. */
      readonly keyFingerprint: string;
    };

interface Known {
  readonly entry: AnchorEntry | undefined;
  readonly trust: LogTrust | undefined;
}

export function verifyLogAnchor(evidence: LogEvidence, { entry, trust }: Known): LogVerdict {
  const { origin, index, treeSize } = evidence;
  const fingerprint = keyFingerprint(evidence.verifierKey);
  const reason = mismatchOf(evidence, { entry, trust });
  if (reason !== undefined) return { verdict: 'mismatch', ledger: 'log', reason, keyFingerprint: fingerprint };
  return {
    verdict: 'valid',
    ledger: 'log',
    trustModel: 'single-operator-log',
    origin,
    keyFingerprint: fingerprint,
    isKeyTrusted: trust !== undefined,
    entry: evidence.entry,
    index,
    treeSize,
  };
}

/** For the log `A`, kept by whoever holds the key: never more than that. */
export function describeLogVerdict(verdict: LogVerdict): string {
  if (verdict.verdict === 'mismatch') return `The evidence does not hold: ${verdict.reason}.`;
  const { entry, origin, index, treeSize, isKeyTrusted, keyFingerprint: fingerprint } = verdict;
  const key = isKeyTrusted ? 'the trusted key' : `the key that the evidence itself supplied (SHA-256 ${fingerprint})`;
  return `Batch ${entry.batchId} is entry ${index} of the ${treeSize} that the log ${origin}, kept by one operator, signed with ${key}.`;
}

function mismatchOf(evidence: LogEvidence, { entry, trust }: Known): LogMismatch | undefined {
  if (trust !== undefined && !isOf(evidence, trust)) return 'untrusted-key';
  const key = readKey(evidence.verifierKey);
  if (key === undefined) return 'unreadable-key';
  const checkpoint = openCheckpoint(evidence.checkpoint, key);
  if (checkpoint === undefined) return 'bad-signature';
  if (entry !== undefined && !isSameEntry(entry, evidence.entry)) return 'other-entry';
  return placeMismatchOf(evidence, checkpoint);
}

function placeMismatchOf(evidence: LogEvidence, { origin, size, root }: Checkpoint): LogMismatch | undefined {
  const { entry, index, treeSize, inclusionProof } = evidence;
  if (origin !== evidence.origin || size !== treeSize) return 'other-checkpoint';
  const proof = inclusionProof.map((one) => Buffer.from(one, 'hex'));
  const isIncluded = verifyInclusion({ leaf: anchorEntryBytes(entry), index, size, proof, root });
  return isIncluded ? undefined : 'not-included';
}

function isOf({ origin, verifierKey }: LogEvidence, trust: LogTrust): boolean {
  return trust.vkey === verifierKey && trust.origin === origin;
}

function readKey(vkey: string): VerifierKey | undefined {
  try {
    return parseVerifierKey(vkey);
  } catch (error) {
    if (error instanceof Rejected) return undefined;
    throw error;
  }
}
