import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ResourceCurrent } from '@anamnesis/store';
import type { EntityManager } from 'typeorm';
import type { Archive, Place } from '../archive/archive.js';
import type { ContentKeys, KeyRing } from '../archive/content-keys.js';
import { chunksOf, select, selectIn } from '../archive/rows.js';
import { type FactOf, factOf } from './facts.js';
import { resourceName, restated, type Stated } from './resource-fold.js';
import { statementsOf } from './statements-of.js';

/** Archive entries opened at a time when a resource is folded again. */
const entriesAtOnce = 50;

export type CurrentWithState = ResourceCurrent & { readonly sealed: Buffer };

/** What one archive entry says of one resource. */
export interface Saying extends Place {
  readonly eventId: string;
  /** It stands for what the event said of it before. */
  readonly isAgain: boolean;
  /** And it is something else. */
  readonly isChange: boolean;
  readonly statements: readonly Stated[];
}

interface ProjectionParts {
  readonly manager: EntityManager;
  readonly ring: KeyRing;
  readonly archive: Archive;
  readonly contentKeys: ContentKeys;
  readonly deploymentKey: Uint8Array;
}

/** One piece of projecting work: a DB transaction, the keys that it needs, and what it reads of earlier work. */
export class Projection {
  readonly manager: EntityManager;
  readonly ring: KeyRing;
  readonly deploymentKey: Uint8Array;
  readonly #archive: Archive;
  readonly #contentKeys: ContentKeys;

  constructor({ manager, ring, archive, contentKeys, deploymentKey }: ProjectionParts) {
    this.manager = manager;
    this.ring = ring;
    this.deploymentKey = deploymentKey;
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

  /** What earlier work stated about a resource, and still states. What does not open any more cannot be part of it. */
  async archivedStatements(resourceType: string, id: string): Promise<Stated[]> {
    const sql = 'SELECT DISTINCT seq FROM resource_version WHERE resourceType = ? AND resourceId = ?';
    const seqs = await select<{ seq: number }>(this.manager, sql, [resourceType, id]);
    const { sayings } = await this.sayings(
      seqs.map(({ seq }) => seq),
      `${resourceType}/${id}`,
    );
    let all: Stated[] = [];
    for (const { eventId, statements, isAgain } of sayings)
      all = isAgain ? restated(all, eventId, statements) : [...all, ...statements];
    return all;
  }

  /**
   * What is said about `type/id` in these archive entries, and in those that mapped their events again, in the order of
   * the archive.
   */
  async sayings(
    seqs: readonly number[],
    name: string,
  ): Promise<{ readonly sayings: readonly Saying[]; readonly isIncomplete: boolean }> {
    const first = await this.#read(seqs, name);
    const sql = 'SELECT seq FROM remapped_event WHERE eventId IN';
    const keys = first.sayings.map(({ eventId }) => eventId);
    const again = (await selectIn<{ seq: number }>(this.manager, sql, { keys })).map(({ seq }) => seq);
    const more = await this.#read(
      again.filter((seq) => !seqs.includes(seq)),
      name,
    );
    return {
      sayings: [...first.sayings, ...more.sayings].sort((a, b) => a.seq - b.seq),
      isIncomplete: first.isIncomplete || more.isIncomplete,
    };
  }

  async #read(seqs: readonly number[], name: string): Promise<{ sayings: Saying[]; isIncomplete: boolean }> {
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
        if (fact?.kind === 'certified' || fact?.kind === 'remapped') sayings.push(this.#sayingOf(fact, entry, name));
        else isIncomplete = true;
      }
      await this.breathe();
    }
    return { sayings, isIncomplete };
  }

  #sayingOf(fact: FactOf<'certified' | 'remapped'>, { seq, at }: Place, name: string): Saying {
    const statements = statementsOf(fact.header, this.deploymentKey).filter((one) => resourceName(one) === name);
    const isAgain = fact.kind === 'remapped';
    const isChange = fact.kind === 'remapped' && fact.header.changed.includes(name);
    return { seq, at, eventId: fact.header.event.id, isAgain, isChange, statements };
  }

  /** Lets sockets and timers in: the database driver is synchronous, and acknowledgements share its thread. */
  async breathe(): Promise<void> {
    await nextTurn();
  }
}
