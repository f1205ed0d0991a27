import { canonicalJson, keyedHash, type Row, type RowValue } from '@anamnesis/core';
import { SourceFault } from '../source-fault.js';
import type { AccessTable, ColumnShape } from './access-tables.js';

/** Of the accepted snapshot: the hash of each row by the hash of its key, and the one that the row had before that. */
export type KnownRows = ReadonlyMap<string, { readonly hash: string; readonly previous: string | null }>;

/** A row that is new, or not as it was. */
export interface FoundRow {
  readonly keyHash: string;
  readonly hash: string;
  readonly isNew: boolean;
  /** JSON of `{ key, row }`. */
  readonly text: string;
}

export interface TableComparison {
  readonly table: string;
  readonly rowCount: number;
  readonly knownCount: number;
  readonly shape: readonly ColumnShape[];
  readonly skipped: readonly string[];
  /** By key. */
  readonly found: readonly FoundRow[];
  /** Hashes of the keys that are no longer there. */
  readonly gone: readonly string[];
  /** Of the changed rows, those that are again what they were before their last change. */
  readonly revertedCount: number;
}

/** Base64url characters of a hash: 128 bits. */
export const hashLength = 22;

/**
 * The difference of a table to the accepted snapshot. Hashes are HMACs under `secret`: keys of few digits and rows of few
 * values would be guessed from plain ones. A column that is NULL counts as one that is not there, so a new column changes
 * no row until it is filled.
 */
export function compareTable(table: AccessTable, known: KnownRows, secret: Uint8Array): TableComparison {
  const { table: name } = table.spec;
  const hashOf = (kind: string, text: string): string =>
    keyedHash(secret, `${kind}\0${name}\0${text}`).toString('base64url').slice(0, hashLength);
  const seen = new Set<string>();
  const alike = new Numbering();
  const found: (FoundRow & { readonly keyText: string })[] = [];
  let [rowCount, revertedCount] = [0, 0];
  for (const row of table.rows()) {
    rowCount++;
    const hash = hashOf('row', canonicalJson(withoutNulls(row)));
    const key = table.spec.key.length > 0 ? keyOf(table, row) : alike.next(hash);
    const keyText = canonicalJson(key);
    const keyHash = hashOf('key', keyText);
    if (seen.has(keyHash)) throw keyFault(name, keyHash, 'is there twice');
    seen.add(keyHash);
    const old = known.get(keyHash);
    if (old?.hash === hash) continue;
    if (old?.previous === hash) revertedCount++;
    found.push({ keyHash, hash, isNew: old === undefined, text: canonicalJson({ key, row }), keyText });
  }
  found.sort((a, b) => (a.keyText < b.keyText ? -1 : 1));
  const gone = [...known.keys()].filter((keyHash) => !seen.has(keyHash));
  const { shape, skipped } = table;
  const rows = found.map(({ keyText: _, ...one }) => one);
  return { table: name, rowCount, knownCount: known.size, shape, skipped, found: rows, gone, revertedCount };
}

function withoutNulls(row: Row): Row {
  const told: Record<string, RowValue> = {};
  for (const [column, value] of Object.entries(row)) if (value !== null) told[column] = value;
  return told;
}

function keyOf({ spec }: AccessTable, row: Row): RowValue[] {
  return spec.key.map((column) => {
    const value = row[column];
    if (value === null || value === undefined)
      throw new SourceFault('access-key', `table ${spec.table}: key column ${column} of a row is empty`);
    return value;
  });
}

/** Without a key a row is its own, with a number for those that are alike. */
class Numbering {
  readonly #counts = new Map<string, number>();

  next(hash: string): readonly RowValue[] {
    const number = (this.#counts.get(hash) ?? 0) + 1;
    this.#counts.set(hash, number);
    return [hash, number];
  }
}

function keyFault(table: string, keyHash: string, what: string): SourceFault {
  return new SourceFault('access-key', `table ${table}: key ${keyHash} ${what}`);
}
