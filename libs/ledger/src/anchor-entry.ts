import { randomBytes } from 'node:crypto';
import { base32, type Brand, canonicalJson } from '@anamnesis/core';
import { hex, literal, members, whole } from './strict-fields.js';

/** Names one batch: 32 characters of base32 (RFC 4648 §6, lower case), drawn at random. Reveals nothing. */
export type BatchId = Brand<string, 'BatchId'>;

/** All that ever goes on a ledger. */
export interface AnchorEntry {
  readonly batchId: BatchId;
  /** RFC 6962 root over the batch's leaves: 32 bytes in lower-case hex. */
  readonly root: string;
  /** Number of leaves, at least 1. The root does not commit to it; the entry does. */
  readonly size: number;
  /** Root of the batch sealed before this one; `firstPreviousRoot` for the first. A ledger stores the link and does not follow it. */
  readonly previousRoot: string;
}

/** `previousRoot` of the first batch. */
export const firstPreviousRoot = '0'.repeat(64);

export function newBatchId(): BatchId {
  return base32(randomBytes(20)) as BatchId;
}

/** Reads an id from outside. Throws `Rejected('invalid-evidence')`. */
export function parseBatchId(text: unknown): BatchId {
  return literal(text, 'batchId', /^[a-z2-7]{32}$/) as BatchId;
}

/** Reads an entry from outside. Throws `Rejected('invalid-evidence')` for anything missing, malformed or unknown. */
export function parseAnchorEntry(value: unknown): AnchorEntry {
  const from = members(value, 'entry', ['batchId', 'root', 'size', 'previousRoot']);
  return {
    batchId: parseBatchId(from['batchId']),
    root: hex(from['root'], 'root', 32),
    size: whole(from['size'], 'size', 1),
    previousRoot: hex(from['previousRoot'], 'previousRoot', 32),
  };
}

/** The one spelling of an entry (RFC 8785, UTF-8): what a ledger hashes. */
export function anchorEntryBytes({ batchId, root, size, previousRoot }: AnchorEntry): Uint8Array {
  return Buffer.from(canonicalJson({ batchId, root, size, previousRoot }), 'utf8');
}

export function isSameEntry(one: AnchorEntry, other: AnchorEntry): boolean {
  return Buffer.compare(anchorEntryBytes(one), anchorEntryBytes(other)) === 0;
}
