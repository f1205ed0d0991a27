import { compareOrder, isIdleEnd, RecentStatements, type ResourceState } from '@anamnesis/core';
import { ResourceCurrent, ResourceVersion } from '@anamnesis/store';
import { insertAll, isSet, replaceAll } from '../archive/rows.js';
import type { Place } from '../archive/archive.js';
import { type Claimed, claimNumber } from './claim-number.js';
import { type IndexedResource, IndexChanges } from './index-changes.js';
import { NumberAliases } from './number-aliases.js';
import type { Projection } from './projection.js';
import { isNumbered, isReusable, readAs } from './read-as.js';
import { lastRemapped, loadRecent, placed, wholeHistory } from './recent-history.js';
import {
  endsIn,
  follow,
  foldAgain,
  namedBy,
  type NextVersion,
  remake,
  restated,
  type Stated,
} from './resource-fold.js';
import { stateContext, stateFrom } from './sealed-state.js';
import { isShared } from './statements-of.js';

type Present = Omit<ResourceCurrent, 'happenedAt' | 'isRetracted' | 'indexDigest'>;

/** Resources indexed between two looks at the sockets. */
const indexedAtOnce = 20;

interface Held extends Claimed {
  /** As it was before this piece of work. */
  before: IndexedResource | undefined;
  /** Its newest version. */
  current: Present | undefined;
  state: ResourceState | undefined;
  /** All statements about it; undefined until something needs them. */
  all: Stated[] | undefined;
  /** Those of this piece of work, which no table knows yet. */
  readonly fresh: Stated[];
  /** The last statements, in order, where those that are late are placed among them. */
  recent: RecentStatements | undefined;
  /** Its newest version. */
  sealed: Buffer | undefined;
}

interface ResourceReference {
  readonly resourceType: string;
  readonly id: string;
}

/** What is said of a resource, as far as lists and numbers are concerned. */
type Listing = ResourceReference & Partial<Pick<Stated, 'listed' | 'lists' | 'slots'>>;

/**
 * Versions of the resources that one piece of work touches, and of those that they are read as. `load`, then, in the order
 * of the archive, `name` for each event and `state` for each of its statements, then `flush`. Nothing in it depends on how
 * the archive is cut into pieces of work.
 */
export class ResourceChart {
  readonly #held = new Map<string, Held>();
  readonly #versions: ResourceVersion[] = [];
  #aliases = new NumberAliases();
  #remappedSeq: number | undefined;

  constructor(private readonly projection: Projection) {}

  /** What they are read as, whose lists have them, and what their own lists had, is loaded with them. */
  async load(resources: readonly Listing[]): Promise<void> {
    const listers = resources.flatMap(({ listed }) => (listed === undefined ? [] : patientOf(listed.patientId)));
    await this.#load([...(await this.#withSurvivors(resources)), ...listers]);
    await this.#load(this.#everListed(resources));
    await this.projection.reused.load(resources.map(({ slots = {}, ...one }) => ({ ...one, slots })));
  }

  /**
   * What an event says, as said of what its patient has under each number: another resource than that of the patient who
   * had the number before.
   */
  async name(stated: readonly Stated[], { seq }: Place): Promise<readonly Stated[]> {
    const { reused } = this.projection;
    for (const one of stated)
      if (one.isOfPatient === true && isReusable(one.resourceType)) {
        const { resourceType, id, recordKey } = one;
        await claimNumber(this.projection, { resourceType, id, recordKey, seq }, this.#heldOf(resourceType, id));
      }
    const named = stated.map((one) => reused.named(one, seq));
    const others = named.filter((one, at) => one !== stated[at]);
    if (others.length > 0) await this.#load([...others, ...others.flatMap((one) => this.#survivors(one))]);
    return named;
  }

  async #load(resources: readonly ResourceReference[]): Promise<void> {
    const idsByType = new Map<string, string[]>();
    for (const { resourceType, id } of resources) {
      if (this.#held.has(keyOf(resourceType, id))) continue;
      const ids = idsByType.get(resourceType);
      if (ids === undefined) idsByType.set(resourceType, [id]);
      else ids.push(id);
      this.#held.set(keyOf(resourceType, id), {
        before: undefined,
        current: undefined,
        state: undefined,
        all: undefined,
        fresh: [],
        recent: undefined,
        sealed: undefined,
        speaker: undefined,
      });
    }
    const found = await this.projection.currents(idsByType);
    await this.projection.openKeys(found.map(({ recordKey }) => recordKey));
    for (const { sealed, ...current } of found) {
      const held = this.#heldOf(current.resourceType, current.resourceId);
      held.current = current;
      held.state = stateFrom(this.projection.ring, current, sealed);
      const { happenedAt, isRetracted, indexDigest } = current;
      held.before = { state: held.state, happenedAt, isRetracted: isSet(isRetracted), indexDigest };
      held.sealed = sealed;
    }
    await this.#takeRecent(resources);
  }

  /** What earlier work left of the histories of what belongs to no patient. */
  async #takeRecent(resources: readonly ResourceReference[]): Promise<void> {
    const { recent } = this.projection;
    for (const { resourceType, id } of resources) {
      if (!isShared(resourceType)) continue;
      const held = this.#heldOf(resourceType, id);
      const { sealed } = held;
      if (held.fresh.length > 0 || held.recent !== undefined) continue;
      held.recent =
        sealed === undefined
          ? new RecentStatements({ resourceType, id })
          : recent.take(keyOf(resourceType, id), { sealed, remappedSeq: await this.#lastRemapped() });
    }
  }

  /** The newest version of the resource that the statement names; what that one is read as has a new one too. */
  async state(statement: Stated, place: Place): Promise<Present> {
    const present = await this.#state(statement, place);
    for (const { id } of this.#survivors(statement)) await this.#state(readAs(statement, id), place);
    for (const listed of this.#everListed([statement]))
      for (const end of endsIn([statement], listed)) await this.#end(end, place);
    return present;
  }

  /** The new versions of the resource: one, or after a late statement two, the present again as the newest. */
  async #state(statement: Stated, place: Place): Promise<Present> {
    const held = this.#heldOf(statement.resourceType, statement.id);
    const versions = this.#following(statement, held) ?? (await this.#placed(statement, held));
    held.fresh.push(statement);
    held.all?.push(statement);
    const next = versions ?? foldAgain(await this.#allOf(statement, held), statement);
    const [first, ...others] = next.map((version) => this.#append(held, version, place));
    const newest = others.at(-1) ?? first;
    if (newest === undefined) throw new Error('a statement makes a version');
    return newest;
  }

  /** The version after a statement that follows all others. */
  #following(statement: Stated, held: Held): readonly NextVersion[] | undefined {
    const isReadable = held.current === undefined || held.state !== undefined;
    const next = isReadable && !this.#isLeftOutLater(statement) ? follow(held.state, statement) : undefined;
    if (next === undefined) return undefined;
    if (held.recent?.place(statement) === undefined) held.recent = undefined;
    return [next];
  }

  /**
   * Those after a statement that is late, about what belongs to no patient. Patients' events come side by side, so that such
   * a one is often late, and everybody speaks of it: all that was ever said of it would be read and folded each time.
   */
  async #placed(statement: Stated, held: Held): Promise<readonly NextVersion[] | undefined> {
    const { state, fresh, recent } = held;
    if (!isShared(statement.resourceType) || state === undefined || held.all !== undefined) return undefined;
    const versions = placed(recent, statement);
    if (versions !== undefined) return versions;
    const remappedSeq = await this.#lastRemapped();
    held.recent =
      (await loadRecent(this.projection, statement, { state, fresh, remappedSeq })) ??
      (await this.#wholeHistory(statement, held));
    return placed(held.recent, statement);
  }

  async #wholeHistory({ resourceType, id }: Stated, held: Held): Promise<RecentStatements | undefined> {
    const all = await this.#statementsOf({ resourceType, id }, held);
    const whole = wholeHistory({ resourceType, id }, all);
    if (whole === undefined) held.all = all;
    return whole;
  }

  async #lastRemapped(): Promise<number> {
    return (this.#remappedSeq ??= await lastRemapped(this.projection));
  }

  /** A list leaves the resource out: a new version, where that ends it. */
  async #end(end: Stated, place: Place): Promise<void> {
    const held = this.#heldOf(end.resourceType, end.id);
    if (held.current === undefined) return;
    const isNext = held.state !== undefined && compareOrder(held.state.last, end) < 0;
    if (isNext && isIdleEnd(held.state, end)) return;
    const next = isNext ? follow(held.state, end) : undefined;
    const versions = next === undefined ? foldAgain(await this.#allOf(end, held), end) : [next];
    for (const version of versions) this.#append(held, version, place);
  }

  /** After `again` took the place of what its event said of the resource before: a new version, where that says something else. */
  async restate(again: readonly Stated[], place: Place): Promise<Present | undefined> {
    const [first] = again;
    if (first === undefined) return undefined;
    const present = await this.#restate(first, again, place);
    for (const { id } of this.#survivors(first)) {
      const [other = first, ...others] = again.map((one) => readAs(one, id));
      await this.#restate(other, [other, ...others], place);
    }
    return present;
  }

  async #restate(first: Stated, again: readonly Stated[], place: Place): Promise<Present | undefined> {
    const held = this.#heldOf(first.resourceType, first.id);
    held.recent = undefined;
    const all = (held.all ??= await this.#statementsOf(first, held));
    held.all = restated(all, { eventId: first.eventId, named: namedBy(first) }, again);
    const next = remake(await this.#allOf(first, held), held.state);
    return next && this.#append(held, next, place);
  }

  /** After what an event said was replaced: a new version of what its lists end now, or do not end any more. */
  async relist(again: readonly Stated[], place: Place): Promise<void> {
    for (const resource of this.#everListed(again)) {
      const held = this.#heldOf(resource.resourceType, resource.id);
      const next = held.current && remake(await this.#allOf(resource, held), held.state);
      if (next !== undefined) this.#append(held, next, place);
    }
  }

  /** After a merge, or its undo, what is read as the resource: a new version, where it says something else by that. */
  async regroup(resource: ResourceReference, place: Place): Promise<void> {
    const held = this.#heldOf(resource.resourceType, resource.id);
    const all = await this.#statementsOf(resource, held);
    const next = all.length === 0 ? undefined : remake(all, held.state);
    if (next !== undefined) this.#append(held, next, place);
  }

  async flush(): Promise<void> {
    const { manager, reused } = this.projection;
    await reused.flush();
    await insertAll(manager, ResourceVersion, this.#versions);
    await this.projection.breathe();
    const { currents, index } = await this.#present();
    await replaceAll(manager, ResourceCurrent, currents);
    await this.projection.breathe();
    await index.write(manager);
    await this.#keepRecent();
  }

  async #keepRecent(): Promise<void> {
    for (const [name, { recent: statements, sealed }] of this.#held)
      if (statements !== undefined && sealed !== undefined)
        this.projection.recent.keep(name, { statements, sealed, remappedSeq: await this.#lastRemapped() });
  }

  /** What is found, and by what: of the last version alone, whatever this piece of work stated in between. */
  async #present(): Promise<{ readonly currents: readonly ResourceCurrent[]; readonly index: IndexChanges }> {
    const currents: ResourceCurrent[] = [];
    const index = new IndexChanges();
    for (const [count, { current, state, before }] of this.#changed().entries()) {
      if (count % indexedAtOnce === indexedAtOnce - 1) await this.projection.breathe();
      currents.push(Object.assign(index.take(state, before), current));
    }
    return { currents, index };
  }

  #changed() {
    const names = new Set(this.#versions.map(({ resourceType, resourceId }) => keyOf(resourceType, resourceId)));
    return [...names].flatMap((name) => {
      const { current, state, before } = this.#held.get(name) ?? {};
      return current === undefined || state === undefined ? [] : [{ current, state, before }];
    });
  }

  #append(held: Held, next: NextVersion, { seq, at }: Place): Present {
    const { state, recordKey, eventId, isStale } = next;
    const before = held.current;
    const versionId = (before?.versionId ?? 0) + 1;
    const { resourceType, id: resourceId } = state;
    const plain = Buffer.from(JSON.stringify(state), 'utf8');
    const sealed = this.projection.ring.seal(recordKey, plain, stateContext({ resourceType, resourceId, versionId }));
    this.#versions.push({ resourceType, resourceId, versionId, recordKey, eventId, seq, at, isStale, sealed });
    const createdSeq = before?.createdSeq ?? seq;
    held.current = { resourceType, resourceId, versionId, recordKey, eventId, at, createdSeq };
    held.sealed = sealed;
    if (!isStale) held.state = state; // else the present follows
    return held.current;
  }

  /** All that is said of a resource, and what lists end of it. */
  async #allOf(resource: ResourceReference, held: Held): Promise<readonly Stated[]> {
    const own = (held.all ??= await this.#statementsOf(resource, held));
    const lister = own.find(({ listed }) => listed !== undefined)?.listed;
    if (lister === undefined) return own;
    const [patient] = patientOf(lister.patientId);
    await this.#load([patient]);
    const listing = this.#heldOf(patient.resourceType, patient.id);
    listing.all ??= await this.#statementsOf(patient, listing);
    return [...own, ...endsIn(listing.all, resource)];
  }

  /** Was a list sent after the statement that may be without the resource? */
  #isLeftOutLater(statement: Stated): boolean {
    const { listed, eventId } = statement;
    const last = listed && this.#listsOf(listed.patientId)[listed.name]?.last;
    return last !== undefined && last.eventId !== eventId && compareOrder(last, statement) > 0;
  }

  /** Of the lists that are sent: what they have, and what they ever had. */
  #everListed(said: readonly Listing[]): readonly ResourceReference[] {
    const found = new Map<string, ResourceReference>();
    for (const { id: patientId, lists = [] } of said)
      for (const { name, resourceType, ids } of lists)
        for (const id of [...ids, ...(this.#listsOf(patientId)[name]?.known ?? [])])
          found.set(keyOf(resourceType, id), { resourceType, id });
    return [...found.values()];
  }

  #listsOf(patientId: string): NonNullable<ResourceState['lists']> {
    return this.#held.get(keyOf('Patient', patientId))?.state?.lists ?? {};
  }

  async #statementsOf({ resourceType, id }: ResourceReference, held: Held): Promise<Stated[]> {
    const grouping = isNumbered(resourceType) ? this.#aliases : this.projection.reused;
    const group = { resourceType, members: grouping.membersOf(id) };
    const earlier = await this.projection.archivedStatements(group);
    // The last word may be one of a retired number, of whatever record.
    await this.projection.openKeys(earlier.map(({ recordKey }) => recordKey));
    return [...earlier, ...held.fresh];
  }

  /** What the resource is read as. */
  #survivors({ resourceType, id }: ResourceReference): readonly ResourceReference[] {
    const grouping = isNumbered(resourceType) ? this.#aliases : this.projection.reused;
    return grouping.survivorsOf(id).map((survivor) => ({ resourceType, id: survivor }));
  }

  async #withSurvivors(resources: readonly ResourceReference[]): Promise<readonly ResourceReference[]> {
    const numbered = resources.filter(({ resourceType }) => isNumbered(resourceType));
    const ids = [...new Set(numbered.map(({ id }) => id))];
    this.#aliases = await NumberAliases.load(this.projection.manager, ids);
    const survivors = numbered.flatMap((one) => this.#survivors(one));
    return survivors.length === 0 ? resources : [...resources, ...survivors];
  }

  #heldOf(resourceType: string, id: string): Held {
    const held = this.#held.get(keyOf(resourceType, id));
    if (held === undefined) throw new Error('a resource that was not loaded');
    return held;
  }
}

function patientOf(id: string): readonly [ResourceReference] {
  return [{ resourceType: 'Patient', id }];
}

function keyOf(resourceType: string, id: string): string {
  return `${resourceType}/${id}`;
}
