import type { MessageHeader } from '../message/message.js';

export type AckCode = 'AA' | 'AE' | 'AR' | 'CA' | 'CE' | 'CR';

/** `unavailable` is trouble of ours that may pass: AR in original mode, CE in enhanced mode (A4). */
export type AckOutcome = 'done' | 'reject' | 'error' | 'unavailable';

/**
 * What a feed is answered (A3). `auto`: as MSH-15 and MSH-16 ask. `original`: always AA, AE, AR. `enhanced`: CA, CE, CR by
 * MSH-15, empty counting as AL. `enhanced-answer-AA`: when `auto` would send an accept code, the application code instead.
 */
export type AckPolicy = 'auto' | 'original' | 'enhanced' | 'enhanced-answer-AA';

const codes = {
  original: { done: 'AA', error: 'AE', reject: 'AR', unavailable: 'AR' },
  accept: { done: 'CA', error: 'CE', reject: 'CR', unavailable: 'CE' },
} as const;

/** Which answer goes out on the same socket (A2, table 0155); undefined when none does. */
export function decideAck(
  header: Pick<MessageHeader, 'acceptAck' | 'applicationAck'>,
  outcome: AckOutcome,
  policy: AckPolicy = 'auto',
): AckCode | undefined {
  const isOriginal = header.acceptAck === '' && header.applicationAck === '';
  if (policy === 'original' || (isOriginal && policy !== 'enhanced')) return codes.original[outcome];
  const condition = header.acceptAck === '' ? (policy === 'enhanced' ? 'AL' : 'NE') : header.acceptAck.toUpperCase();
  if (!isWanted(condition, outcome)) return undefined;
  return policy === 'enhanced-answer-AA' ? codes.original[outcome] : codes.accept[outcome];
}

/**
 * Which application answer MSH-16 asks for, as an exchange of its own (A2); undefined when none, or when the policy had it
 * said on the same socket. An acknowledgement is never acknowledged: two systems would not come to an end.
 */
export function decideApplicationAck(
  header: Pick<MessageHeader, 'applicationAck' | 'messageCode'>,
  outcome: AckOutcome,
  policy: AckPolicy = 'auto',
): AckCode | undefined {
  if (policy === 'original' || header.messageCode === 'ACK' || header.applicationAck === '') return undefined;
  return isWanted(header.applicationAck.toUpperCase(), outcome) ? codes.original[outcome] : undefined;
}

// A value outside table 0155 counts as AL: an answer too many is ignored, a missing one stops the sender.
function isWanted(condition: string, outcome: AckOutcome): boolean {
  switch (condition) {
    case 'NE':
      return false;
    case 'ER':
      return outcome !== 'done';
    case 'SU':
      return outcome === 'done';
    default:
      return true;
  }
}
