import { canonicalJson, type Row, type RowValue } from '@anamnesis/core';
import type { RowToSeal } from './row-seal.js';

/** How a change was told. */
export interface Told {
  readonly statedAt: string;
  /** Of which something was said; absent: all of the row. */
  readonly columns?: readonly string[];
}

/** A row as it was applied, and not yet written. */
export interface PendingRow extends RowToSeal {
  /** Absent: it is gone. */
  readonly row?: Row;
  readonly told: Told;
  /** Of the mapping that it was told by. */
  readonly generation: number;
}

/** Rows between their change and the file, in the order of the changes; and the last one of each row. */
export class PendingRows {
  readonly #rows = new Set<PendingRow>();
  readonly #lastByKey = new Map<string, PendingRow>();
  #untaken: PendingRow[] = [];

  add(row: PendingRow): void {
    this.#rows.add(row);
    this.#untaken.push(row);
    this.#lastByKey.set(placeOf(row.table, row.keyText), row);
  }

  find(table: string, key: readonly RowValue[]): PendingRow | undefined {
    return this.#rows.size === 0 ? undefined : this.#lastByKey.get(placeOf(table, canonicalJson(key)));
  }

  /** Those that were added since this was asked last. */
  take(): readonly PendingRow[] {
    const taken = this.#untaken;
    this.#untaken = [];
    return taken;
  }

  /** Its turn to be written; not again, and not when it was forgotten. */
  settle(row: PendingRow): boolean {
    if (!this.#rows.delete(row)) return false;
    const place = placeOf(row.table, row.keyText);
    if (this.#lastByKey.get(place) === row) this.#lastByKey.delete(place);
    return true;
  }

  [Symbol.iterator](): Iterator<PendingRow> {
    return this.#rows.values();
  }

  forget(): void {
    this.#rows.clear();
    this.#lastByKey.clear();
    this.#untaken = [];
  }
}

function placeOf(table: string, keyText: string): string {
  return `${table}\0${keyText}`;
}
