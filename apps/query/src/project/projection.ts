import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ChartAssertion, ResourceCurrent } from '@anamnesis/store';
import type { EntityManager } from 'typeorm';
import type { Archive, Place, ReadEntry } from '../archive/archive.js';
import type { ContentKeys, KeyRing } from '../archive/content-keys.js';
import { chunksOf, selectIn } from '../archive/rows.js';
import { type FactOf, factOf } from './facts.js';
import { assertionKey } from './judge-facts.js';
import { readAs } from './read-as.js';
import type { RecentHistories } from './recent-histories.js';
import { resourceName, restated, type Stated } from './resource-fold.js';
import { ReusedNumbers } from './reused-numbers.js';
import { statementsOf } from './statements-of.js';

/** Archive entries opened at a time when a resource is folded again. */
const entriesAtOnce = 50;

export type CurrentWithState = ResourceCurrent & { readonly sealed: Buffer };

/** What one archive entry says of some resources. */
export interface Saying extends Place {
  readonly eventId: string;
  /** It stands for what the event said of them before. */
  readonly isAgain: boolean;
  /** `type/id` of those of which it then is something else. */
  readonly changed: ReadonlySet<string>;
  readonly statements: readonly Stated[];
}

/** Resources of one type, of which the others are read as the first. */
export interface ResourceGroup {
  readonly resourceType: string;
  readonly members: readonly string[];
}

/** `type/id` of each. */
export function namesOf({ resourceType, members }: ResourceGroup): ReadonlySet<string> {
  return new Set(members.map((id) => resourceName({ resourceType, id })));
}

interface ProjectionParts {
  readonly manager: EntityManager;
  readonly ring: KeyRing;
  readonly archive: Archive;
  readonly contentKeys: ContentKeys;
  readonly deploymentKey: Uint8Array;
  readonly recent: RecentHistories;
}

/** One piece of projecting work: a DB transaction, the keys that it needs, and what it reads of earlier work. */
export class Projection {
  readonly manager: EntityManager;
  readonly ring: KeyRing;
  readonly deploymentKey: Uint8Array;
  readonly reused: ReusedNumbers;
  readonly recent: RecentHistories;
  readonly #archive: Archive;
  readonly #contentKeys: ContentKeys;

  constructor({ manager, ring, archive, contentKeys, deploymentKey, recent }: ProjectionParts) {
    this.manager = manager;
    this.ring = ring;
    this.deploymentKey = deploymentKey;
    this.reused = new ReusedNumbers(manager, deploymentKey);
    this.recent = recent;
    this.#archive = archive;
    this.#contentKeys = contentKeys;
  }

  async openKeys(recordKeys: Iterable<string>): Promise<void> {
    await this.#contentKeys.extend(this.manager, this.ring, recordKeys);
  }

  /** The present of resources, sealed. */
  async currents(idsByType: ReadonlyMap<string, readonly string[]>): Promise<CurrentWithState[]> {
    const found: CurrentWithState[] = [];
    for (const [resourceType, keys] of idsByType) {
      const sql = `SELECT c.*, v.sealed FROM resource_current c JOIN resource_version v
        ON v.resourceType = c.resourceType AND v.resourceId = c.resourceId AND v.versionId = c.versionId
        WHERE c.resourceType = ? AND c.resourceId IN`;
      found.push(...(await selectIn<CurrentWithState>(this.manager, sql, { keys, first: [resourceType] })));
    }
    return found;
  }

  /**
   * What earlier work stated about a resource, and about those that are read as it, and still states. What does not open any
   * more cannot be part of it.
   */
  async archivedStatements({ resourceType, members }: ResourceGroup): Promise<Stated[]> {
    const [id = ''] = members;
    const sayings = (
      await this.sayings(await this.seqsOf({ resourceType, members }), namesOf({ resourceType, members }))
    ).sayings;
    let all: Stated[] = [];
    for (const { eventId, statements, isAgain } of sayings) {
      const said = statements.map((one) => readAs(one, id));
      if (isAgain) for (const named of members) all = restated(all, { eventId, named }, []);
      all = [...all, ...said];
    }
    return all;
  }

  /** Archive entries of assertions, all versions of each. */
  async assertionEntries(assertions: readonly Pick<ChartAssertion, 'id' | 'version'>[]): Promise<readonly ReadEntry[]> {
    const keys = assertions.flatMap(({ id, version }) =>
      Array.from({ length: version }, (_, at) => assertionKey(id, at + 1)),
    );
    return keys.length === 0 ? [] : this.#archive.byKey(this.manager, keys);
  }

  /** Archive entries that made versions of resources. */
  async seqsOf({ resourceType, members }: ResourceGroup): Promise<readonly number[]> {
    const sql = 'SELECT DISTINCT seq FROM resource_version WHERE resourceType = ? AND resourceId IN';
    const rows = await selectIn<{ seq: number }>(this.manager, sql, { keys: members, first: [resourceType] });
    return [...new Set(rows.map(({ seq }) => seq))];
  }

  /**
   * What is said about resources (`type/id`) in these archive entries, and in those that mapped their events again, in the
   * order of the archive; each as said of what its patient has under the number.
   */
  async sayings(
    seqs: readonly number[],
    names: ReadonlySet<string>,
  ): Promise<{ readonly sayings: readonly Saying[]; readonly isIncomplete: boolean }> {
    const first = await this.#read(seqs, names);
    const sql = 'SELECT seq FROM remapped_event WHERE eventId IN';
    const keys = first.sayings.map(({ eventId }) => eventId);
    const again = (await selectIn<{ seq: number }>(this.manager, sql, { keys })).map(({ seq }) => seq);
    const read = new Set(seqs);
    const more = await this.#read(
      again.filter((seq) => !read.has(seq)),
      names,
    );
    return {
      sayings: [...first.sayings, ...more.sayings].sort((a, b) => a.seq - b.seq),
      isIncomplete: first.isIncomplete || more.isIncomplete,
    };
  }

  async #read(
    seqs: readonly number[],
    names: ReadonlySet<string>,
  ): Promise<{ sayings: Saying[]; isIncomplete: boolean }> {
    const sayings: Saying[] = [];
    let isIncomplete = false;
    for (const chunk of chunksOf(
      [...seqs].sort((a, b) => a - b),
      entriesAtOnce,
    )) {
      const entries = await this.#archive.bySeq(this.manager, chunk);
      if (entries.length < chunk.length) isIncomplete = true;
      for (const entry of entries) {
        const fact = factOf(entry);
        if (fact?.kind === 'certified' || fact?.kind === 'remapped')
          sayings.push(await this.#sayingOf(fact, entry, names));
        // A merge makes versions and states nothing.
        else if (fact?.kind !== 'person') isIncomplete = true;
      }
      await this.breathe();
    }
    return { sayings, isIncomplete };
  }

  async #sayingOf(
    fact: FactOf<'certified' | 'remapped'>,
    { seq, at }: Place,
    names: ReadonlySet<string>,
  ): Promise<Saying> {
    const numbers = new Set([...names].map((name) => this.#numberName(name)));
    const told = statementsOf(fact.header, this.deploymentKey).filter((one) => numbers.has(resourceName(one)));
    await this.reused.load(told);
    const named = told.map((one) => ({ told: resourceName(one), one: this.reused.named(one, seq) }));
    const own = named.filter(({ one }) => names.has(resourceName(one)));
    const again = new Set(fact.kind === 'remapped' ? fact.header.changed : []);
    const changed = new Set(own.filter(({ told }) => again.has(told)).map(({ one }) => resourceName(one)));
    const statements = own.map(({ one }) => one);
    return { seq, at, eventId: fact.header.event.id, isAgain: fact.kind === 'remapped', changed, statements };
  }

  /** `type/id` as the source's number gives it. */
  #numberName(name: string): string {
    const [resourceType = '', id = ''] = name.split('/');
    return resourceName({ resourceType, id: this.reused.numberOf(id) });
  }

  /** Lets sockets and timers in: the database driver is synchronous, and acknowledgements share its thread. */
  async breathe(): Promise<void> {
    await nextTurn();
  }
}
