import { type Row, type RowValue, seal, unseal } from '@anamnesis/core';

/** A row as it was accepted last. */
export interface KnownRow {
  readonly key: readonly RowValue[];
  readonly row: Row;
}

/** Of hashes of keys and rows, and of what is sealed. */
export interface BookSecrets {
  readonly hash: Uint8Array;
  readonly seal: Uint8Array;
}

/** A row as it is kept: its hash, and what `sealRow` made. */
export interface BookedRow {
  readonly hash: string;
  readonly sealed: Uint8Array;
}

/** A sealed row moved to another key does not open. */
const contextOf = (table: string, keyHash: string): string => `${table}\0${keyHash}`;

/** Of a known row: canonical JSON of its key and of the row. */
export interface RowTexts {
  readonly keyHash: string;
  readonly key: string;
  readonly row: string;
}

export function sealRow(secret: Uint8Array, table: string, { keyHash, key, row }: RowTexts): Uint8Array {
  return seal(secret, Buffer.from(`{"key":${key},"row":${row}}`, 'utf8'), contextOf(table, keyHash));
}

/** The inverse, for the place it was sealed for. */
export function openRow(
  secret: Uint8Array,
  { table, keyHash, sealed }: { readonly table: string; readonly keyHash: string; readonly sealed: Uint8Array },
): KnownRow {
  return JSON.parse(Buffer.from(unseal(secret, sealed, contextOf(table, keyHash))).toString('utf8')) as KnownRow;
}
