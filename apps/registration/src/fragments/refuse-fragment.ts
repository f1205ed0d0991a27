import { randomUUID } from 'node:crypto';
import { type IntakeRefusal, sourceRecordKey } from '@anamnesis/core';
import type { Turn } from '../outbox/turn.js';
import type { Registration } from '../registration.js';

/** Table 0357: the only one that is about nothing in the message. */
const condition = 207;

export interface RefusedFragment {
  readonly facility: string;
  readonly application: string;
  readonly controlId: string;
  readonly messageType: string;
  readonly sizeBytes: number;
  readonly reason: string;
}

/** Puts on `intake.refused` that no message came of a fragment, though it was acknowledged: seen in `/messages`. */
export function refuseFragment({ keys }: Registration, turn: Turn, fragment: RefusedFragment): void {
  const { facility, application, controlId, messageType, sizeBytes, reason } = fragment;
  const refusal: IntakeRefusal = {
    id: randomUUID(),
    facility: facility.slice(0, 64),
    application: application.slice(0, 64),
    controlId,
    messageType,
    receivedAt: turn.at,
    answer: 'none',
    condition,
    location: 'DSC^1',
    reason,
    sizeBytes,
  };
  turn.announceRefused(sourceRecordKey(keys.deploymentKey, facility, application), refusal);
}
