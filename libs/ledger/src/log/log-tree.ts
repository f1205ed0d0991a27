import type { KeyObject } from 'node:crypto';
import {
  consistencyProofOver,
  type Digest,
  digestBytes,
  inclusionProofOver,
  leafHash,
  nodeHash,
  Rejected,
  rootOver,
} from '@anamnesis/core';
import { type AnchorEntry, anchorEntryBytes, type BatchId, isSameEntry, parseAnchorEntry } from '../anchor-entry.js';
import { type Checkpoint, formatCheckpoint, openCheckpoint } from './checkpoint.js';
import { LogDamaged } from './log-damaged.js';
import type { LogAnchor, LogEvidence } from './log-evidence.js';
import type { EntryRow, LogFile } from './log-file.js';
import { parseVerifierKey, signNote, type VerifierKey } from './signed-note.js';
import { verifyLogAnchor } from './verify-log-anchor.js';

export interface LogIdentity {
  readonly vkey: string;
  readonly privateKey: KeyObject;
}

/** The Merkle tree over the entries of a file, and the checkpoints signed over it. */
export class LogTree {
  readonly #file: LogFile;
  readonly #identity: LogIdentity;
  readonly key: VerifierKey;
  #head: Checkpoint;

  /** Throws `LogDamaged` when the last checkpoint is not what the key signed. */
  constructor(file: LogFile, identity: LogIdentity) {
    this.#file = file;
    this.#identity = identity;
    this.key = parseVerifierKey(identity.vkey);
    this.#head = this.#readHead();
  }

  /** Begins an empty log: its first checkpoint covers nothing. */
  static begin(file: LogFile, identity: LogIdentity): void {
    file.insertVerifierKey(identity.vkey);
    const { name } = parseVerifierKey(identity.vkey);
    const checkpoint = { origin: name, size: 0, root: rootOver(0, () => new Uint8Array()) };
    file.insertCheckpoint({ size: 0, note: sign(checkpoint, identity) });
  }

  /** The last signed state. */
  get head(): Checkpoint {
    return this.#head;
  }

  get headNote(): string {
    return this.#file.lastCheckpoint()?.note ?? '';
  }

  /**
   * Group commit: every new entry and one checkpoint over them in one transaction. An outcome per entry, in order; on a
   * throw none of them was stored.
   */
  append(entries: readonly AnchorEntry[]): readonly (LogAnchor | Rejected)[] {
    const { outcomes, head } = this.#file.transaction(() => {
      this.#demandOwnHead();
      const rows = entries.map((entry) => this.#place(entry));
      const checkpoint = this.#signHead();
      return { head: checkpoint, outcomes: rows.map((row) => (row instanceof Rejected ? row : this.#anchorOf(row))) };
    });
    // Only now: a rolled back head was never signed to anybody.
    this.#head = head;
    return outcomes;
  }

  find(batchId: BatchId): LogAnchor | undefined {
    const row = this.#file.entryOf(batchId);
    return row && this.#anchorOf(row);
  }

  /** Throws `Rejected('not-found')` for what is no anchor of this log, `LogDamaged` for evidence that would not hold. */
  prove(anchor: LogAnchor): LogEvidence {
    const found = this.find(anchor.batchId);
    if (found === undefined || !isSameAnchor(found, anchor))
      throw new Rejected('not-found', 'this log gave no such anchor');
    const { index, treeSize, origin } = found;
    const evidence: LogEvidence = {
      ledger: 'log',
      origin,
      verifierKey: this.#identity.vkey,
      entry: entryOf(this.#file.entryAt(index), index),
      index,
      treeSize,
      inclusionProof: inclusionProofOver({ index, size: treeSize }, this.nodeAt).map(toHex),
      checkpoint: this.#file.checkpointFrom(treeSize)?.note ?? '',
    };
    const { verdict } = verifyLogAnchor(evidence, { entry: undefined, trust: undefined });
    if (verdict !== 'valid') throw new LogDamaged(index, 'its evidence does not hold');
    return evidence;
  }

  /** Throws `Rejected('invalid-request')` for sizes that the log never had. */
  consistency(first: number, second: number): readonly string[] {
    const isKnown = [first, second].every((size) => Number.isSafeInteger(size) && size >= 0);
    if (!isKnown || first > second || second > this.#head.size)
      throw new Rejected('invalid-request', `sizes must be 0 ≤ first ≤ second ≤ ${this.#head.size}`);
    return consistencyProofOver({ first, second }, this.nodeAt).map(toHex);
  }

  readonly nodeAt = (level: number, position: number): Digest => {
    const hash = this.#file.node(level, position);
    if (hash?.length !== digestBytes)
      throw new LogDamaged(position * 2 ** level, `a hash at level ${level} is missing`);
    return hash;
  };

  /** The entry's row, stored before or now; without its checkpoint yet. */
  #place(entry: AnchorEntry): EntryRow | Rejected {
    const stored = this.#file.entryOf(entry.batchId);
    if (stored === undefined) return this.#insert(entry);
    if (isSameEntry(entryOf(stored, stored.position), entry)) return stored;
    return new Rejected('anchor-conflict', `batch ${entry.batchId} is anchored with another content`);
  }

  #insert(entry: AnchorEntry): EntryRow {
    const bytes = anchorEntryBytes(entry);
    const position = this.#file.entriesEnd();
    const body = Buffer.from(bytes).toString('utf8');
    const row = { position, batchId: entry.batchId, body, anchoredAtMs: Date.now() };
    this.#file.insertEntry(row);
    let hash = leafHash(bytes);
    this.#file.insertNode(0, position, hash);
    // An odd node completes its parent.
    for (let level = 0, at = position; at % 2 === 1; level++) {
      hash = nodeHash(this.nodeAt(level, at - 1), hash);
      at = (at - 1) / 2;
      this.#file.insertNode(level + 1, at, hash);
    }
    return row;
  }

  /** A log must never sign two trees that contradict each other: the stored one must still be the signed one. */
  #demandOwnHead(): void {
    const { size, root } = this.#head;
    const isOwn = this.#file.entriesEnd() === size && Buffer.compare(rootOver(size, this.nodeAt), root) === 0;
    if (!isOwn) throw new LogDamaged(size, 'the stored tree is not the signed one');
  }

  #signHead(): Checkpoint {
    const size = this.#file.entriesEnd();
    if (size === this.#head.size) return this.#head;
    const head = { origin: this.key.name, size, root: rootOver(size, this.nodeAt) };
    this.#file.insertCheckpoint({ size, note: sign(head, this.#identity) });
    return head;
  }

  #anchorOf({ position, body, anchoredAtMs, batchId }: EntryRow): LogAnchor {
    const entry = entryOf({ position, body, anchoredAtMs, batchId }, position);
    const checkpoint = this.#file.checkpointFrom(position + 1);
    if (checkpoint === undefined) throw new LogDamaged(position, 'no checkpoint covers it');
    return {
      ledger: 'log',
      batchId: entry.batchId,
      root: entry.root,
      origin: this.key.name,
      index: position,
      treeSize: checkpoint.size,
      anchoredAt: new Date(anchoredAtMs).toISOString(),
    };
  }

  #readHead(): Checkpoint {
    const row = this.#file.lastCheckpoint();
    const head = row && openCheckpoint(row.note, this.key);
    if (row === undefined || head?.size !== row.size)
      throw new LogDamaged(0, 'the last checkpoint is not signed by it');
    return head;
  }
}

/** Reads back what was stored as canonical bytes. Throws `LogDamaged`. */
export function entryOf(row: EntryRow | undefined, position: number): AnchorEntry {
  try {
    const entry = parseAnchorEntry(JSON.parse(row?.body ?? ''));
    if (entry.batchId === row?.batchId && Buffer.from(anchorEntryBytes(entry)).toString('utf8') === row.body)
      return entry;
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof Rejected)) throw error;
  }
  throw new LogDamaged(position, row === undefined ? 'the entry is missing' : 'the entry is not what was written');
}

function isSameAnchor(one: LogAnchor, other: LogAnchor): boolean {
  return (
    one.origin === other.origin &&
    one.root === other.root &&
    one.index === other.index &&
    one.treeSize === other.treeSize &&
    one.anchoredAt === other.anchoredAt
  );
}

function sign(checkpoint: Checkpoint, { privateKey }: LogIdentity): string {
  return signNote(formatCheckpoint(checkpoint), { name: checkpoint.origin, privateKey });
}

const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
