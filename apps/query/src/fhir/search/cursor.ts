import { createHmac } from 'node:crypto';
import { seal, unseal } from '@anamnesis/core';
import type { PagePosition } from '../../history/history-types.js';
import { invalidParameter } from '../fhir-failure.js';

const lifetimeMs = 60 * 60 * 1000;
const lengthMax = 8192;
const context = 'fhir-cursor/v1';

/** What a `next` link continues: the search as it was asked, and where it stands. */
export interface Continuation {
  /** `GET Observation`, `everything <person id>`: a cursor continues what it was made for and nothing else. */
  readonly of: string;
  readonly parameters: readonly (readonly [name: string, value: string])[];
  readonly position: PagePosition;
  /** As counted for the first page. */
  readonly total?: number | undefined;
}

/**
 * Opaque `next` cursors: encrypted and authenticated under a key of the deployment, so that search values stay out of
 * URLs and nobody can write one; they expire after an hour.
 */
export class Cursors {
  readonly #key: Uint8Array;

  constructor(deploymentKey: Uint8Array) {
    this.#key = createHmac('sha256', deploymentKey).update(context).digest();
  }

  write(continuation: Continuation, now = Date.now()): string {
    const text = JSON.stringify({ ...continuation, expiresAt: now + lifetimeMs });
    return Buffer.from(seal(this.#key, Buffer.from(text, 'utf8'), context)).toString('base64url');
  }

  /** Throws 400 for a cursor that is not ours, not for this, or expired. */
  read(cursor: string, of: string, now = Date.now()): Continuation {
    const found = this.#open(cursor);
    if (found?.of !== of) throw invalidParameter('_cursor', 'not a cursor of this search');
    if (found.expiresAt < now) throw invalidParameter('_cursor', 'the cursor has expired: search again');
    return found;
  }

  #open(cursor: string): (Continuation & { readonly expiresAt: number }) | undefined {
    const bytes = Buffer.from(cursor, 'base64url');
    // base64url readers skip what they do not know: only the one spelling counts.
    if (cursor.length > lengthMax || bytes.toString('base64url') !== cursor) return undefined;
    try {
      const text = Buffer.from(unseal(this.#key, bytes, context)).toString('utf8');
      return JSON.parse(text) as Continuation & { readonly expiresAt: number };
    } catch {
      return undefined; // any byte that is not ours: one answer for all of them
    }
  }
}
