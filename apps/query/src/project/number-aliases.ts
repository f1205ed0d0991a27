import type { PersonAssertion } from '@anamnesis/core';
import type { ChartAssertion } from '@anamnesis/store';
import type { EntityManager } from 'typeorm';
import { selectIn } from '../archive/rows.js';

type Kinds = readonly PersonAssertion['kind'][];

const kindsOfNumbers: Kinds = ['visit', 'account'];
/** Of patient records. */
export const kindsOfRecords: Kinds = ['link', 'merge'];

/**
 * Which visits and accounts are read as which: a merge in force leads from the retired one to the survivor. Unlike patient
 * records they have no merged view of their own: the survivor is the fold of everything that leads to it.
 */
export class NumberAliases {
  readonly #merges = new Map<string, ChartAssertion>();

  /** Every merge, in force or undone, that is connected with these Encounters and Accounts, however far; or link, of records. */
  static async load(
    manager: EntityManager,
    ids: readonly string[],
    kinds: Kinds = kindsOfNumbers,
  ): Promise<NumberAliases> {
    const aliases = new NumberAliases();
    const seen = new Set<string>();
    for (let wave = ids; wave.length > 0;) {
      for (const id of wave) seen.add(id);
      const found = [
        ...(await mergesOf(manager, kinds, { column: 'firstKey', keys: wave })),
        ...(await mergesOf(manager, kinds, { column: 'secondKey', keys: wave })),
      ];
      for (const merge of found) aliases.take(merge);
      const ends = found.flatMap(({ firstKey, secondKey }) => [firstKey, secondKey]);
      wave = [...new Set(ends)].filter((id) => !seen.has(id));
    }
    return aliases;
  }

  get merges(): readonly ChartAssertion[] {
    return [...this.#merges.values()];
  }

  /** False when a newer version of it is known. */
  take(merge: ChartAssertion): boolean {
    const held = this.#merges.get(merge.id);
    if (held !== undefined && held.version >= merge.version) return false;
    this.#merges.set(merge.id, merge);
    return true;
  }

  /** What the resource is read as, itself not among them, in an order of their own. */
  survivorsOf(id: string): readonly string[] {
    return this.#merges.size === 0 ? [] : this.#reach(id, 'secondKey', 'firstKey').slice(1).sort();
  }

  /** What is read as the resource, itself first. */
  membersOf(id: string): readonly string[] {
    return this.#merges.size === 0 ? [id] : this.#reach(id, 'firstKey', 'secondKey');
  }

  /** What merges and links in force connect with it, in whatever direction, itself first. */
  connectedWith(id: string): ReadonlySet<string> {
    const found = new Set([id]);
    for (const key of found)
      for (const { state, firstKey, secondKey } of this.#merges.values()) {
        if (state !== 'in-force') continue;
        if (firstKey === key) found.add(secondKey);
        if (secondKey === key) found.add(firstKey);
      }
    return found;
  }

  /** Where the merges end: itself, when it is not retired. */
  finalOf(id: string): string {
    return this.survivorsOf(id).find((one) => this.survivorsOf(one).length === 0) ?? id;
  }

  #reach(id: string, from: 'firstKey' | 'secondKey', to: 'firstKey' | 'secondKey'): readonly string[] {
    const found = new Set([id]);
    // A set goes on over what is added while it is walked.
    for (const key of found)
      for (const merge of this.#merges.values())
        if (merge.state === 'in-force' && merge[from] === key) found.add(merge[to]);
    return [...found];
  }
}

function mergesOf(
  manager: EntityManager,
  kinds: Kinds,
  { column, keys }: { readonly column: 'firstKey' | 'secondKey'; readonly keys: readonly string[] },
): Promise<ChartAssertion[]> {
  const list = kinds.map((kind) => `'${kind}'`).join(', ');
  return selectIn<ChartAssertion>(manager, `SELECT * FROM chart_assertion WHERE kind IN (${list}) AND ${column} IN`, {
    keys,
  });
}
