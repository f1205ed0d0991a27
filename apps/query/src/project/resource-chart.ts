import {
  applyStatement,
  canApply,
  compareOrder,
  foldStatements,
  type OrderedStatement,
  type ResourceState,
} from '@anamnesis/core';
import { ResourceCurrent, ResourceIndex, ResourceVersion } from '@anamnesis/store';
import { replaceAll, insertAll, runIn } from '../archive/rows.js';
import type { Place } from '../archive/archive.js';
import { indexEntries } from './index-entries.js';
import type { Projection } from './projection.js';
import { stateContext, stateFrom } from './sealed-state.js';

/** A statement of an event, and whose record it belongs to. */
export interface Stated extends OrderedStatement {
  readonly recordKey: string;
}

interface Held {
  current: ResourceCurrent | undefined;
  state: ResourceState | undefined;
  /** All statements about it; undefined until something needs them. */
  all: Stated[] | undefined;
  /** Those of this piece of work, which no table knows yet. */
  readonly fresh: Stated[];
}

/**
 * Versions of the resources that one piece of work touches. `load`, then `state` in the order of the archive, then
 * `flush`. Nothing in it depends on how the archive is cut into pieces of work.
 */
export class ResourceChart {
  readonly #held = new Map<string, Held>();
  readonly #versions: ResourceVersion[] = [];
  readonly #rows = new Map<string, readonly ResourceIndex[]>();

  constructor(private readonly projection: Projection) {}

  async load(resources: Iterable<{ readonly resourceType: string; readonly id: string }>): Promise<void> {
    const idsByType = new Map<string, string[]>();
    for (const { resourceType, id } of resources) {
      const ids = idsByType.get(resourceType);
      if (ids === undefined) idsByType.set(resourceType, [id]);
      else ids.push(id);
      this.#held.set(keyOf(resourceType, id), { current: undefined, state: undefined, all: undefined, fresh: [] });
    }
    const found = await this.projection.currents(idsByType);
    await this.projection.openKeys(found.map(({ recordKey }) => recordKey));
    for (const { sealed, ...current } of found) {
      const held = this.#heldOf(current.resourceType, current.resourceId);
      held.current = { ...current, isRetracted: Boolean(current.isRetracted) };
      held.state = stateFrom(this.projection.ring, current, sealed);
    }
  }

  /** The new versions of the resource: one, or after a late statement two, the present again as the newest. */
  async state(statement: Stated, place: Place): Promise<ResourceCurrent> {
    const held = this.#heldOf(statement.resourceType, statement.id);
    held.fresh.push(statement);
    held.all?.push(statement);
    const isReadable = held.current === undefined || held.state !== undefined;
    if (isReadable && canApply(held.state, statement))
      return this.#append(held, {
        state: applyStatement(held.state, statement),
        recordKey: statement.recordKey,
        place,
      });
    const all = (held.all ??= await this.#statementsOf(statement, held));
    const isLate = all.some((one) => compareOrder(one, statement) > 0);
    if (isLate) {
      const past = foldStatements(all.filter((one) => compareOrder(one, statement) <= 0));
      this.#append(held, { state: past, recordKey: statement.recordKey, place, lateEventId: statement.eventId });
    }
    const state = foldStatements(all);
    const last = all.find((one) => compareOrder(one, state.last) === 0);
    return this.#append(held, { state, recordKey: last?.recordKey ?? statement.recordKey, place });
  }

  async flush(): Promise<void> {
    const { manager } = this.projection;
    const currents = [...this.#held.values()].flatMap(({ current }) => (current === undefined ? [] : [current]));
    await insertAll(manager, ResourceVersion, this.#versions);
    await replaceAll(manager, ResourceCurrent, currents);
    await runIn(manager, 'DELETE FROM resource_index WHERE resourceId IN', [...this.#rows.keys()]);
    await insertAll(manager, ResourceIndex, [...this.#rows.values()].flat());
  }

  #append(
    held: Held,
    next: { state: ResourceState; recordKey: string; place: Place; lateEventId?: string },
  ): ResourceCurrent {
    const { state, recordKey, place, lateEventId } = next;
    const isStale = lateEventId !== undefined;
    const version = {
      resourceType: state.resourceType,
      resourceId: state.id,
      versionId: (held.current?.versionId ?? 0) + 1,
      recordKey,
      // The present is the word of its last statement, in whatever order they came.
      eventId: lateEventId ?? state.last.eventId,
      seq: place.seq,
      at: place.at,
    };
    const plain = Buffer.from(JSON.stringify(state), 'utf8');
    this.#versions.push({
      ...version,
      isStale,
      sealed: this.projection.ring.seal(recordKey, plain, stateContext(version)),
    });
    const { seq, ...known } = version;
    const { rows, digest, happenedAt, isRetracted } = indexEntries(state);
    // A stale version is followed by the present one, whose index it would only write twice.
    if (!isStale && held.current?.indexDigest !== digest) this.#rows.set(state.id, rows);
    const createdSeq = held.current?.createdSeq ?? seq;
    const indexDigest = isStale ? (held.current?.indexDigest ?? '') : digest;
    held.current = { ...known, createdSeq, happenedAt, isRetracted, indexDigest };
    if (!isStale) held.state = state;
    return held.current;
  }

  async #statementsOf({ resourceType, id }: Stated, held: Held): Promise<Stated[]> {
    const earlier = await this.projection.archivedStatements(resourceType, id);
    return [...earlier, ...held.fresh];
  }

  #heldOf(resourceType: string, id: string): Held {
    const held = this.#held.get(keyOf(resourceType, id));
    if (held === undefined) throw new Error('a resource that was not loaded');
    return held;
  }
}

function keyOf(resourceType: string, id: string): string {
  return `${resourceType}/${id}`;
}
