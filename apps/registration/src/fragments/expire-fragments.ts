import { Fragment } from '@anamnesis/store';
import { In, LessThan } from 'typeorm';
import type { Registration } from '../registration.js';
import { inTurn } from '../outbox/turn.js';
import { headsOf } from './find-chains.js';
import { type ShownFragment, shownColumns } from './keep-fragments.js';
import { refuseFragment } from './refuse-fragment.js';

/** How long fragments of a settled message are kept: until then a resend of one is recognised. */
const keptMs = 7 * 24 * 60 * 60 * 1000;
const stepRows = 500;

/**
 * Gives up waiting for what completes a message: its fragments are `incomplete`, are kept, and it is on record as refused,
 * once a message. What comes late completes it all the same. Returns how many messages were given up.
 */
export async function expireFragments(registration: Registration): Promise<number> {
  const { store, settings } = registration;
  const before = new Date(Date.now() - settings.FRAGMENT_TIMEOUT_MS).toISOString();
  const where = { state: 'open' as const, receivedAt: LessThan(before) };
  if (!(await store.reader.manager.existsBy(Fragment, where))) return 0;
  return inTurn(store, async (turn) => {
    const select = shownColumns;
    const expired: readonly ShownFragment[] = await turn.manager.find(Fragment, { select, where, take: stepRows });
    const ids = In(expired.map(({ id }) => id));
    await turn.manager.update(Fragment, { id: ids }, { state: 'incomplete' as const, settledAt: turn.at });
    const sources = new Set(expired.map(({ sourceId }) => sourceId));
    const heads = [...sources].flatMap((id) => headsOf(expired.filter(({ sourceId }) => sourceId === id)));
    for (const head of heads) refuseFragment(registration, turn, { ...head, reason: reasonOf(head) });
    return heads.length;
  });
}

/** Forgets fragments of messages that were settled long ago; incomplete ones stay until they are discarded. */
export async function pruneFragments({ store }: Registration): Promise<void> {
  const settledAt = LessThan(new Date(Date.now() - keptMs).toISOString());
  const state = In(['assembled', 'discarded']);
  await store.transaction((manager) => manager.delete(Fragment, { state, settledAt }));
}

function reasonOf({ continues }: ShownFragment): string {
  return continues === ''
    ? 'the fragments that complete this one did not come in time (DSC-1)'
    : 'the fragment that this one continues did not come in time (MSH-14)';
}
