import { Rejected } from '@anamnesis/core';
import { AcknowledgementListener, ApplicationAck } from '@anamnesis/store';
import type { Registration } from '../registration.js';

export interface AckFilter {
  readonly source?: string;
  readonly state?: ApplicationAck['state'];
  readonly count: number;
}

const shown = {
  ...{ seq: true, id: true, sourceId: true, messageId: true, controlId: true, code: true },
  ...{ state: true, result: true, createdAt: true, settledAt: true },
} as const;

/** An application acknowledgement as an operator sees it: `messageId` is the sender's MSH-10, `controlId` ours. */
export type AckView = Omit<ApplicationAck, 'content' | 'seq'>;

/** Newest first. */
export async function listAcks({ store }: Registration, filter: AckFilter): Promise<readonly AckView[]> {
  const { source, state, count } = filter;
  const where = { ...(source !== undefined && { sourceId: source }), ...(state !== undefined && { state }) };
  const rows = await store.reader.manager.find(ApplicationAck, {
    select: shown,
    where,
    order: { seq: 'DESC' },
    take: count,
  });
  return rows.map(viewOf);
}

/** Sends one again, the same bytes, whatever became of it; its life begins anew. Throws `Rejected('not-found')`. */
export async function resendAck(registration: Registration, id: string): Promise<AckView> {
  return registration.change(async ({ manager, at }) => {
    const row: Omit<ApplicationAck, 'content'> | null = await manager.findOne(ApplicationAck, {
      select: shown,
      where: { id },
    });
    if (row === null) throw new Rejected('not-found', 'no application acknowledgement has this id');
    const changes = { state: 'waiting' as const, result: null, createdAt: at, settledAt: null };
    await manager.update(ApplicationAck, { id }, changes);
    const due = { attempts: 0, nextAttemptAt: at };
    await manager.update(AcknowledgementListener, { sourceId: row.sourceId }, due);
    return viewOf({ ...row, ...changes });
  });
}

function viewOf({ seq, ...view }: Omit<ApplicationAck, 'content'>): AckView {
  return view;
}
