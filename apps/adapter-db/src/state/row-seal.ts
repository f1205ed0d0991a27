import { hkdfSync } from 'node:crypto';
import { canonicalJson, keyedName, type Row, type RowValue, seal, unseal } from '@anamnesis/core';

export interface KnownRow {
  readonly key: readonly RowValue[];
  readonly row: Row;
}

/** A row by its canonical JSON. */
export interface RowToSeal {
  readonly table: string;
  readonly keyText: string;
  /** Of one that is gone, what is kept of it; absent: nothing, and only its key is hashed. */
  readonly rowText?: string;
}

export interface SealedRow {
  readonly keyHash: string;
  /** Of what is there, or kept. */
  readonly content?: { readonly hash: string; readonly sealed: Uint8Array };
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

  seal({ table, keyText, rowText }: RowToSeal): SealedRow {
    const keyHash = this.#hashText(keyText);
    if (rowText === undefined) return { keyHash };
    const plain = Buffer.from(`{"key":${keyText},"row":${rowText}}`, 'utf8');
    const sealed = seal(this.#sealSecret, plain, contextOf(table, keyHash));
    return { keyHash, content: { hash: this.#hashText(rowText), sealed } };
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
    return keyedName(this.#hashSecret, text);
  }
}

function derive(secret: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), purpose, 32));
}

/** A sealed row moved to another key does not open. */
export function contextOf(table: string, keyHash: string): string {
  return `${table}\0${keyHash}`;
}
