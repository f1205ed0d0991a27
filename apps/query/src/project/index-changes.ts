import type { ResourceState } from '@anamnesis/core';
import { type ResourceCurrent, ResourceIndex } from '@anamnesis/store';
import type { EntityManager } from 'typeorm';
import { insertAll, replaceAll, runIn } from '../archive/rows.js';
import { indexEntries } from './index-entries.js';

type Columns = Pick<ResourceCurrent, 'happenedAt' | 'isRetracted' | 'indexDigest'>;

/** A resource whose rows are in `resource_index`, and what `resource_current` says of them. */
export interface IndexedResource extends Columns {
  /** Undefined when it does not open any more. */
  readonly state: ResourceState | undefined;
}

/**
 * What a piece of work changes in `resource_index`. A message repeats most of what was known, so that of the rows of a
 * resource only those that differ are written; each row is three pages of the database, one in the table and two in its
 * index. All of them are, where what is stored is not what this version of the product would have stored.
 */
export class IndexChanges {
  readonly #fresh: (readonly ResourceIndex[])[] = [];
  readonly #changed: (readonly ResourceIndex[])[] = [];
  /** Ids of resources all of whose rows go before the new ones come. */
  readonly #dropped: string[] = [];

  /** The resource says this now; `before` is what the table has of it. */
  take(state: ResourceState, before: IndexedResource | undefined): Columns {
    if (before?.state !== undefined && saysTheSame(before.state, state)) return columnsOf(before);
    const { rows, ...columns } = indexEntries(state);
    if (before === undefined) this.#fresh.push(rows);
    else if (before.indexDigest !== columns.indexDigest) this.#replace(state.id, rows, before);
    return columns;
  }

  async write(manager: EntityManager): Promise<void> {
    await runIn(manager, 'DELETE FROM resource_index WHERE resourceId IN', this.#dropped);
    await insertAll(manager, ResourceIndex, this.#fresh.flat());
    await replaceAll(manager, ResourceIndex, this.#changed.flat());
  }

  #replace(resourceId: string, rows: readonly ResourceIndex[], before: IndexedResource): void {
    const stored = storedRows(before);
    if (stored === undefined || stored.length > rows.length) {
      this.#dropped.push(resourceId);
      this.#fresh.push(rows);
    } else {
      this.#changed.push(rows.filter((row, position) => !isSame(row, stored[position])));
    }
  }
}

function columnsOf({ happenedAt, isRetracted, indexDigest }: Columns): Columns {
  return { happenedAt, isRetracted, indexDigest };
}

function saysTheSame(before: ResourceState, now: ResourceState): boolean {
  return JSON.stringify(before.slots) === JSON.stringify(now.slots);
}

/** The rows that the table has, made again; undefined when they would be others now. */
function storedRows({ indexDigest, state }: IndexedResource): readonly ResourceIndex[] | undefined {
  const indexed = state && indexEntries(state);
  return indexed?.indexDigest === indexDigest ? indexed.rows : undefined;
}

function isSame(a: ResourceIndex, b: ResourceIndex | undefined): boolean {
  return (
    a.param === b?.param && a.system === b.system && a.value === b.value && a.until === b.until && a.amount === b.amount
  );
}
