import { createHmac, hkdfSync } from 'node:crypto';
import { base32, canonicalJson, type Row, type RowValue, seal, unseal } from '@anamnesis/core';

export interface KnownRow {
  readonly key: readonly RowValue[];
  readonly row: Row;
}

/** Seals rows and hashes what they are looked for by, under keys derived from the deployment's. */
export class RowSeal {
  readonly #hashSecret: Uint8Array;
  readonly #sealSecret: Uint8Array;

  constructor(secret: Uint8Array) {
    this.#hashSecret = derive(secret, 'anamnesis known row hash');
    this.#sealSecret = derive(secret, 'anamnesis known row seal');
  }

  hash(value: readonly RowValue[] | Row): string {
    return base32(createHmac('sha256', this.#hashSecret).update(canonicalJson(value)).digest().subarray(0, 20));
  }

  seal(known: KnownRow, table: string, keyHash: string): Uint8Array {
    return seal(this.#sealSecret, Buffer.from(canonicalJson(known), 'utf8'), contextOf(table, keyHash));
  }

  open(sealed: ArrayBuffer, table: string, keyHash: string): KnownRow {
    const plain = unseal(this.#sealSecret, new Uint8Array(sealed), contextOf(table, keyHash));
    return JSON.parse(Buffer.from(plain).toString('utf8')) as KnownRow;
  }
}

function derive(secret: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), purpose, 32));
}

/** A sealed row moved to another key does not open. */
function contextOf(table: string, keyHash: string): string {
  return `${table}\0${keyHash}`;
}
