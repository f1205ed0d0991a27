import type { ResourceState } from '@anamnesis/core';
import { ResourceCurrent, ResourceIndex, ResourceVersion } from '@anamnesis/store';
import { insertAll, isSet, replaceAll, runIn } from '../archive/rows.js';
import type { Place } from '../archive/archive.js';
import { indexEntries } from './index-entries.js';
import type { Projection } from './projection.js';
import { follow, foldAgain, type NextVersion, remake, restated, type Stated } from './resource-fold.js';
import { stateContext, stateFrom } from './sealed-state.js';

interface Held {
  /** It was there before this piece of work. */
  isKnown: boolean;
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
  /** Resources whose rows are in the table already. */
  readonly #reindexed: string[] = [];

  constructor(private readonly projection: Projection) {}

  async load(resources: Iterable<{ readonly resourceType: string; readonly id: string }>): Promise<void> {
    const idsByType = new Map<string, string[]>();
    for (const { resourceType, id } of resources) {
      const ids = idsByType.get(resourceType);
      if (ids === undefined) idsByType.set(resourceType, [id]);
      else ids.push(id);
      this.#held.set(keyOf(resourceType, id), {
        isKnown: false,
        current: undefined,
        state: undefined,
        all: undefined,
        fresh: [],
      });
    }
    const found = await this.projection.currents(idsByType);
    await this.projection.openKeys(found.map(({ recordKey }) => recordKey));
    for (const { sealed, ...current } of found) {
      const held = this.#heldOf(current.resourceType, current.resourceId);
      held.isKnown = true;
      held.current = { ...current, isRetracted: isSet(current.isRetracted) };
      held.state = stateFrom(this.projection.ring, current, sealed);
    }
  }

  /** The new versions of the resource: one, or after a late statement two, the present again as the newest. */
  async state(statement: Stated, place: Place): Promise<ResourceCurrent> {
    const held = this.#heldOf(statement.resourceType, statement.id);
    held.fresh.push(statement);
    held.all?.push(statement);
    const isReadable = held.current === undefined || held.state !== undefined;
    const next = isReadable ? follow(held.state, statement) : undefined;
    if (next !== undefined) return this.#append(held, next, place);
    const all = (held.all ??= await this.#statementsOf(statement, held));
    const [first, ...others] = foldAgain(all, statement).map((version) => this.#append(held, version, place));
    const newest = others.at(-1) ?? first;
    if (newest === undefined) throw new Error('a statement makes a version');
    return newest;
  }

  /** After `again` took the place of what its event said of the resource before: a new version, where that says something else. */
  async restate(again: readonly Stated[], place: Place): Promise<ResourceCurrent | undefined> {
    const [first] = again;
    if (first === undefined) return undefined;
    const held = this.#heldOf(first.resourceType, first.id);
    held.all = restated((held.all ??= await this.#statementsOf(first, held)), first.eventId, again);
    const next = remake(held.all, held.state);
    return next && this.#append(held, next, place);
  }

  async flush(): Promise<void> {
    const { manager } = this.projection;
    const currents = [...this.#held.values()].flatMap(({ current }) => (current === undefined ? [] : [current]));
    await insertAll(manager, ResourceVersion, this.#versions);
    await this.projection.breathe();
    await replaceAll(manager, ResourceCurrent, currents);
    await this.projection.breathe();
    await runIn(manager, 'DELETE FROM resource_index WHERE resourceId IN', this.#reindexed);
    await insertAll(manager, ResourceIndex, [...this.#rows.values()].flat());
  }

  #append(held: Held, next: NextVersion, { seq, at }: Place): ResourceCurrent {
    const { state, recordKey, eventId, isStale } = next;
    const before = held.current;
    const versionId = (before?.versionId ?? 0) + 1;
    const known = { resourceType: state.resourceType, resourceId: state.id, versionId, recordKey, eventId, at };
    const plain = Buffer.from(JSON.stringify(state), 'utf8');
    const sealed = this.projection.ring.seal(recordKey, plain, stateContext(known));
    this.#versions.push({ ...known, seq, isStale, sealed });
    const { rows, digest, happenedAt, isRetracted } = indexEntries(state);
    held.current = {
      ...known,
      createdSeq: before?.createdSeq ?? seq,
      happenedAt,
      isRetracted,
      indexDigest: isStale && before !== undefined ? before.indexDigest : digest,
    };
    if (isStale) return held.current; // the present follows
    held.state = state;
    if (before?.indexDigest !== digest) this.#index(held, rows);
    return held.current;
  }

  #index({ current, isKnown }: Held, rows: readonly ResourceIndex[]): void {
    if (current === undefined) return;
    if (isKnown) this.#reindexed.push(current.resourceId);
    this.#rows.set(current.resourceId, rows);
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
