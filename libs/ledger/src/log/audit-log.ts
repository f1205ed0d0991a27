import { randomInt } from 'node:crypto';
import { inclusionProofOver, leafHash, nodeHash, rootOver, verifyInclusion } from '@anamnesis/core';
import { anchorEntryBytes } from '../anchor-entry.js';
import { openCheckpoint } from './checkpoint.js';
import { LogDamaged } from './log-damaged.js';
import type { LogFile } from './log-file.js';
import type { AuditStep } from './log-protocol.js';
import { entryOf, type LogTree } from './log-tree.js';

/** Entries re-hashed by one step: some tens of milliseconds, during which no anchor is answered. */
const stretch = 1000;
/** At start the newest entries are re-hashed, and a sample of all: bounded, however long the log. */
const recentEntries = 1024;
const sampledEntries = 64;

interface Log {
  readonly file: LogFile;
  readonly tree: LogTree;
}

/**
 * Re-hashes the entries from `from` on, every stored hash that they complete, and every checkpoint over them. `firstBad`:
 * the first position whose entry or hashes are wrong, or the first that an unsigned or wrong checkpoint no longer covers.
 */
export function auditStep(log: Log, from: number): AuditStep {
  const size = log.tree.head.size;
  const end = Math.min(from + stretch, size);
  const badEntry = firstBadEntry(log, from, end);
  const badCover = firstUncovered(log, from, end);
  const excess = end === size && log.file.entriesEnd() > size ? size : undefined;
  const firstBad = [badEntry, badCover, excess].filter((bad) => bad !== undefined).sort((a, b) => a - b)[0];
  const next = firstBad === undefined && end < size ? end : undefined;
  return { next, checked: end - from, firstBad };
}

/** Bounded check at start. Throws `LogDamaged` naming the first bad position of the whole log. */
export function checkAtStart(log: Log): void {
  if (isSoundAtStart(log)) return;
  let step = auditStep(log, 0);
  while (step.next !== undefined) step = auditStep(log, step.next);
  throw new LogDamaged(step.firstBad ?? log.tree.head.size, 'what is stored is not what was signed');
}

function isSoundAtStart(log: Log): boolean {
  const { tree, file } = log;
  const { size, root } = tree.head;
  if (file.entriesEnd() !== size) return false;
  return isSound(() => {
    if (Buffer.compare(rootOver(size, tree.nodeAt), root) !== 0) return false;
    if (firstBadEntry(log, Math.max(0, size - recentEntries), size) !== undefined) return false;
    const samples = Array.from({ length: size === 0 ? 0 : sampledEntries }, () => randomInt(size));
    return samples.every((index) => {
      const leaf = anchorEntryBytes(entryOf(file.entryAt(index), index));
      return verifyInclusion({ leaf, index, size, proof: inclusionProofOver({ index, size }, tree.nodeAt), root });
    });
  });
}

function firstBadEntry(log: Log, from: number, end: number): number | undefined {
  for (let position = from; position < end; position++)
    if (!isSound(() => isEntrySound(log, position))) return position;
  return undefined;
}

/** The entry hashes to its leaf, and every subtree that it completes hashes from its two halves. */
function isEntrySound({ file, tree: { nodeAt } }: Log, position: number): boolean {
  const entry = entryOf(file.entryAt(position), position);
  if (Buffer.compare(leafHash(anchorEntryBytes(entry)), nodeAt(0, position)) !== 0) return false;
  for (let level = 0, at = position; at % 2 === 1; level++) {
    const parent = nodeHash(nodeAt(level, at - 1), nodeAt(level, at));
    at = (at - 1) / 2;
    if (Buffer.compare(parent, nodeAt(level + 1, at)) !== 0) return false;
  }
  return true;
}

/** Checkpoints of sizes in (from, end], and that of the empty tree with the first stretch. */
function firstUncovered({ file, tree }: Log, from: number, end: number): number | undefined {
  let covered = file.lastCheckpoint(from)?.size ?? 0;
  let row = file.checkpointFrom(from === 0 ? 0 : from + 1);
  for (; row !== undefined && row.size <= end; row = file.checkpointFrom(row.size + 1)) {
    const { size, note } = row;
    const isGood = isSound(() => {
      const checkpoint = openCheckpoint(note, tree.key);
      return checkpoint?.size === size && Buffer.compare(rootOver(size, tree.nodeAt), checkpoint.root) === 0;
    });
    if (!isGood) return covered;
    covered = size;
  }
  return undefined;
}

/** Missing or unreadable is as bad as wrong. */
function isSound(check: () => boolean): boolean {
  try {
    return check();
  } catch (error) {
    if (error instanceof LogDamaged) return false;
    throw error;
  }
}
