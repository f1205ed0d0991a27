import { type BinaryLike, createHmac, type KeyObject } from 'node:crypto';
import { hashLength } from './known-rows.js';

type Secret = BinaryLike | KeyObject;

/** By which a row is looked for; `key` is its canonical JSON. */
export function hashOfKey(secret: Secret, table: string, key: string): string {
  return hashOf(secret, `key\0${table}\0${key}`);
}

/** Of what a row tells, as canonical JSON. */
export function hashOfRow(secret: Secret, table: string, row: string): string {
  return hashOf(secret, `row\0${table}\0${row}`);
}

function hashOf(secret: Secret, text: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url').slice(0, hashLength);
}
