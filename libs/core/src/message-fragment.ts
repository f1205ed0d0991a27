import { type EventId, parseEventId } from './event-id.js';
import { type Fields, integerOf, optionalTextOf, textOf } from './parse-fields.js';
import type { SenderAuthentication, SignedHeader } from './received-event.js';

/** How a fragment came, or all of an assembled message: what its events will say of their source. */
export interface Arrived {
  readonly facility: string;
  readonly application: string;
  readonly protocol: Exclude<SignedHeader['source']['protocol'], 'database'>;
  /** Of several fragments the weakest. */
  readonly authentication: SenderAuthentication;
  /** Canonical name of a set that the transport said, which outranks MSH-18; absent when it said none. */
  readonly charset?: string;
  /** MSH-10; of an assembled message that of its first fragment. */
  readonly controlId: string;
  /** `ORU^R01^ORU_R01`. */
  readonly messageType: string;
}

/** Header of a record on `intake.fragment` (key = source): one fragment of a message (DSC, MSH-14), its bytes beside it. */
export interface MessageFragment extends Arrived {
  /** That of the first event that the fragment would be alone: a resend has the same. */
  readonly id: EventId;
  /** MSH-14; empty in the first fragment. */
  readonly continues: string;
  /** DSC-1; empty in the last fragment. */
  readonly pointer: string;
  /** ISO 8601 UTC. */
  readonly receivedAt: string;
}

/** Header of a record on `intake.assembled` (key = source): all fragments of a message, put together beside it. */
export interface AssembledMessage extends Arrived {
  /** Of the first fragment. */
  readonly id: EventId;
  readonly fragments: number;
}

/** Reads a header from the bus. Throws `Rejected('invalid-event')`. */
export function parseMessageFragment(header: Fields): MessageFragment {
  parseArrived(header);
  for (const field of ['continues', 'pointer', 'receivedAt']) textOf(header, field);
  return header as unknown as MessageFragment;
}

/** Reads a header from the bus. Throws `Rejected('invalid-event')`. */
export function parseAssembledMessage(header: Fields): AssembledMessage {
  parseArrived(header);
  integerOf(header, 'fragments');
  return header as unknown as AssembledMessage;
}

function parseArrived(header: Fields): void {
  parseEventId(header['id']);
  for (const field of ['facility', 'application', 'protocol', 'authentication', 'controlId', 'messageType'])
    textOf(header, field);
  optionalTextOf(header, 'charset');
}
