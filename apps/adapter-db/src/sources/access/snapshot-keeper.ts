import { canonicalJson, type RowChange } from '@anamnesis/core';
import { keysOfSameText } from '../../state/same-text.js';
import type { TableShapes } from './schema-drift.js';
import type { RowStep, SnapshotBook } from './snapshot-book.js';
import type { SealedRow } from './worker-protocol.js';

export interface Snapshot {
  readonly number: number;
  readonly at: string;
  /** A table that was not read before has rows that were there, not rows that were made. */
  readonly before: TableShapes;
}

/** A change in JSON, its key and rows as they stand in the snapshot. */
type ChangeText = Pick<RowChange, 'op' | 'table'> & Partial<Record<'key' | 'before' | 'after', string>>;

/** Changes that become durable, and are delivered, together. */
const stepRows = 500;

/** Makes the changes of one snapshot, and keeps them some at a time. */
export class SnapshotKeeper {
  readonly counts = { r: 0, u: 0, d: 0 };
  #steps: RowStep[] = [];

  constructor(
    private readonly book: SnapshotBook,
    private readonly snapshot: Snapshot,
  ) {}

  /** True when some became pending. */
  found(table: string, { keyHash, hash, sealed, isNew, key, row }: SealedRow): boolean {
    const now = { hash, sealed };
    if (isNew) {
      this.counts.r++;
      const op = this.snapshot.before[table] === undefined ? 'r' : 'c';
      return this.#add({ table, keyHash, now, change: this.#text({ op, table, key, after: row }) });
    }
    this.counts.u++;
    const old = this.book.find(table, keyHash);
    const before = old && { before: canonicalJson(old.row) };
    return this.#add({ table, keyHash, now, change: this.#text({ op: 'u', table, key, ...before, after: row }) });
  }

  gone(table: string, keyHash: string): boolean {
    const known = this.book.find(table, keyHash);
    if (known === undefined) return false;
    // Its key became a number, or text: the row is there, and was told.
    if (keysOfSameText(known.key).some((key) => this.book.knows(table, key))) return this.#add({ table, keyHash });
    this.counts.d++;
    const [key, before] = [canonicalJson(known.key), canonicalJson(known.row)];
    return this.#add({ table, keyHash, change: this.#text({ op: 'd', table, key, before }) });
  }

  flush(): void {
    this.book.step(this.#steps);
    this.#steps = [];
  }

  #text({ op, table, ...texts }: ChangeText): string {
    const { at, number } = this.snapshot;
    const plain = JSON.stringify({ op, table, at, position: `snapshot-${number}` });
    const members = Object.entries(texts).map(([name, text]) => `,"${name}":${text}`);
    return `${plain.slice(0, -1)}${members.join('')}}`;
  }

  #add(step: RowStep): boolean {
    if (this.#steps.push(step) < stepRows) return false;
    this.flush();
    return true;
  }
}
