import { type DeliveredRecord, judgeEach, type Refusal } from '@anamnesis/bus';
import { type MessageFragment, parseMessageFragment, type SourceFact } from '@anamnesis/core';
import { Fragment, Source } from '@anamnesis/store';
import { In } from 'typeorm';
import { parseSourceFact } from '../facilities/source-fact.js';
import { inTurn, type Turn } from '../outbox/turn.js';
import type { Registration } from '../registration.js';
import { findChains } from './find-chains.js';
import { refuseFragment } from './refuse-fragment.js';
import { sealFragment } from './sealed-fragments.js';

interface Arrival {
  readonly record: DeliveredRecord;
  readonly fragment: MessageFragment;
}

/** All but the sealed bytes, which are large. */
export const shownColumns = {
  ...{ id: true, sourceId: true, facility: true, application: true, controlId: true, messageType: true },
  ...{ continues: true, pointer: true, sizeBytes: true, state: true, wholeId: true, place: true },
  ...{ receivedAt: true, settledAt: true, reason: true },
} as const;

export type ShownFragment = Pick<Fragment, keyof typeof shownColumns>;

/**
 * Keeps fragments of messages and announces each message that they complete, in one transaction: a redelivery or a
 * resend of a fragment finds it done. Resolves when the messages are on `intake.assembled`. Throws `Unavailable`.
 */
export async function keepFragments(
  registration: Registration,
  records: readonly DeliveredRecord[],
): Promise<readonly Refusal[]> {
  const { done, refusals } = judgeEach(records, (record) => ({
    record,
    fragment: parseMessageFragment(record.header),
  }));
  const refused = await inTurn(registration.store, (turn) => keepAll(registration, turn, done));
  await registration.relay.flush();
  return [...refusals, ...refused];
}

async function keepAll(
  registration: Registration,
  turn: Turn,
  arrivals: readonly Arrival[],
): Promise<readonly Refusal[]> {
  const { cache } = registration;
  await cache.load(turn, { bindings: arrivals.map(({ fragment }) => fragment), serials: [], systems: [] });
  const refusals: Refusal[] = [];
  const touched = new Set<string>();
  for (const arrival of arrivals) {
    const source = cache.sourceOf(arrival.fragment);
    const refusal =
      source === undefined
        ? refusalOf(arrival, 'unknown-source', 'the sender of the fragment is not registered')
        : await keepOne(registration, turn, { ...arrival, source });
    if (refusal !== undefined) refusals.push(refusal);
    else if (source !== undefined) touched.add(source.id);
  }
  for (const sourceId of touched) await announceComplete(registration, turn, sourceId);
  return refusals;
}

async function keepOne(
  registration: Registration,
  turn: Turn,
  arrival: Arrival & { readonly source: SourceFact },
): Promise<Refusal | undefined> {
  const { fragment, record, source } = arrival;
  const sourceId = source.id;
  if (await turn.manager.existsBy(Fragment, { id: fragment.id })) return undefined;
  const waiting = await turn.manager.countBy(Fragment, { sourceId, state: In(['open', 'incomplete']) });
  if (waiting >= registration.settings.FRAGMENTS_OPEN_MAX) {
    const reason = 'more fragments wait for the rest of their messages than are kept for one source';
    refuseFragment(registration, turn, { ...fragment, sizeBytes: record.body.length, reason });
    return refusalOf(arrival, 'fragments-over-limit', reason);
  }
  if (fragment.pointer !== '' && source.isFragmenting === undefined) await noteFragmenting(turn, source);
  await turn.manager.insert(Fragment, {
    ...rowOf(fragment),
    sourceId,
    sizeBytes: record.body.length,
    state: 'open',
    receivedAt: record.appendedAt.toISOString(),
    sealedBytes: sealFragment(registration.keys.kek, fragment.id, record.body),
  });
  return undefined;
}

/** From now on every adapter takes an MSH-14 of this source for a pointer, unless an operator said that it is none. */
async function noteFragmenting(turn: Turn, { id }: SourceFact): Promise<void> {
  const row = await turn.manager.findOneByOrFail(Source, { id });
  const known = parseSourceFact(row);
  if (known.isFragmenting !== undefined) return;
  const fact: SourceFact = { ...known, isFragmenting: true };
  await turn.manager.update(Source, { id }, { fact: JSON.stringify(fact) });
  turn.announceFact(fact);
}

function rowOf({ id, facility, application, controlId, messageType, ...rest }: MessageFragment) {
  const { protocol, authentication, charset = null, continues, pointer } = rest;
  const sender = { facility, application, controlId, messageType, protocol, authentication, charset };
  return { id, ...sender, continues, pointer, wholeId: null, place: null, settledAt: null, reason: null };
}

function refusalOf({ record, fragment }: Arrival, code: Refusal['code'], reason: string): Refusal {
  return { record, code, reason, owner: fragment.facility };
}

/** Announces the messages of the source that are complete; one over the limit is refused, and its fragments are kept. */
export async function announceComplete(registration: Registration, turn: Turn, sourceId: string): Promise<void> {
  const where = { sourceId, state: In(['open', 'incomplete']) };
  const waiting: readonly ShownFragment[] = await turn.manager.find(Fragment, { select: shownColumns, where });
  for (const chain of findChains(waiting)) {
    const [first] = chain;
    if (first === undefined) continue;
    const sizeBytes = chain.reduce((sum, one) => sum + one.sizeBytes, 0);
    const isRefused = sizeBytes > registration.settings.FRAGMENTED_MESSAGE_BYTES_MAX;
    const state = isRefused ? 'refused' : 'assembled';
    for (const [place, { id }] of chain.entries())
      await turn.manager.update(Fragment, { id }, { state, wholeId: first.id, place, settledAt: turn.at });
    if (!isRefused) turn.announceAssembled(first.id);
    else {
      const reason = 'the fragments together are larger than a message may be';
      refuseFragment(registration, turn, { ...first, sizeBytes, reason });
    }
  }
}
