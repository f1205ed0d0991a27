import { randomBytes } from 'node:crypto';
import { type AckCode, buildAck, decideAck, encodeFrame } from '@anamnesis/hl7v2';
import type { Answered, Outcome } from './outcome.js';

/** Who we are in MSH-3 and MSH-4 of our answers. */
const identity = { application: 'ANAMNESIS', facility: 'HUB' };

const endBlock = 0x1c;
const space = 0x20;

/** Unique over restarts and instances, within the 20 characters that old receivers keep of MSH-10. */
const controlIdStart = randomBytes(6).toString('hex');
let controlIds = 0;

/** Is the sender to be left without an answer, as its source wants it in trouble of ours? */
export function closesInstead({ source, outcome }: Answered): boolean {
  return outcome.kind === 'unavailable' && source?.closesWhenUnavailable === true;
}

/** Which code goes out on this socket (hl7v2.md A2); undefined when none does. Without an MSH: AR (A6). */
export function answerCode(answered: Answered): AckCode | undefined {
  if (closesInstead(answered)) return undefined;
  const { header, source, outcome } = answered;
  if (header === undefined) return outcome.kind === 'done' ? 'AA' : 'AR';
  return decideAck(header, outcome.kind, source?.acknowledgement ?? 'auto');
}

/** The framed answer. */
export function acknowledge(answered: Answered, code: AckCode): Uint8Array {
  const { header, outcome } = answered;
  const errors = outcome.kind === 'done' ? {} : { errors: [outcome.condition] };
  const controlId = `${controlIdStart}${(++controlIds).toString(36)}`;
  const answer = buildAck({ code, request: header, controlId, at: new Date(), identity, ...errors });
  return encodeFrame(withoutBlockEnd(answer));
}

/** A control id that ends in 0x1C would, at the end of MSA, end the block of our answer. */
function withoutBlockEnd(answer: Uint8Array): Uint8Array {
  if (!answer.includes(endBlock)) return answer;
  return answer.map((byte) => (byte === endBlock ? space : byte));
}

/** HL7 table 0357, as the answer says it; 0 where nothing is wrong. */
export function conditionOf(outcome: Outcome): number {
  return outcome.kind === 'done' ? 0 : outcome.condition.code;
}
