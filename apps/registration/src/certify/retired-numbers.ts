import { type PersonAssertion, recordKey, type ReceivedEvent, Rejected } from '@anamnesis/core';
import { PersonAssertionRow } from '@anamnesis/store';
import { In } from 'typeorm';
import type { Turn } from '../outbox/turn.js';
import { saidAt } from '../persons/said-at.js';
import type { Case } from './case.js';

/** Triggers that take a patient's number into use. */
const openings: ReadonlySet<string> = new Set(['A01', 'A04', 'A28']);

const keysPerStatement = 200;

/**
 * Patient numbers that merges in force have retired. A late message with one follows the merge; whoever admits, registers or
 * adds a person under it afterwards may mean somebody else, whose facts would be mixed with those of the merged person: it is
 * refused until a person has looked (hl7v2.md M9, identity.md O2). A replay is that person's word.
 */
export class RetiredNumbers {
  /** When each was retired (ISO 8601 UTC), by record key. */
  readonly #retiredAt = new Map<string, string>();

  private constructor(private readonly deploymentKey: Uint8Array) {}

  /** Those that bear on these cases. */
  static async load(turn: Turn, deploymentKey: Uint8Array, cases: readonly Case[]): Promise<RetiredNumbers> {
    const retired = new RetiredNumbers(deploymentKey);
    const keys = [...new Set(cases.filter(opens).map((one) => one.recordKey))];
    for (let from = 0; from < keys.length; from += keysPerStatement) {
      const secondKey = In(keys.slice(from, from + keysPerStatement));
      const rows = await turn.manager.findBy(PersonAssertionRow, { secondKey, kind: 'merge', state: 'in-force' });
      for (const row of rows) {
        const { cause, at } = JSON.parse(row.assertion) as PersonAssertion;
        retired.#take(row.secondKey, cause.saidAt ?? at);
      }
    }
    return retired;
  }

  /** Throws `Rejected('number-retired')`. */
  check(one: Case): void {
    if (!opens(one)) return;
    const at = this.#retiredAt.get(one.recordKey);
    if (at !== undefined && saidAt(one.event) > at)
      throw new Rejected(
        'number-retired',
        'PID-3 Patient Identifier List: a merge retired the number that is used again',
      );
  }

  /** The merges of an event that counts, before they are indexed: those behind it may be in the same batch. */
  take(event: ReceivedEvent): void {
    for (const { retired } of event.identity?.merges ?? [])
      this.#take(recordKey(this.deploymentKey, retired), saidAt(event));
  }

  /** The first time counts: to say a merge again retires nothing more. */
  #take(key: string, at: string): void {
    const before = this.#retiredAt.get(key);
    if (before === undefined || at < before) this.#retiredAt.set(key, at);
  }
}

function opens({ event, generation }: Case): boolean {
  const [code, trigger = ''] = event.source.messageType.split('^');
  return generation === 1 && code === 'ADT' && openings.has(trigger);
}
