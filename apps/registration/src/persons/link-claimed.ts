import type { AssertionCause, RecordReference } from '@anamnesis/core';
import { PatientRecord } from '@anamnesis/store';
import { In } from 'typeorm';
import { isIssuer } from '../certify/judge.js';
import type { Turn } from '../outbox/turn.js';
import type { Registration } from '../registration.js';
import { assertionId, candidateId, restate } from './assertions.js';
import { reviewContradictions } from './merge-records.js';
import { notSamePairs, pairName, putInReview, settlePending } from './pending.js';
import { PersonGraph } from './person-graph.js';

/** What a message said of two records: one person (A24, A43), or not (A37). */
export interface RecordLink {
  readonly first: RecordReference;
  readonly second: RecordReference;
  readonly isLinked: boolean;
  /** ISO 8601 UTC. */
  readonly saidAt: string;
  readonly eventId: string;
  readonly facility: string;
}

/** Why a link, or its end, waits for a person. */
type Doubt = 'other-authority' | 'not-same' | 'G15' | 'unlink';

/**
 * Applies what facilities say of their own numbers (identity.md §2): a link is an edge, and its end takes the edge away;
 * the records stay what they are. About numbers that another issues it waits in review, as does a link of what an operator
 * holds apart, or of more records than a person has.
 */
export async function linkClaimed(registration: Registration, turn: Turn, links: readonly RecordLink[]): Promise<void> {
  if (links.length === 0) return;
  // An authority may be in use since this very batch.
  const systems = links.flatMap(({ first, second }) => [first.system, second.system]);
  await registration.cache.load(turn, { bindings: [], serials: [], systems });
  for (const link of links) if (link.first.recordKey !== link.second.recordKey) await linkOne(registration, turn, link);
}

async function linkOne(registration: Registration, turn: Turn, link: RecordLink): Promise<void> {
  const { deploymentKey } = registration.keys;
  const [first, second] = await byOrdinal(turn, link);
  const recordKeys = [first.recordKey, second.recordKey];
  const waitingId = candidateId(deploymentKey, 'candidate', recordKeys);
  const doubt = await doubtOf(registration, turn, link);
  if (doubt !== undefined) {
    const ends = { firstKey: first.recordKey, secondKey: second.recordKey };
    const waiting = { id: waitingId, kind: 'candidate' as const, ...ends, system: second.system };
    await putInReview(turn, { ...waiting, eventId: link.eventId, guards: doubt });
    return;
  }
  const pair = { kind: 'link' as const, first, second };
  const { saidAt, eventId, isLinked } = link;
  const cause: AssertionCause = { rule: 'link-message', saidAt, eventId };
  const state = isLinked ? 'in-force' : 'undone';
  const id = assertionId(deploymentKey, pair);
  if (!(await restate(turn, { ...pair, id }, { state, cause }))) return;
  if (isLinked) await settlePending(turn, waitingId);
  else await reviewContradictions(turn, deploymentKey, { recordKeys, cause });
}

/** Of a link the record certified first comes first. */
async function byOrdinal(
  turn: Turn,
  { first, second }: RecordLink,
): Promise<readonly [RecordReference, RecordReference]> {
  const rows = await turn.manager.findBy(PatientRecord, { recordKey: In([first.recordKey, second.recordKey]) });
  const ordinal = (one: RecordReference) => rows.find(({ recordKey }) => recordKey === one.recordKey)?.ordinal ?? 0;
  return ordinal(first) <= ordinal(second) ? [first, second] : [second, first];
}

async function doubtOf(
  { cache, settings }: Registration,
  turn: Turn,
  { first, second, isLinked, facility }: RecordLink,
): Promise<readonly Doubt[] | undefined> {
  const isForeign = [first, second].some(({ system }) => !isIssuer(facility, system, cache.authority(system)));
  if (isForeign) return isLinked ? ['other-authority'] : ['other-authority', 'unlink'];
  if (!isLinked) return undefined;
  const graph = await PersonGraph.load(turn.manager, [first.recordKey, second.recordKey]);
  const [mine, theirs] = [[...graph.person(first.recordKey)], [...graph.person(second.recordKey)]];
  const notSame = await notSamePairs(turn.manager, [...mine, ...theirs]);
  if (mine.some((one) => theirs.some((other) => notSame.has(pairName(one, other))))) return ['not-same'];
  const together = new Set([...mine, ...theirs].filter((key) => !graph.isRetired(key)));
  return together.size > settings.PERSON_RECORDS_MAX ? ['G15'] : undefined;
}
