import { canonicalJson, type Row, type RowValue } from '@anamnesis/core';
import type { RowToSeal, SealedRow } from './row-seal.js';

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
  /** Of one that is gone: what leads rows of other tables on to their patient. */
  readonly left?: Row | undefined;
  readonly told: Told;
  /** Of the mapping that it was told by. */
  readonly generation: number;
  /** Once it was sealed elsewhere. */
  sealed?: SealedRow;
}

/** Rows between their change and the file, in the order of the changes; and the last one of each row. */
export class PendingRows {
  #rows: PendingRow[] = [];
  readonly #lastByKey = new Map<string, PendingRow>();
  #taken = 0;

  add(row: PendingRow): void {
    this.#rows.push(row);
    this.#lastByKey.set(placeOf(row.table, row.keyText), row);
  }

  find(table: string, key: readonly RowValue[]): PendingRow | undefined {
    return this.#rows.length === 0 ? undefined : this.#lastByKey.get(placeOf(table, canonicalJson(key)));
  }

  /** Those that were added since this was asked last. */
  take(): readonly PendingRow[] {
    const taken = this.#rows.slice(this.#taken);
    this.#taken = this.#rows.length;
    return taken;
  }

  /** All of them; they are pending no more. */
  clear(): readonly PendingRow[] {
    const rows = this.#rows;
    this.#rows = [];
    this.#lastByKey.clear();
    this.#taken = 0;
    return rows;
  }
}

function placeOf(table: string, keyText: string): string {
  return `${table}\0${keyText}`;
}
