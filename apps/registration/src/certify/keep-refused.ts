import { RefusedEvent } from '@anamnesis/store';
import { In } from 'typeorm';
import type { Turn } from '../outbox/turn.js';
import type { Case, Judged } from './case.js';
import { sealRecord } from './refused-record.js';

/** Keeps each refused event, sealed, until an operator replays it; refused again, the new reason replaces the old. */
export async function keepRefused(kek: Uint8Array, turn: Turn, judged: readonly Judged[]): Promise<void> {
  for (const one of judged) {
    if (!('rejection' in one.verdict)) continue;
    const { code, message } = one.verdict.rejection;
    const state = { state: 'open' as const, code, reason: message.slice(0, 255), refusedAt: turn.at };
    if (one.generation > 1) await turn.manager.update(RefusedEvent, { eventId: one.event.id }, state);
    else await turn.manager.insert(RefusedEvent, { ...rowOf(kek, one), ...state });
  }
}

/** A replayed event that is certified now is refused no longer. */
export async function settleRefused(turn: Turn, passed: readonly Case[]): Promise<void> {
  const eventIds = passed.filter(({ generation }) => generation > 1).map(({ event }) => event.id);
  if (eventIds.length > 0)
    await turn.manager.update(RefusedEvent, { eventId: In(eventIds) }, { state: 'certified' as const });
}

function rowOf(kek: Uint8Array, { event, record, generation, sourceId, appendedAt }: Judged) {
  const { facility, application, messageId, messageType } = event.source;
  return {
    eventId: event.id,
    generation,
    sourceId,
    facility,
    application,
    messageId,
    messageType,
    eventType: event.type,
    recordKey: record.key,
    sealedRecord: sealRecord(kek, event.id, record),
    appendedAt,
    isRevokedAccepted: false,
    replayReason: null,
    replayedAt: null,
  };
}
