import { randomBytes } from 'node:crypto';
import { seal, secretBytes, unseal } from '@anamnesis/core';
import { RecordSecret } from '@anamnesis/store';
import { type EntityManager, In } from 'typeorm';
import { insertPlain } from '../outbox/insert-plain.js';
import type { Turn } from '../outbox/turn.js';

/**
 * The secrets of patient records, one each, made on first use and kept sealed under the key-encryption key. None is
 * remembered between batches: deleting the row must erase, at once and on every instance.
 */
export class RecordSecrets {
  constructor(private readonly kek: Uint8Array) {}

  /** The secrets of these records; those that are new are inserted in this transaction. */
  async ensure(turn: Turn, recordKeys: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const wanted = [...new Set(recordKeys)];
    const secrets = new Map<string, Uint8Array>();
    const rows = wanted.length === 0 ? [] : await turn.manager.findBy(RecordSecret, { recordKey: In(wanted) });
    for (const row of rows) secrets.set(row.recordKey, this.#open(row));
    const made = wanted.filter((recordKey) => !secrets.has(recordKey)).map((recordKey) => this.#make(turn, recordKey));
    for (const { row, secret } of made) secrets.set(row.recordKey, secret);
    await insertPlain(
      turn.manager,
      RecordSecret,
      made.map(({ row }) => row),
    );
    return secrets;
  }

  /** Undefined when the secret was destroyed. */
  async find(manager: EntityManager, recordKey: string): Promise<Uint8Array | undefined> {
    const row = await manager.findOneBy(RecordSecret, { recordKey });
    return row === null ? undefined : this.#open(row);
  }

  #make({ at }: Turn, recordKey: string): { row: RecordSecret; secret: Uint8Array } {
    const secret = randomBytes(secretBytes);
    const sealedSecret = Buffer.from(seal(this.kek, secret, contextOf(recordKey)));
    return { row: { recordKey, sealedSecret, createdAt: at }, secret };
  }

  #open({ recordKey, sealedSecret }: RecordSecret): Uint8Array {
    return unseal(this.kek, sealedSecret, contextOf(recordKey));
  }
}

function contextOf(recordKey: string): string {
  return `anamnesis/record-secret/${recordKey}`;
}
