import { randomBytes } from 'node:crypto';
import { type AckCode, buildAck, decideAck, encodeFrame } from '@anamnesis/hl7v2';
import type { Answered, Outcome } from './outcome.js';

/** Who we are in MSH-3 and MSH-4 of our answers. */
const identity = { application: 'ANAMNESIS', facility: 'HUB' };

/** Unique over restarts and instances, within the 20 characters that old receivers keep of MSH-10. */
const controlIdStart = randomBytes(6).toString('hex');
let controlIds = 0;

/** Which code goes out on this socket (hl7v2.md A2); undefined when none does. Without an MSH: AR (A6). */
export function answerCode({ header, source, outcome }: Answered): AckCode | undefined {
  if (header === undefined) return outcome.kind === 'done' ? 'AA' : 'AR';
  return decideAck(header, outcome.kind, source?.acknowledgement ?? 'auto');
}

/** The framed answer. */
export function acknowledge(answered: Answered, code: AckCode): Uint8Array {
  const { header, outcome } = answered;
  const errors = outcome.kind === 'done' ? {} : { errors: [outcome.condition] };
  const controlId = `${controlIdStart}${(++controlIds).toString(36)}`;
  return encodeFrame(buildAck({ code, request: header, controlId, at: new Date(), identity, ...errors }));
}

/** HL7 table 0357, as the answer says it; 0 where nothing is wrong. */
export function conditionOf(outcome: Outcome): number {
  return outcome.kind === 'done' ? 0 : outcome.condition.code;
}
