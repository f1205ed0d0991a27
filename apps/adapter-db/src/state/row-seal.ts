import { hkdfSync } from 'node:crypto';
import { base32, canonicalJson, keyedHash, type Row, type RowValue, seal, unseal } from '@anamnesis/core';

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
    return this.#hashText(canonicalJson(value));
  }

  /** The hash of the row, and the row with its key sealed; their canonical JSON is made once. */
  seal({ key, row }: KnownRow, table: string, keyHash: string): { readonly hash: string; readonly sealed: Uint8Array } {
    const text = canonicalJson(row);
    const plain = Buffer.from(`{"key":${canonicalJson(key)},"row":${text}}`, 'utf8');
    return { hash: this.#hashText(text), sealed: seal(this.#sealSecret, plain, contextOf(table, keyHash)) };
  }

  open(sealed: ArrayBuffer, table: string, keyHash: string): KnownRow {
    const plain = unseal(this.#sealSecret, new Uint8Array(sealed), contextOf(table, keyHash));
    return JSON.parse(Buffer.from(plain).toString('utf8')) as KnownRow;
  }

  sealText(text: string, context: string): Uint8Array {
    return seal(this.#sealSecret, Buffer.from(text, 'utf8'), context);
  }

  openText(sealed: ArrayBuffer, context: string): string {
    return Buffer.from(unseal(this.#sealSecret, new Uint8Array(sealed), context)).toString('utf8');
  }

  #hashText(text: string): string {
    return base32(keyedHash(this.#hashSecret, text).subarray(0, 20));
  }
}

function derive(secret: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), purpose, 32));
}

/** A sealed row moved to another key does not open. */
export function contextOf(table: string, keyHash: string): string {
  return `${table}\0${keyHash}`;
}
