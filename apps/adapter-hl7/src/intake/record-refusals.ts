import { randomUUID } from 'node:crypto';
import type { BusRecord, EventBus } from '@anamnesis/bus';
import { type IntakeRefusal, sourceRecordKey } from '@anamnesis/core';
import { within } from '@anamnesis/runtime';
import { answerCode, applicationAck } from './acknowledge.js';
import { type Answered, locationText, type Refusal } from './outcome.js';
import { senderOf } from '../sources/senders.js';

const nameLengthMax = 64;
const controlIdLengthMax = 199;

export interface RecordRefusalsOptions {
  readonly bus: EventBus;
  readonly deploymentKey: Uint8Array;
  readonly timeoutMs: number;
  readonly onUnrecorded: (count: number) => void;
}

/**
 * Records negative answers before they go out. Resolves when they are stored, or when that failed or took too long: a
 * sender that is refused is told so in any case.
 */
export async function recordRefusals(refused: readonly Answered[], options: RecordRefusalsOptions): Promise<void> {
  const records = refused.flatMap((one) => (one.outcome.kind === 'done' ? [] : [recordOf(one, one.outcome, options)]));
  if (records.length === 0) return;
  const { timeoutMs, bus, onUnrecorded } = options;
  const storing = bus.publish('intake.refused', records).catch(() => {
    onUnrecorded(records.length);
  });
  const isBusAway = refused.some(({ outcome }) => outcome.kind === 'unavailable' && outcome.isBusAway);
  // Where the bus has just failed the record is tried and nobody waits for it.
  if (!isBusAway) await within(storing, { timeoutMs, dependency: 'bus' }).catch(() => undefined);
}

function recordOf(answered: Answered, outcome: Refusal, { deploymentKey }: RecordRefusalsOptions): BusRecord {
  const { header, sizeBytes } = answered;
  const sender = header === undefined ? undefined : senderOf(header);
  const { facility, application } = answered.source ?? sender ?? { facility: '', application: '' };
  const { body, ...owed } = owedOf(answered);
  const refusal: IntakeRefusal = {
    id: randomUUID(),
    facility: cut(facility, nameLengthMax),
    application: cut(application, nameLengthMax),
    controlId: cut(header?.controlId ?? '', controlIdLengthMax),
    messageType: header === undefined ? '' : `${header.messageCode}^${header.triggerEvent}`.replace(/\^+$/, ''),
    receivedAt: new Date().toISOString(),
    answer: answerCode(answered) ?? 'none',
    condition: outcome.condition.code,
    location: locationText(outcome.condition),
    reason: outcome.condition.text,
    sizeBytes,
    ...owed,
    ...(isOurs(answered, outcome) && { isOurs: true }),
  };
  return {
    key: sourceRecordKey(deploymentKey, facility, application),
    header: { ...refusal },
    body,
  };
}

/** The application acknowledgement that the sender is owed, which registration keeps until it has it. */
function owedOf(answered: Answered): Pick<IntakeRefusal, 'acknowledgement'> & { readonly body: Uint8Array } {
  const ack = applicationAck(answered);
  if (ack === undefined) return { body: new Uint8Array(0) };
  return { acknowledgement: { code: ack.code, controlId: ack.controlId }, body: ack.bytes };
}

/** A sender that registration lets in by now may be unknown here, a draft or suspended, while its fact is on the way. */
function isOurs({ source }: Answered, { kind, condition }: Refusal): boolean {
  const isLetIn = source?.state === 'active' && source.phase !== 'draft';
  return kind === 'unavailable' || (!isLetIn && condition.code === 207);
}

function cut(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : text.slice(0, lengthMax).toWellFormed();
}
