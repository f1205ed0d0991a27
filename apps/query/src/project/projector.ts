import { Injectable } from '@nestjs/common';
import { Keys } from '@anamnesis/runtime';
import { Store } from '@anamnesis/store';
import type { EntityManager } from 'typeorm';
import { Archive, type NewEntry, type Place } from '../archive/archive.js';
import { ContentKeys } from '../archive/content-keys.js';
import { reopenRemaps } from '../remap/reopen-remaps.js';
import { type Fact, factOf } from './facts.js';
import { projectFacts } from './project-facts.js';
import { Projection } from './projection.js';
import { RecentHistories } from './recent-histories.js';

/** How far the archive was applied again. */
export interface Replayed {
  /** Of the last entry; what was asked for at the end. */
  readonly seq: number;
  /** How many entries there were. Places have no gaps: fewer than places means that entries were deleted. */
  readonly count: number;
  /** Keys of entries that do not open although nobody erased them. */
  readonly unreadable: readonly string[];
}

/** More entries than these are a large piece of work to the store, and so is one batch with its thousands of leaves. */
const smallMax = 20;

/** Archives facts and applies them to the projections. */
@Injectable()
export class Projector {
  readonly #recent = new RecentHistories();

  // eslint-disable-next-line max-params -- injected
  constructor(
    private readonly store: Store,
    private readonly archive: Archive,
    private readonly contentKeys: ContentKeys,
    private readonly keys: Keys,
  ) {
    // Of a key that was read before it was committed: what is sealed under it would never open again.
    store.onUndone(() => {
      contentKeys.forget();
    });
  }

  /** One DB transaction. An entry that is archived already is done: a redelivery changes nothing. */
  async take(entries: readonly NewEntry[]): Promise<void> {
    if (entries.length === 0) return;
    await this.store.transaction(
      async (manager) => {
        await reopenRemaps(manager, await this.takeIn(manager, entries));
      },
      { isLarge: entries.length > smallMax || entries.some(({ kind }) => kind === 'anchored') },
    );
  }

  /** `take` in a transaction that does more; returns the entries that were new. */
  async takeIn(manager: EntityManager, entries: readonly NewEntry[]): Promise<readonly NewEntry[]> {
    const end = await this.archive.lock(manager);
    const fresh = await this.#fresh(manager, entries);
    if (fresh.length === 0) return fresh;
    const projection = await this.open(
      manager,
      fresh.map(({ recordKey }) => recordKey),
    );
    const { ring } = projection;
    const places = await this.archive.append(manager, fresh, { ring, end, now: new Date().toISOString() });
    await projection.breathe();
    const facts = fresh.map(({ kind, header, raw }, index) => ({ kind, header, raw, ...placeOf(places[index]) }));
    await projectFacts(projection, facts as unknown as (Fact & Place)[]);
    await this.contentKeys.store(manager, ring);
    return fresh;
  }

  /** Applies the archive's next entries after `seq` again. */
  async replay(manager: EntityManager, seq: number, count: number): Promise<Replayed> {
    const entries = await this.archive.after(manager, seq, count);
    const projection = await this.open(
      manager,
      entries.map(({ recordKey }) => recordKey),
    );
    const facts = entries.flatMap((entry) => {
      const fact = factOf(entry);
      return fact === undefined ? [] : [{ ...fact, seq: entry.seq, at: entry.at }];
    });
    await projectFacts(projection, facts);
    await this.contentKeys.store(manager, projection.ring);
    const lost = entries.filter((entry) => !entry.isErased && factOf(entry) === undefined);
    return { seq: entries.at(-1)?.seq ?? seq, count: entries.length, unreadable: lost.map(({ entryKey }) => entryKey) };
  }

  async #fresh(manager: EntityManager, entries: readonly NewEntry[]): Promise<readonly NewEntry[]> {
    const byKey = new Map<string, NewEntry>();
    for (const entry of entries) if (!byKey.has(entry.entryKey)) byKey.set(entry.entryKey, entry);
    for (const known of await this.archive.known(manager, [...byKey.keys()])) byKey.delete(known);
    return [...byKey.values()];
  }

  /** What applies facts, or compares with them, in this transaction. */
  async open(manager: EntityManager, recordKeys: readonly string[]): Promise<Projection> {
    const { archive, contentKeys, keys } = this;
    const ring = await contentKeys.open(manager, recordKeys);
    const { deploymentKey } = keys;
    return new Projection({ manager, ring, archive, contentKeys, deploymentKey, recent: this.#recent });
  }
}

function placeOf(place: Place | undefined): Place {
  if (place === undefined) throw new Error('an entry without a place');
  return { seq: place.seq, at: place.at };
}
