import { canonicalJson } from './canonical-json.js';
import type { EventId } from './event-id.js';
import { fieldsOf, hexOf, integerOf, textOf, type Fields } from './parse-fields.js';
import { parseReceivedEvent, type ReceivedEvent, type SignedHeader } from './received-event.js';
import type { RecordKey } from './record-key.js';

/** Which patient record the event belongs to, as the person index knew it when it decided. */
export interface PersonHint {
  readonly recordKey: RecordKey;
  /** Place of the record among all, by first certification, from 1: the person's id is that of the lowest. */
  readonly recordOrdinal: number;
}

/** What registration signs. */
export interface SignedCertification {
  readonly eventId: EventId;
  /** SHA-256 of the source's `signedBytes`, lower-case hex. */
  readonly headerDigest: string;
  readonly policyVersion: number;
  /** ISO 8601 UTC: the bus's append time of the received record decides, this says when we decided. */
  readonly decidedAt: string;
  /** When the bus took the event (ISO 8601 UTC): what a revocation is compared with. */
  readonly appendedAt: string;
  /** 1, and one more each time an operator requeued the event after a refusal. */
  readonly generation: number;
  /** Absent for messages without a patient. */
  readonly person?: PersonHint;
  /** Key of the commitment secret: the patient record, or the source for messages without a patient. */
  readonly recordKey: RecordKey;
  /** `commitment(leafKey, …)`, lower-case hex. */
  readonly leaf: string;
}

export interface Certification extends SignedCertification {
  readonly signature: {
    readonly algorithm: 'ES256';
    readonly certificateSerial: string;
    /** Over `certifiedBytes`, IEEE P1363 form, base64url. */
    readonly value: string;
  };
}

/** Header of a record on `clinical.certified`; raw bytes beside it, key as on `clinical.received`. */
export interface CertifiedEvent {
  readonly event: ReceivedEvent;
  readonly certification: Certification;
}

/** The bytes that registration's key signs: RFC 8785 form of the certification without its signature. */
export function certifiedBytes(certification: SignedCertification & Partial<Certification>): Uint8Array {
  const { signature, ...signed } = certification;
  return Buffer.from(canonicalJson(signed), 'utf8');
}

/** Reads a header from the bus. Throws `Rejected('invalid-event')`. */
export function parseCertifiedEvent(header: Fields): CertifiedEvent {
  parseReceivedEvent(fieldsOf(header['event'], 'event'));
  const certification = fieldsOf(header['certification'], 'certification');
  for (const field of ['eventId', 'decidedAt', 'appendedAt', 'recordKey']) textOf(certification, field);
  for (const field of ['policyVersion', 'generation']) integerOf(certification, field);
  for (const field of ['headerDigest', 'leaf']) hexOf(certification, field, 32);
  fieldsOf(certification['signature'], 'signature');
  return header as unknown as CertifiedEvent;
}

/** The header without what is derived: what evidence shows. */
export function signedHeaderOf({ resources, signature, ...header }: ReceivedEvent): SignedHeader {
  return header;
}
