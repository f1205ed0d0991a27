import { type IntakeRefusal, type PersonAssertion, type RegistryFact, registryKey } from '@anamnesis/core';
import { insertRows, RegistrationOutbox, type Store, type TransactionOptions } from '@anamnesis/store';
import type { EntityManager } from 'typeorm';

interface TurnRow {
  readonly registryVersion: number;
  readonly lastOrdinal: number;
}

interface OutboxEntry {
  readonly topic: string;
  readonly recordKey: string;
  readonly header: string;
}

/** One DB transaction of registration: what it reads is current over all instances, what it announces commits with it. */
export class Turn {
  readonly at = new Date().toISOString();
  readonly #announced: OutboxEntry[] = [];
  #registryVersion: number;
  #lastOrdinal: number;
  #isRegistryChanged = false;

  constructor(
    readonly manager: EntityManager,
    row: TurnRow,
  ) {
    this.#registryVersion = row.registryVersion;
    this.#lastOrdinal = row.lastOrdinal;
  }

  /** Of sources, authorities, permissions and certificates as this transaction found them. */
  get registryVersion(): number {
    return this.#registryVersion;
  }

  get hasAnnounced(): boolean {
    return this.#announced.length > 0;
  }

  nextOrdinal(): number {
    return ++this.#lastOrdinal;
  }

  /** The registry changed in a way that no fact tells (a permission): other instances drop what they remember. */
  touchRegistry(): void {
    this.#isRegistryChanged = true;
  }

  announceFact(fact: RegistryFact): void {
    this.#isRegistryChanged = true;
    this.#announce('registry.changed', registryKey(fact), { ...fact });
  }

  announceAssertion(assertion: PersonAssertion): void {
    this.#announce('person.changed', assertion.id, { ...assertion });
  }

  /** The relay fetches the refused event and publishes it again. */
  announceReplay(eventId: string): void {
    this.#announce('clinical.received', eventId, {});
  }

  /** The relay puts the fragments of the message together and publishes it. */
  announceAssembled(firstFragmentId: string): void {
    this.#announce('intake.assembled', firstFragmentId, {});
  }

  announceRefused(key: string, refusal: IntakeRefusal): void {
    this.#announce('intake.refused', key, { ...refusal });
  }

  /** Writes what was announced. Called once, as the last of the transaction. */
  async finish(): Promise<void> {
    await insertRows(this.manager, RegistrationOutbox, this.#announced);
    await this.manager.query('UPDATE registration_turn SET lastOrdinal = ?, registryVersion = ? WHERE id = 1', [
      this.#lastOrdinal,
      this.#registryVersion + (this.#isRegistryChanged ? 1 : 0),
    ]);
  }

  #announce(topic: string, recordKey: string, header: object): void {
    this.#announced.push({ topic, recordKey, header: JSON.stringify(header) });
  }
}

/**
 * Runs `work` in a DB transaction that starts by taking the turn: one row that every writer of registration updates
 * first. So instances never decide side by side on one authority, one token or one pair of records.
 */
export async function inTurn<Result>(
  store: Store,
  work: (turn: Turn) => Promise<Result>,
  options: TransactionOptions = {},
): Promise<Result> {
  return store.transaction(async (manager) => {
    await manager.query('UPDATE registration_turn SET turn = turn + 1 WHERE id = 1');
    const [row]: readonly TurnRow[] = await manager.query(
      'SELECT registryVersion, lastOrdinal FROM registration_turn WHERE id = 1',
    );
    if (row === undefined) throw new Error('the row of registration_turn is missing');
    const turn = new Turn(manager, row);
    const result = await work(turn);
    await turn.finish();
    return result;
  }, options);
}
