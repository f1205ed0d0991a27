import { createSecretKey } from 'node:crypto';
import { canonicalJson, type Row, type RowValue } from '@anamnesis/core';
import { SourceFault } from '../source-fault.js';
import type { AccessTable, ColumnShape } from './access-table.js';
import { FoundRows } from './found-rows.js';
import type { KnownRows } from './known-rows.js';
import { hashOfKey, hashOfRow } from './row-hash.js';

export interface TableComparison {
  readonly table: string;
  readonly rowCount: number;
  readonly knownCount: number;
  readonly shape: readonly ColumnShape[];
  readonly skipped: readonly string[];
  readonly found: FoundRows;
  /** Hashes of the keys that are no longer there. */
  readonly gone: readonly string[];
  /** Of the changed rows, those that are again what they were before their last change. */
  readonly revertedCount: number;
}

/**
 * The difference of a table to the accepted snapshot. Hashes are HMACs under `secret`: keys of few digits and rows of few
 * values would be guessed from plain ones. A column that is NULL counts as one that is not there, so a new column changes
 * no row until it is filled.
 */
export function compareTable(table: AccessTable, known: KnownRows, secret: Uint8Array): TableComparison {
  const { table: name } = table.spec;
  const hashKey = createSecretKey(secret);
  const textsOf = writesRows(table.shape);
  const seen = new SeenKeys(known);
  const alike = new Numbering();
  const found = new FoundRows();
  let [rowCount, revertedCount] = [0, 0];
  for (const row of table.rows()) {
    rowCount++;
    const { told, whole } = textsOf(row);
    const hash = hashOfRow(hashKey, name, told);
    const key = canonicalJson(table.spec.key.length > 0 ? keyOf(table, row) : alike.next(hash));
    const keyHash = hashOfKey(hashKey, name, key);
    const old = known.find(keyHash);
    if (!seen.add(keyHash, old)) throw keyFault(name, keyHash, 'is there twice');
    if (old !== undefined && known.hash(old) === hash) continue;
    if (old !== undefined && known.previous(old) === hash) revertedCount++;
    found.add({ keyHash, hash, isNew: old === undefined, key, row: whole });
  }
  const { shape, skipped } = table;
  const { count: knownCount } = known;
  return { table: name, rowCount, knownCount, shape, skipped, found, gone: seen.missing(), revertedCount };
}

/** Canonical JSON of a row, and of what of it is not NULL: the order of the columns is found once. */
function writesRows(columns: readonly ColumnShape[]): (row: Row) => { readonly whole: string; readonly told: string } {
  const members = columns
    .map(({ name }) => ({ name, member: `${canonicalJson(name)}:` }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return (row) => {
    const [all, set]: [string[], string[]] = [[], []];
    for (const { name, member } of members) {
      const value = row[name] ?? null;
      const text = member + canonicalJson(value);
      all.push(text);
      if (value !== null) set.push(text);
    }
    const whole = `{${all.join(',')}}`;
    return { whole, told: set.length === all.length ? whole : `{${set.join(',')}}` };
  };
}

function keyOf({ spec }: AccessTable, row: Row): RowValue[] {
  return spec.key.map((column) => {
    const value = row[column];
    if (value === null || value === undefined)
      throw new SourceFault('access-key', `table ${spec.table}: key column ${column} of a row is empty`);
    return value;
  });
}

/** Which keys were there, of those that are known and of new ones. */
class SeenKeys {
  readonly #known: KnownRows;
  readonly #seen: Uint8Array;
  readonly #new = new Set<string>();

  constructor(known: KnownRows) {
    this.#known = known;
    this.#seen = new Uint8Array(known.count);
  }

  /** False when it was there already. */
  add(keyHash: string, known: number | undefined): boolean {
    if (known === undefined) {
      const { size } = this.#new;
      return this.#new.add(keyHash).size > size;
    }
    const isFirst = this.#seen[known] === 0;
    this.#seen[known] = 1;
    return isFirst;
  }

  missing(): string[] {
    const missing: string[] = [];
    for (const [row, isSeen] of this.#seen.entries()) if (isSeen === 0) missing.push(this.#known.key(row));
    return missing;
  }
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
