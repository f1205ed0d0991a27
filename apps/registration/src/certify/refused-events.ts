import { Rejected } from '@anamnesis/core';
import { Decision, RefusedEvent } from '@anamnesis/store';
import { type FindOptionsWhere, MoreThanOrEqual } from 'typeorm';
import type { Registration } from '../registration.js';

export interface RefusedFilter {
  readonly source?: string;
  readonly code?: string;
  readonly state?: RefusedEvent['state'];
  /** ISO 8601: refused at or after. */
  readonly since?: string;
  readonly count: number;
}

/** A refused event as an operator sees it: whose it is and why, nothing of the patient. */
export interface RefusedView {
  readonly eventId: string;
  readonly generation: number;
  readonly state: RefusedEvent['state'];
  readonly code: string;
  readonly reason: string;
  readonly sourceId: string | null;
  readonly facility: string;
  readonly application: string;
  readonly controlId: string;
  readonly messageType: string;
  readonly type: string;
  /** ISO 8601 UTC. */
  readonly refusedAt: string;
  readonly appendedAt: string;
}

/** Newest first. */
export async function listRefused({ store }: Registration, filter: RefusedFilter): Promise<readonly RefusedView[]> {
  const { source, code, state, since, count } = filter;
  const where: FindOptionsWhere<RefusedEvent> = {
    ...(source !== undefined && { sourceId: source }),
    ...(code !== undefined && { code }),
    ...(state !== undefined && { state }),
    ...(since !== undefined && { refusedAt: MoreThanOrEqual(new Date(since).toISOString()) }),
  };
  const rows = await store.reader.manager.find(RefusedEvent, {
    select: columns,
    where,
    order: { refusedAt: 'DESC' },
    take: count,
  });
  return rows.map(viewOf);
}

/** All but the sealed record, which is large and shown to nobody. */
const columns = {
  eventId: true,
  generation: true,
  state: true,
  code: true,
  reason: true,
  sourceId: true,
  facility: true,
  application: true,
  messageId: true,
  messageType: true,
  eventType: true,
  refusedAt: true,
  appendedAt: true,
} as const;

export interface Replay {
  /** Needed for an event refused for a revocation: the operator answers for its coming from the true source. */
  readonly acceptRevoked?: boolean;
  readonly reason: string;
}

/**
 * Opens a new generation of the decision and publishes the event again; it is judged afresh, by the time at which the
 * bus took it first. May be repeated: while the new generation is not decided, only the publishing is.
 */
export async function replay(registration: Registration, eventId: string, request: Replay): Promise<RefusedView> {
  return registration.change(async (turn) => {
    const row: Omit<RefusedEvent, 'sealedRecord'> | null = await turn.manager.findOne(RefusedEvent, {
      select: columns,
      where: { eventId },
    });
    if (row === null) throw new Rejected('not-found', 'no refused event has this id');
    if (row.state === 'certified') throw new Rejected('conflict', 'the event was replayed and is certified');
    const isRevokedAccepted = request.acceptRevoked === true;
    if (row.code === 'certificate-revoked' && !isRevokedAccepted)
      throw new Rejected('conflict', 'refused for a revocation: say acceptRevoked to take it all the same');
    const { generation } = row;
    const isDecided = await turn.manager.existsBy(Decision, { eventId, generation });
    const changes = {
      generation: isDecided ? generation + 1 : generation,
      state: 'requeued' as const,
      isRevokedAccepted,
      replayReason: request.reason,
      replayedAt: turn.at,
    };
    await turn.manager.update(RefusedEvent, { eventId }, changes);
    turn.announceReplay(eventId);
    return viewOf({ ...row, ...changes });
  });
}

function viewOf(row: Omit<RefusedEvent, 'sealedRecord'>): RefusedView {
  const { eventId, generation, state, code, reason, sourceId, facility, application } = row;
  const { messageId, messageType, eventType, refusedAt, appendedAt } = row;
  const sender = { sourceId, facility, application, controlId: messageId, messageType, type: eventType };
  return { eventId, generation, state, code, reason, ...sender, refusedAt, appendedAt };
}
