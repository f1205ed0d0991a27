import type { RefusedAcknowledgement } from './acknowledgement-request.js';

/** Header of a record on `intake.refused` (key = source; a body only with `acknowledgement`): a message answered negatively, or dropped. */
export interface IntakeRefusal {
  /** Opaque and unique. */
  readonly id: string;
  /** As sent, cut to 64 characters; empty when unreadable. */
  readonly facility: string;
  readonly application: string;
  /** As sent, cut to 199 characters. */
  readonly controlId: string;
  /** `ADT^A01`; empty when unreadable. */
  readonly messageType: string;
  /** ISO 8601 UTC. */
  readonly receivedAt: string;
  /** AE, AR, CE, CR, or `none` when the sender wanted no answer. */
  readonly answer: string;
  /** HL7 table 0357. */
  readonly condition: number;
  /** ERR-2 form (`PID^1^3`); empty when the whole message is meant. */
  readonly location: string;
  /** Names fields and rules, never values. */
  readonly reason: string;
  readonly sizeBytes: number;
  /** What its sender is owed by MSH-16; the body of the record is that answer, and nothing of the message. */
  readonly acknowledgement?: RefusedAcknowledgement;
  /** Not for what was sent: we could not take it then, or its sender was not let in yet. */
  readonly isOurs?: true;
}
