import type { Delimiters } from '../message/delimiters.js';
import type { ErrorCondition } from '../message/message-error.js';
import type { MessageHeader } from '../message/message.js';
import type { Charset } from '../text/charset.js';
import type { AckCode } from './decide-ack.js';

export interface AckOptions {
  readonly code: AckCode;
  /** Undefined when not even the MSH could be read. */
  readonly request: MessageHeader | undefined;
  /** As incoming; taken from `request.wire` when absent. */
  readonly delimiters?: Delimiters;
  /** As incoming; taken from `request.wire` when absent. */
  readonly charset?: Charset;
  readonly errors?: readonly ErrorCondition[];
  /** Our MSH-10. */
  readonly controlId: string;
  /** Our MSH-7. */
  readonly at: Date;
  /** Our MSH-3 and MSH-4. */
  readonly identity: { readonly application: string; readonly facility: string };
  /** MSA-3 where the version still has it, else ERR-7 of the first error. */
  readonly text?: string;
  /** MSA-4, only under the sequence number protocol. */
  readonly expectedSequenceNumber?: number;
}

/** The answer of rule A7, unframed. */
export function buildAck(_options: AckOptions): Uint8Array {
  return new Uint8Array(0);
}
