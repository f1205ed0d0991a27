import { canonicalJson } from './canonical-json.js';
import type { EventId } from './event-id.js';
import { fieldsOf, hexOf, integerOf, textOf, type Fields } from './parse-fields.js';
import { parseReceivedEvent, type ReceivedEvent } from './received-event.js';
import type { RecordKey } from './record-key.js';

/**
 * What registration signs of an event of a source that is in testing: it belongs to the test history, for good. It has no
 * leaf, so that nothing of it can be anchored, and cannot be read as a certification.
 */
export interface SignedTestVerdict {
  readonly history: 'test';
  readonly eventId: EventId;
  /** SHA-256 of the source's `signedBytes`, lower-case hex. */
  readonly headerDigest: string;
  readonly policyVersion: number;
  /** ISO 8601 UTC. */
  readonly decidedAt: string;
  /** When the bus took the event (ISO 8601 UTC): the phase that the source was in then decides the history. */
  readonly appendedAt: string;
  /** As a certification would have it: what groups the test messages of one patient. */
  readonly recordKey: RecordKey;
  /** Why it would have been refused; absent when it would have been certified. */
  readonly refusal?: { readonly code: string; readonly reason: string };
}

export interface TestVerdict extends SignedTestVerdict {
  readonly signature: {
    readonly algorithm: 'ES256';
    readonly certificateSerial: string;
    /** Over `testedBytes`, IEEE P1363 form, base64url. */
    readonly value: string;
  };
}

/** Header of a record on `clinical.tested`; raw bytes beside it, key as on `clinical.received`. */
export interface TestedEvent {
  readonly event: ReceivedEvent;
  readonly verdict: TestVerdict;
}

/** The bytes that registration's key signs: RFC 8785 form of the verdict without its signature. */
export function testedBytes(verdict: SignedTestVerdict & Partial<TestVerdict>): Uint8Array {
  const { signature, ...signed } = verdict;
  return Buffer.from(canonicalJson(signed), 'utf8');
}

/** Reads a header from the bus. Throws `Rejected('invalid-event')`. */
export function parseTestedEvent(header: Fields): TestedEvent {
  const event = parseReceivedEvent(fieldsOf(header['event'], 'event'));
  const verdict = fieldsOf(header['verdict'], 'verdict');
  for (const field of ['eventId', 'decidedAt', 'appendedAt', 'recordKey']) textOf(verdict, field);
  integerOf(verdict, 'policyVersion');
  hexOf(verdict, 'headerDigest', 32);
  fieldsOf(verdict['signature'], 'signature');
  if (verdict['refusal'] !== undefined) {
    const refusal = fieldsOf(verdict['refusal'], 'refusal');
    for (const field of ['code', 'reason']) textOf(refusal, field);
  }
  return { event, verdict: verdict as unknown as TestVerdict };
}
