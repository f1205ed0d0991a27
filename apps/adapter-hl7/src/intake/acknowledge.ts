import { randomBytes } from 'node:crypto';
import type { RefusedAcknowledgement } from '@anamnesis/core';
import { type AckCode, buildAck, decideAck, decideApplicationAck, ourIdentity } from '@anamnesis/hl7v2';
import type { Answered, Outcome } from './outcome.js';

/** Who we are in MSH-3 and MSH-4 of our answers. */
export const identity = ourIdentity;

/** Unique over restarts and instances, within the 20 characters that old receivers keep of MSH-10. */
const controlIdStart = randomBytes(6).toString('hex');
let controlIds = 0;

/** For our MSH-10, BHS-11 and FHS-11. */
export function newControlId(): string {
  return `${controlIdStart}${(++controlIds).toString(36)}`;
}

/** Is the sender to be left without an answer, as its source wants it in trouble of ours? */
export function closesInstead({ source, outcome }: Answered): boolean {
  return outcome.kind === 'unavailable' && source?.closesWhenUnavailable === true;
}

/** Which code goes out on this socket (hl7v2.md A2); undefined when none does. Without an MSH: AR (A6). */
export function answerCode(answered: Answered): AckCode | undefined {
  if (answered.isAssembled === true || closesInstead(answered)) return undefined;
  const { header, source, outcome } = answered;
  if (header === undefined) return outcome.kind === 'done' ? 'AA' : 'AR';
  return decideAck(header, outcome.kind, source?.acknowledgement ?? 'auto');
}

/** The answer, unframed. */
export function acknowledge(answered: Answered, code: AckCode): Uint8Array {
  const { header, outcome } = answered;
  const errors = outcome.kind === 'done' ? {} : { errors: [outcome.condition] };
  return buildAck({ code, request: header, controlId: newControlId(), at: new Date(), identity, ...errors });
}

/** The application answer to a refused message, to be sent as an exchange of ours; undefined where none is asked for. */
export function applicationAck({ header, source, outcome }: Answered): ApplicationAck | undefined {
  if (header === undefined || source === undefined || outcome.kind === 'done') return undefined;
  const code = decideApplicationAck(header, outcome.kind, source.acknowledgement);
  if (code !== 'AE' && code !== 'AR') return undefined;
  const controlId = newControlId();
  const errors = [outcome.condition];
  const at = new Date();
  const bytes = buildAck({ code, request: header, controlId, at, identity, isInitiated: true, errors });
  return { code, controlId, bytes };
}

export interface ApplicationAck extends RefusedAcknowledgement {
  /** Unframed. */
  readonly bytes: Uint8Array;
}

/** HL7 table 0357, as the answer says it; 0 where nothing is wrong. */
export function conditionOf(outcome: Outcome): number {
  return outcome.kind === 'done' ? 0 : outcome.condition.code;
}
