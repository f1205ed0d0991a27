import type { AccountEnd } from '@anamnesis/core';
import { PersonAssertionRow } from '@anamnesis/store';
import { type EntityManager, In } from 'typeorm';

export type Edge = Pick<PersonAssertionRow, 'id' | 'kind' | 'firstKey' | 'secondKey'>;

/** More records than any person has: what is beyond is a chain gone wrong, and goes to review by its size. */
const recordsMax = 1000;

/**
 * The links and merges in force around some patient records, visits or accounts. A merge points from the retired one to the
 * survivor.
 */
export class PersonGraph {
  readonly #neighbours = new Map<string, Set<string>>();
  readonly #survivors = new Map<string, Set<string>>();

  /** Everything that is connected with these records. */
  static async load(manager: EntityManager, recordKeys: readonly string[]): Promise<PersonGraph> {
    const graph = new PersonGraph();
    const seen = new Set<string>();
    for (let wave = [...new Set(recordKeys)]; wave.length > 0 && seen.size < recordsMax;) {
      for (const key of wave) seen.add(key);
      const edges = await findEdges(manager, wave);
      for (const edge of edges) graph.add(edge);
      const ends = edges.flatMap(({ firstKey, secondKey }) => [firstKey, secondKey]);
      wave = [...new Set(ends)].filter((key) => !seen.has(key));
    }
    return graph;
  }

  add({ kind, firstKey, secondKey }: Edge): void {
    setOf(this.#neighbours, firstKey).add(secondKey);
    setOf(this.#neighbours, secondKey).add(firstKey);
    if (kind !== 'link') setOf(this.#survivors, secondKey).add(firstKey);
  }

  /** The records of the person that this one belongs to, itself among them. */
  person(recordKey: string): ReadonlySet<string> {
    return reach(this.#neighbours, recordKey);
  }

  isRetired(recordKey: string): boolean {
    return (this.#survivors.get(recordKey)?.size ?? 0) > 0;
  }

  /** Does the merge chain of `retired` pass through `survivor`? */
  leadsTo(retired: string, survivor: string): boolean {
    return reach(this.#survivors, retired).has(survivor);
  }

  /** Of an account: the end of its merges, and how many they are. */
  endOf(accountId: string): AccountEnd {
    const chain = reach(this.#survivors, accountId);
    return { accountId: this.final(accountId)[0] ?? accountId, distance: chain.size - 1 };
  }

  /** Where the merge chains from here end: itself when it is not retired. */
  final(recordKey: string): readonly string[] {
    return [...reach(this.#survivors, recordKey)].filter((key) => !this.isRetired(key));
  }
}

async function findEdges(manager: EntityManager, keys: readonly string[]): Promise<readonly Edge[]> {
  const edges: Edge[] = [];
  for (let from = 0; from < keys.length; from += 200) {
    const some = In(keys.slice(from, from + 200));
    const state = 'in-force' as const;
    const select = { id: true, kind: true, firstKey: true, secondKey: true } as const;
    edges.push(...(await manager.find(PersonAssertionRow, { select, where: { firstKey: some, state } })));
    edges.push(...(await manager.find(PersonAssertionRow, { select, where: { secondKey: some, state } })));
  }
  return edges;
}

function setOf(map: Map<string, Set<string>>, key: string): Set<string> {
  const found = map.get(key) ?? new Set<string>();
  map.set(key, found);
  return found;
}

function reach(edges: ReadonlyMap<string, ReadonlySet<string>>, from: string): ReadonlySet<string> {
  const found = new Set([from]);
  for (const key of found) for (const next of edges.get(key) ?? []) found.add(next); // a Set yields what is added to it
  return found;
}
