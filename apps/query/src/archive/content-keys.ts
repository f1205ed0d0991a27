import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { seal, unseal } from '@anamnesis/core';
import { Keys } from '@anamnesis/runtime';
import { ContentKey } from '@anamnesis/store';
import type { EntityManager } from 'typeorm';
import { insertAll, selectIn } from './rows.js';

/** Unwrapped keys held in memory. */
const heldMax = 20_000;
const keyBytes = 32;

/** Seals what belongs to no patient: batches, assertions, refusals at intake. */
export const deploymentRecordKey = 'deployment';
/** Seals resources that belong to no patient: staff, organisations, places. */
export const sharedRecordKey = 'shared';

/** The content keys that one piece of work needs, and the new ones that it makes. */
export class KeyRing {
  readonly #keys = new Map<string, Uint8Array>();
  readonly #broken = new Set<string>();
  readonly #made = new Map<string, Uint8Array>();

  /** Keys that are not stored yet. */
  get made(): ReadonlyMap<string, Uint8Array> {
    return this.#made;
  }

  has(recordKey: string): boolean {
    return this.#keys.has(recordKey);
  }

  /** No key was ever there, or it was destroyed; one that is stored and does not unwrap is another matter. */
  isErased(recordKey: string): boolean {
    return !this.#keys.has(recordKey) && !this.#broken.has(recordKey);
  }

  add(recordKey: string, key: Uint8Array | 'broken'): void {
    if (key === 'broken') this.#broken.add(recordKey);
    else this.#keys.set(recordKey, key);
  }

  seal(recordKey: string, plain: Uint8Array, context: string): Buffer {
    return Buffer.from(seal(this.#keyOf(recordKey), plain, context));
  }

  /** Throws when the key is gone or a byte differs. */
  unseal(recordKey: string, sealed: Uint8Array, context: string): Uint8Array {
    const key = this.#keys.get(recordKey);
    if (key === undefined) throw new Error('no content key');
    return unseal(key, sealed, context);
  }

  #keyOf(recordKey: string): Uint8Array {
    const held = this.#keys.get(recordKey);
    if (held !== undefined) return held;
    if (this.#broken.has(recordKey)) throw new Error('a stored content key does not unwrap');
    const key = new Uint8Array(randomBytes(keyBytes));
    this.#keys.set(recordKey, key);
    this.#made.set(recordKey, key);
    return key;
  }
}

/** Content keys of patient records, wrapped under the KEK where stored. Only stored ones are held in memory. */
@Injectable()
export class ContentKeys {
  readonly #held = new Map<string, Uint8Array>();

  constructor(private readonly keys: Keys) {}

  /** With the keys of the records that have one. */
  async open(manager: EntityManager, recordKeys: Iterable<string>): Promise<KeyRing> {
    const ring = new KeyRing();
    await this.extend(manager, ring, recordKeys);
    return ring;
  }

  /** Adds to a ring the stored keys that it has not yet. */
  async extend(manager: EntityManager, ring: KeyRing, recordKeys: Iterable<string>): Promise<void> {
    const missing: string[] = [];
    for (const recordKey of new Set(recordKeys)) {
      if (ring.has(recordKey)) continue;
      const held = this.#held.get(recordKey);
      if (held === undefined) missing.push(recordKey);
      else ring.add(recordKey, held);
    }
    const sql = 'SELECT recordKey, wrapped FROM content_key WHERE recordKey IN';
    for (const { recordKey, wrapped } of await selectIn<ContentKey>(manager, sql, { keys: missing })) {
      const key = this.#unwrap(recordKey, wrapped);
      ring.add(recordKey, key ?? 'broken');
      if (key !== undefined) this.#hold(recordKey, key);
    }
  }

  /** In the transaction that uses them. */
  async store(manager: EntityManager, ring: KeyRing): Promise<void> {
    const rows = [...ring.made].map(([recordKey, key]) => ({
      recordKey,
      wrapped: Buffer.from(seal(this.keys.kek, key, contextOf(recordKey))),
    }));
    await insertAll(manager, ContentKey, rows);
  }

  /** Reads every key from the store again when it is needed next. */
  forget(): void {
    this.#held.clear();
  }

  #unwrap(recordKey: string, wrapped: Uint8Array): Uint8Array | undefined {
    try {
      return unseal(this.keys.kek, wrapped, contextOf(recordKey));
    } catch {
      return undefined; // altered: what it sealed is then found unreadable, value by value
    }
  }

  #hold(recordKey: string, key: Uint8Array): void {
    if (this.#held.size >= heldMax) {
      const oldest = this.#held.keys().next().value;
      if (oldest !== undefined) this.#held.delete(oldest);
    }
    this.#held.set(recordKey, key);
  }
}

function contextOf(recordKey: string): string {
  return `content-key/${recordKey}`;
}
