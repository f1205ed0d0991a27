import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ResourceCurrent } from '@anamnesis/store';
import type { EntityManager } from 'typeorm';
import type { Archive } from '../archive/archive.js';
import type { ContentKeys, KeyRing } from '../archive/content-keys.js';
import { chunksOf, select, selectIn } from '../archive/rows.js';
import { factOf, type Placed } from './facts.js';
import type { Stated } from './resource-fold.js';
import { statementsOf } from './statements-of.js';

/** Archive entries opened at a time when a resource is folded again. */
const entriesAtOnce = 50;

export type CurrentWithState = ResourceCurrent & { readonly sealed: Buffer };

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

  /** What earlier work stated about a resource. What does not open any more cannot be part of it. */
  async archivedStatements(resourceType: string, id: string): Promise<Stated[]> {
    const sql = 'SELECT DISTINCT seq FROM resource_version WHERE resourceType = ? AND resourceId = ?';
    const seqs = await select<{ seq: number }>(this.manager, sql, [resourceType, id]);
    const { statements } = await this.placedStatements(
      seqs.map(({ seq }) => seq),
      `${resourceType}/${id}`,
    );
    return statements.map(({ seq: _, at: __, ...statement }) => statement);
  }

  /** Statements about `type/id` in these archive entries, in their order. */
  async placedStatements(
    seqs: readonly number[],
    name: string,
  ): Promise<{ readonly statements: readonly Placed<Stated>[]; readonly isIncomplete: boolean }> {
    const statements: Placed<Stated>[] = [];
    let isIncomplete = false;
    for (const chunk of chunksOf(
      [...seqs].sort((a, b) => a - b),
      entriesAtOnce,
    )) {
      const entries = await this.#archive.bySeq(this.manager, chunk);
      if (entries.length < chunk.length) isIncomplete = true;
      for (const entry of entries) {
        const { seq, at } = entry;
        const fact = factOf(entry);
        if (fact?.kind !== 'certified') isIncomplete = true;
        else
          for (const one of statementsOf(fact.header, this.deploymentKey))
            if (`${one.resourceType}/${one.id}` === name) statements.push({ ...one, seq, at });
      }
      await this.breathe();
    }
    return { statements, isIncomplete };
  }

  /** Lets sockets and timers in: the database driver is synchronous, and acknowledgements share its thread. */
  async breathe(): Promise<void> {
    await nextTurn();
  }
}
