import { Injectable } from '@nestjs/common';
import type { EventId, RecordKey } from '@anamnesis/core';
import { type RemappedEvent, type ResourceVersion, Store } from '@anamnesis/store';
import type { EntityManager } from 'typeorm';
import { ContentKeys, type KeyRing } from '../archive/content-keys.js';
import { chunksOf, isSet, select, selectIn } from '../archive/rows.js';
import { stateFrom } from '../project/sealed-state.js';
import type { Integrity, MappedAgain, StoredVersion } from './history-types.js';

const pairsAtOnce = 100;
const columns = 'v.resourceType, v.resourceId, v.versionId, v.recordKey, v.eventId, v.seq, v.at, v.isStale, v.sealed';

/** Joins newest versions to `resource_current c`. */
export const newestVersion = `resource_version v
  ON v.resourceType = c.resourceType AND v.resourceId = c.resourceId AND v.versionId = c.versionId`;

/** Versions of resources as they are stored, opened. */
@Injectable()
export class StoredVersions {
  constructor(
    private readonly store: Store,
    private readonly contentKeys: ContentKeys,
  ) {}

  get manager(): EntityManager {
    return this.store.reader.manager;
  }

  /** Rows `v` and, if joined, `c` of any statement that ends with this. */
  async select(from: string, values: readonly unknown[]): Promise<readonly StoredVersion[]> {
    return this.#open(await select<ResourceVersion>(this.manager, `SELECT ${columns} FROM ${from}`, values));
  }

  async byVersion(
    resourceType: string,
    pairs: readonly { readonly id: string; readonly versionId: number }[],
  ): Promise<readonly StoredVersion[]> {
    const found: StoredVersion[] = [];
    for (const chunk of chunksOf(pairs, pairsAtOnce)) {
      const which = chunk.map(() => '(v.resourceId = ? AND v.versionId = ?)').join(' OR ');
      const values = [resourceType, ...chunk.flatMap(({ id, versionId }) => [id, versionId])];
      found.push(...(await this.select(`resource_version v WHERE v.resourceType = ? AND (${which})`, values)));
    }
    return found;
  }

  async newest(resourceType: string, ids: readonly string[]): Promise<readonly StoredVersion[]> {
    const sql = `SELECT ${columns} FROM resource_current c JOIN ${newestVersion} WHERE c.resourceType = ? AND c.resourceId IN`;
    return this.#open(await selectIn<ResourceVersion>(this.manager, sql, { keys: ids, first: [resourceType] }));
  }

  /** Of all versions of these resources, each once. */
  async eventsOf(resourceType: string, ids: readonly string[]): Promise<readonly string[]> {
    const sql = 'SELECT DISTINCT eventId FROM resource_version WHERE resourceType = ? AND resourceId IN';
    const rows = await selectIn<{ eventId: string }>(this.manager, sql, { keys: ids, first: [resourceType] });
    return [...new Set(rows.map(({ eventId }) => eventId))];
  }

  async #open(rows: readonly ResourceVersion[]): Promise<readonly StoredVersion[]> {
    const ring = await this.contentKeys.open(
      this.manager,
      rows.map(({ recordKey }) => recordKey),
    );
    const sql = 'SELECT subject FROM integrity_finding WHERE subject IN';
    const findings = await selectIn<{ subject: string }>(this.manager, sql, { keys: rows.flatMap(subjectsOf) });
    const altered = new Set(findings.map(({ subject }) => subject));
    const again = await selectIn<RemappedEvent>(this.manager, 'SELECT * FROM remapped_event WHERE seq IN', {
      keys: rows.map(({ seq }) => seq),
    });
    const bySeq = new Map(again.map((one) => [one.seq, one]));
    return rows.map((row) => ({ ...versionOf(row, ring, altered), ...remappedBy(bySeq.get(row.seq)) }));
  }
}

/** Names under which the integrity audit may have found something about a version. */
function subjectsOf({ resourceType, resourceId, versionId }: ResourceVersion): readonly string[] {
  return [`${resourceType}/${resourceId}/${versionId}`, `${resourceType}/${resourceId}`];
}

function versionOf(row: ResourceVersion, ring: KeyRing, altered: ReadonlySet<string>): StoredVersion {
  const state = stateFrom(ring, row, row.sealed);
  const isAltered = subjectsOf(row).some((subject) => altered.has(subject));
  return {
    resourceType: row.resourceType,
    id: row.resourceId,
    versionId: row.versionId,
    ...(state !== undefined && { state }),
    lastUpdated: row.at,
    eventId: row.eventId as EventId,
    recordKey: row.recordKey as RecordKey,
    isStale: isSet(row.isStale),
    integrity: integrityOf(state === undefined && ring.isErased(row.recordKey), isAltered || state === undefined),
  };
}

function integrityOf(isErased: boolean, isAltered: boolean): Integrity {
  if (isErased) return 'erased';
  return isAltered ? 'mismatch' : 'intact';
}

/** As a property, where there is one. */
export function remappedBy(row: RemappedEvent | undefined): { readonly remapped?: MappedAgain } {
  if (row === undefined) return {};
  const { mappingVersion, tableVersion } = row;
  return { remapped: { mappingVersion, tableVersion } };
}
