import {
  canonicalJson,
  compareOrder,
  RecentStatements,
  type ResourceState,
  type StatementOrder,
} from '@anamnesis/core';
import type { ResourceVersion } from '@anamnesis/store';
import { isSet, select } from '../archive/rows.js';
import { namesOf, type Projection } from './projection.js';
import type { NextVersion, Stated } from './resource-fold.js';
import { stateFrom } from './sealed-state.js';

/** Versions read at a time, and at most, to find one that a late statement follows; beyond it all is folded again. */
const versionsAtOnce = 64;
const versionsMax = 1024;

interface ResourceReference {
  readonly resourceType: string;
  readonly id: string;
}

/** What a piece of work knows of a resource whose history it needs. */
interface Known {
  readonly state: ResourceState;
  /** Statements of this piece of work that are in it. */
  readonly fresh: readonly Stated[];
  /** The last entry of the archive that mapped an event again. */
  readonly remappedSeq: number;
}

/** The versions that a statement adds to those of its resource; undefined when all have to be folded again. */
export function placed(recent: RecentStatements | undefined, statement: Stated): readonly NextVersion[] | undefined {
  const { past, present } = recent?.place(statement) ?? {};
  if (past === undefined || present === undefined) return undefined;
  const { recordKey, eventId } = statement;
  const next = { state: present, recordKey, eventId: present.last.eventId, isStale: false };
  return past === present ? [next] : [{ state: past, recordKey, eventId, isStale: true }, next];
}

/** All that is said of a resource; undefined when some of it does more than add to the rest. */
export function wholeHistory(resource: ResourceReference, all: readonly Stated[]): RecentStatements | undefined {
  const whole = new RecentStatements(resource);
  return all.every((one) => whole.place(one) !== undefined) ? whole : undefined;
}

/**
 * The end of the history as it is stored, as far back as all that follows was also stated later, `statement` among that.
 * Undefined where there is no such version near the end, or the archive does not say any more what came after it.
 */
export async function loadRecent(
  projection: Projection,
  statement: Stated,
  { state, fresh, remappedSeq }: Known,
): Promise<RecentStatements | undefined> {
  const { resourceType, id } = statement;
  const resource = { resourceType, id };
  const least = fresh.reduce<StatementOrder>(earlier, statement);
  const found = await findBase(projection, resource, { least, remappedSeq });
  const archived = found && (await statementsIn(projection, resource, found.seqs));
  if (archived === undefined) return undefined;
  const recent = new RecentStatements(resource, found?.base);
  const isWhole = [...archived, ...fresh].every((one) => recent.place(one) !== undefined);
  return isWhole && canonicalJson(recent.present) === canonicalJson(state) ? recent : undefined;
}

/** What was mapped again took the place of statements that the versions before it may have had. */
export async function lastRemapped({ manager }: Projection): Promise<number> {
  const [last] = await select<{ seq: number | null }>(manager, 'SELECT MAX(seq) AS seq FROM remapped_event');
  return last?.seq ?? 0;
}

interface Base {
  readonly base: ResourceState;
  /** Archive entries after it. */
  readonly seqs: readonly number[];
}

/** The newest version before which nothing was stated later: neither `least` nor what came late meanwhile. */
async function findBase(
  projection: Projection,
  resource: ResourceReference,
  { least, remappedSeq }: { readonly least: StatementOrder; readonly remappedSeq: number },
): Promise<Base | undefined> {
  let first = least;
  const seqs = new Set<number>();
  for await (const row of newestVersions(projection, resource)) {
    const state = row.seq > remappedSeq ? stateFrom(projection.ring, row, row.sealed) : undefined;
    if (state === undefined) return undefined;
    if (isSet(row.isStale)) first = earlier(first, state.last);
    else if (!seqs.has(row.seq) && compareOrder(state.last, first) < 0) return { base: state, seqs: [...seqs] };
    seqs.add(row.seq);
  }
  return undefined;
}

async function* newestVersions(
  projection: Projection,
  { resourceType, id }: ResourceReference,
): AsyncGenerator<ResourceVersion> {
  const sql = `SELECT * FROM resource_version WHERE resourceType = ? AND resourceId = ? AND versionId < ?
    ORDER BY versionId DESC LIMIT ${versionsAtOnce}`;
  let below = Number.MAX_SAFE_INTEGER;
  for (let read = 0; read < versionsMax; read += versionsAtOnce) {
    const rows = await select<ResourceVersion>(projection.manager, sql, [resourceType, id, below]);
    await projection.openKeys(rows.map(({ recordKey }) => recordKey));
    yield* rows;
    if (rows.length < versionsAtOnce) return;
    below = rows.at(-1)?.versionId ?? 0;
  }
}

async function statementsIn(
  projection: Projection,
  { resourceType, id }: ResourceReference,
  seqs: readonly number[],
): Promise<readonly Stated[] | undefined> {
  const { sayings, isIncomplete } = await projection.sayings(seqs, namesOf({ resourceType, members: [id] }));
  return isIncomplete ? undefined : sayings.flatMap(({ statements }) => statements);
}

function earlier(a: StatementOrder, b: StatementOrder): StatementOrder {
  return compareOrder(a, b) <= 0 ? a : b;
}
