import type { TableSummary } from './worker-protocol.js';

/** Why a read is not believed until a person has looked. */
export type HoldReason = 'rows-lost' | 'table-empty' | 'older-file' | 'clock-back';

export interface Hold {
  readonly reason: HoldReason;
  /** With tables and counts, without values. */
  readonly text: string;
}

export interface HoldRules {
  /** Of a table's rows, from 0 to 1: more gone at one time are not believed. */
  readonly lostShareMax: number;
  /** A table of fewer rows may lose what it will, if it does not lose all. */
  readonly lostRowsMin: number;
}

/** What is known of the file as it was accepted last. */
export interface AcceptedFile {
  readonly digest: string;
  readonly modifiedAtMs: number;
  /** By our clock. */
  readonly readAtMs: number;
  /** Of files that were accepted before it, the latest. */
  readonly earlierDigests: readonly string[];
}

export interface ReadFile {
  readonly digest: string;
  readonly modifiedAtMs: number;
  readonly readAtMs: number;
}

/** A clock that is set by a few seconds is a clock that is kept right. */
const clockStepMsMax = 10_000;
/** So many rows that go back to what they were are no coincidence. */
const revertedMin = 3;

/** Before its content: is this the file's next state at all? */
export function judgeFile(read: ReadFile, accepted: AcceptedFile): Hold | undefined {
  if (read.readAtMs < accepted.readAtMs - clockStepMsMax)
    return { reason: 'clock-back', text: `the clock is before the last read, ${iso(accepted.readAtMs)}` };
  if (accepted.earlierDigests.includes(read.digest))
    return { reason: 'older-file', text: 'the file is byte for byte one that was accepted earlier' };
  if (read.modifiedAtMs < accepted.modifiedAtMs)
    return {
      reason: 'older-file',
      text: `the file was changed last at ${iso(read.modifiedAtMs)}, the accepted one at ${iso(accepted.modifiedAtMs)}`,
    };
  return undefined;
}

/** By its content: a file half copied, emptied or taken from a backup changes many rows in one direction. */
export function judgeTables(tables: readonly TableSummary[], rules: HoldRules): Hold | undefined {
  for (const { table, knownCount, rowCount, gone } of tables) {
    const lost = `table ${table}: ${gone.length} of ${knownCount} rows are gone`;
    if (knownCount > 0 && rowCount === 0) return { reason: 'table-empty', text: lost };
    if (knownCount >= rules.lostRowsMin && gone.length > knownCount * rules.lostShareMax)
      return { reason: 'rows-lost', text: lost };
  }
  const reverted = sum(tables, ({ revertedCount }) => revertedCount);
  const changed = sum(tables, ({ changedCount }) => changedCount);
  if (reverted >= revertedMin && reverted * 2 > changed)
    return { reason: 'older-file', text: `${reverted} of ${changed} changed rows are what they were before` };
  return undefined;
}

function sum(tables: readonly TableSummary[], count: (one: TableSummary) => number): number {
  return tables.reduce((total, one) => total + count(one), 0);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
