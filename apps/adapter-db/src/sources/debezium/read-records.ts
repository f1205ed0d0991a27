import type { RowChange } from '@anamnesis/core';
import type { ForeignBatch, ForeignRecord } from '@anamnesis/bus';
import type { Gap } from '../row-source.js';
import { decode, type DecodeOptions, type Decoded, instantText } from './decode.js';

/** A part of a batch of records: what could not be used comes before the changes behind it. */
export interface Part {
  readonly gap?: Gap;
  /** Why, and of which topic, for the log. */
  readonly guard?: string;
  readonly changes: readonly RowChange[];
  /** Offset behind it. */
  readonly next: number;
}

interface OpenPart {
  gap?: Gap;
  guard?: string;
  readonly changes: RowChange[];
  next: number;
}

/** Changes in the records' order. Nothing of a record that cannot be used is told but where it is and why. */
export function readRecords({ topic, partition, records, next, lost }: ForeignBatch, options: DecodeOptions): Part[] {
  const parts: OpenPart[] = [];
  const place = `${topic}-${partition}`;
  let at: OpenPart = { changes: [], next };
  if (lost !== undefined) {
    const gap = { ...gapOf(lost.reason, `${place}@${lost.from}`, Date.now()), ...lostText(lost.reason, next) };
    at = { gap, guard: lost.reason, changes: [], next };
  }
  for (const record of records) {
    const decoded = decodeRecord(record, options);
    const why = whyUnusable(decoded);
    if (why !== undefined) {
      if (at.changes.length > 0 || at.gap !== undefined) parts.push(at);
      const gap = decoded.kind === 'truncated' ? truncateOf(decoded) : unusableOf(why, place, record);
      at = { gap, guard: why, changes: [], next };
    } else if (decoded.kind === 'change') at.changes.push(decoded.change);
    at.next = record.offset + 1;
  }
  parts.push({ ...at, next });
  return parts;
}

function decodeRecord({ key, value, timestampMs }: ForeignRecord, options: DecodeOptions): Decoded {
  return decode({ key: textOf(key), value: textOf(value), timestampMs }, options);
}

function textOf(bytes: Buffer | null): string | null {
  return bytes === null ? null : bytes.toString('utf8');
}

function whyUnusable(decoded: Decoded): string | undefined {
  if (decoded.kind === 'unusable') return `record-${decoded.why}`;
  return decoded.kind === 'truncated' ? 'truncate' : undefined;
}

function gapOf(reason: string, from: string, atMs: number): Gap {
  return { reason, from, at: instantText(atMs) };
}

function unusableOf(why: string, place: string, { offset, timestampMs }: ForeignRecord): Gap {
  const text = `a record of the topic could not be used (${why}); it was left out`;
  return { ...gapOf(why, `${place}@${offset}`, timestampMs), rule: 'record-unusable', text };
}

/** By its place in the database's log: the connector may tell it again. */
function truncateOf({ table, at, position }: Extract<Decoded, { kind: 'truncated' }>): Gap {
  const text = `all rows of ${table} were removed at once, and no record says which`;
  return { reason: 'truncate', from: `${table}@${position}`, at, rule: 'truncate', text };
}

function lostText(reason: string, next: number): Pick<Gap, 'text'> {
  return {
    text: `records of the topic are gone (${reason}) and were not read; it is read from offset ${next} on`,
  };
}
