import { compareOrder, type RecentStatements } from '@anamnesis/core';
import type { Place } from '../archive/archive.js';
import type { Saying } from '../project/projection.js';
import { readAs } from '../project/read-as.js';
import { placed, wholeHistory } from '../project/recent-history.js';
import {
  follow,
  foldAgain,
  type NextVersion,
  remake,
  resourceName,
  restated,
  type Stated,
} from '../project/resource-fold.js';
import { isShared } from '../project/statements-of.js';
import type { Grouping } from './grouping.js';
import type { MergeChange } from './read-merges.js';

/** A version as the archive makes it. */
export type Version = NextVersion & { readonly versionId: number; readonly seq: number; readonly at: string };

interface ResourceReference {
  readonly resourceType: string;
  readonly id: string;
}

/**
 * Every version of a resource, made again from what the archive says of it and of what is read as it, and from the merges
 * and links that made it so.
 */
export function replayVersions(
  resource: ResourceReference,
  { sayings, changes }: { readonly sayings: readonly Saying[]; readonly changes: readonly MergeChange[] },
  grouping: Grouping,
): readonly Version[] {
  const replay = new Replay(resource, grouping);
  const steps = [...sayings, ...changes].sort((a, b) => a.seq - b.seq);
  for (const step of steps) {
    grouping.reach(step.seq);
    if ('merge' in step) replay.merge(step);
    else replay.say(step);
  }
  return replay.versions;
}

class Replay {
  readonly versions: Version[] = [];
  /** Of the resource and all that it was ever read together with, as their events named them. */
  #said: Stated[] = [];
  #hasEnds = false;
  /** All of it in order, as projecting keeps the end of it: 'unknown' until something late is said again; none where it does more than add. */
  #recent: RecentStatements | 'unknown' | undefined = 'unknown';

  constructor(
    private readonly resource: ResourceReference,
    private readonly grouping: Grouping,
  ) {}

  say(saying: Saying): void {
    if (saying.isAgain) {
      this.#sayAgain(saying);
      return;
    }
    for (const statement of saying.statements) {
      this.#said.push(statement);
      this.#hasEnds ||= statement.ends !== undefined;
      if (!this.#members().includes(statement.id)) continue;
      for (const next of this.#next(readAs(statement, this.resource.id))) this.#add(next, saying);
    }
  }

  #next(as: Stated): readonly NextVersion[] {
    // Ends may be waiting for the resource that they end.
    const followed = this.#hasEnds ? undefined : follow(this.#state(), as);
    if (followed !== undefined) {
      if (this.#recent !== 'unknown' && this.#recent?.place(as) === undefined) this.#recent = undefined;
      return [followed];
    }
    const late = this.#hasEnds ? undefined : this.#placed(as);
    if (late === undefined) this.#recent = undefined;
    return late ?? foldAgain(this.#all(), as);
  }

  /** What comes late about what belongs to no patient, without folding all that was said each time. */
  #placed(as: Stated): readonly NextVersion[] | undefined {
    if (!isShared(this.resource.resourceType)) return undefined;
    if (this.#recent !== 'unknown') return placed(this.#recent, as);
    const before = this.#all().filter((one) => compareOrder(one, as) !== 0);
    this.#recent = wholeHistory(this.resource, before);
    return placed(this.#recent, as);
  }

  merge({ merge, ...place }: MergeChange): void {
    if (!this.grouping.take(merge)) return;
    this.#recent = 'unknown';
    this.#remake(place);
  }

  /** What says the same as before is replaced without a version. */
  #sayAgain({ eventId, statements, changed, ...place }: Saying): void {
    const named = [...new Set(statements.map(({ id }) => id))];
    const isChanged = (id: string) => changed.has(resourceName({ resourceType: this.resource.resourceType, id }));
    this.#recent = 'unknown';
    this.#said = this.#said.filter((one) => one.eventId !== eventId || named.includes(one.id));
    for (const id of [...named].sort((a, b) => Number(isChanged(a)) - Number(isChanged(b)))) {
      const again = statements.filter((one) => one.id === id);
      this.#said = restated(this.#said, { eventId, named: id }, again);
      this.#hasEnds = this.#said.some(({ ends }) => ends !== undefined);
      if (isChanged(id) && this.#members().includes(id)) this.#remake(place);
    }
  }

  #remake(place: Place): void {
    const all = this.#all();
    const next = all.length === 0 ? undefined : remake(all, this.#state());
    if (next !== undefined) this.#add(next, place);
  }

  #add(next: NextVersion, { seq, at }: Place): void {
    this.versions.push({ ...next, versionId: this.versions.length + 1, seq, at });
  }

  #state(): NextVersion['state'] | undefined {
    return this.versions.at(-1)?.state;
  }

  #members(): readonly string[] {
    return this.grouping.members();
  }

  #all(): readonly Stated[] {
    const members = this.#members();
    return this.#said.filter((one) => members.includes(one.id)).map((one) => readAs(one, this.resource.id));
  }
}
