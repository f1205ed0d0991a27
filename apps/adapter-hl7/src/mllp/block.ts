import type { SenderAuthentication, SourceFact } from '@anamnesis/core';
import type { ErrorCondition } from '@anamnesis/hl7v2';
import type { Refusal } from '../intake/outcome.js';
import type { ClientCertificate } from '../tls/client-certificate.js';

/** One complete MLLP block as received, or one message of such a block. */
export type Block =
  | { readonly kind: 'message'; readonly bytes: Uint8Array }
  /** A batch of which nothing is read; `bytes` begin with an MSH made of its header. */
  | { readonly kind: 'refused-batch'; readonly bytes: Uint8Array; readonly condition: ErrorCondition }
  /** Over the size limit: only its beginning was kept. */
  | { readonly kind: 'too-large'; readonly head: Uint8Array; readonly sizeBytes: number };

/** What came of a block. */
export interface Reception {
  /** The HL7 answer, unframed; absent where the sender wants none (hl7v2.md A2). */
  readonly answer?: Uint8Array;
  /** Canonical name of the set that the answer is written in. */
  readonly charset?: string;
  /** Why it was not taken; for the block of one message alone. */
  readonly refusal?: Refusal;
  /** Which answers its source wants of a batch; absent: all. */
  readonly wanted?: SourceFact['batchAcknowledgement'];
  /** The source is to be left without an answer: what follows on this connection is not answered either. */
  readonly closes?: true;
}

/** The peer of a connection. */
export interface Peer {
  readonly address: string;
  /** Absent on the plain listener. */
  readonly certificate?: ClientCertificate;
  /** Absent: MLLP. */
  readonly protocol?: 'hl7v2-http' | 'hl7v2-file';
  /** Canonical name of a set that the transport says, which outranks MSH-18 (HL7 over HTTP). */
  readonly charset?: string;
  /** Of a message put together from fragments: how those were authenticated. */
  readonly authentication?: SenderAuthentication;
}

/**
 * Takes blocks of one connection in order of receipt and resolves to as many receptions in the same order. A positive
 * answer is among them only when its message is durable. Never rejects.
 */
export type Receive = (blocks: readonly Block[], peer: Peer) => Promise<readonly Reception[]>;

/** Bytes of the block that are in memory. */
export function heldBytesOf(block: Block): number {
  return block.kind === 'too-large' ? block.head.length : block.bytes.length;
}
