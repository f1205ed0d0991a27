import { Rejected } from '@anamnesis/core';
import { Fragment } from '@anamnesis/store';
import type { Registration } from '../registration.js';
import { announceComplete, type ShownFragment, shownColumns } from './keep-fragments.js';

export interface FragmentFilter {
  readonly source?: string;
  readonly state?: Fragment['state'];
  readonly count: number;
}

/** A fragment as an operator sees it, newest first: nothing of its content. */
export async function listFragments(
  { store }: Registration,
  { source, state, count }: FragmentFilter,
): Promise<readonly ShownFragment[]> {
  const where = { ...(source !== undefined && { sourceId: source }), ...(state !== undefined && { state }) };
  const order = { receivedAt: 'DESC', id: 'ASC' } as const;
  return store.reader.manager.find(Fragment, { select: shownColumns, where, order, take: count });
}

/**
 * Takes a fragment out of those that wait: one that nothing will complete, or one of two that end with or continue the
 * same pointer, whereupon what the other belongs to is assembled. Throws `Rejected('not-found' | 'conflict')`.
 */
export async function discardFragment(registration: Registration, id: string, reason: string): Promise<ShownFragment> {
  return registration.change(async (turn) => {
    const row: ShownFragment | null = await turn.manager.findOne(Fragment, { select: shownColumns, where: { id } });
    if (row === null) throw new Rejected('not-found', 'no fragment has this id');
    if (row.state === 'assembled') throw new Rejected('conflict', 'the fragment is part of a message already');
    const changes = { state: 'discarded' as const, settledAt: turn.at, reason };
    await turn.manager.update(Fragment, { id }, changes);
    await announceComplete(registration, turn, row.sourceId);
    return { ...row, ...changes };
  });
}
