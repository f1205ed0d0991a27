import type { ClientCertificate } from '../tls/client-certificate.js';

/** One complete MLLP block, as received. */
export type Block =
  | { readonly kind: 'message'; readonly bytes: Uint8Array }
  /** Over the size limit: only its beginning was kept. */
  | { readonly kind: 'too-large'; readonly head: Uint8Array; readonly sizeBytes: number };

/** What came of a block. */
export interface Reception {
  /** Framed bytes to send; absent where the sender wants none (hl7v2.md A2). */
  readonly answer?: Uint8Array;
  /** The source is to be left without an answer: what follows on this connection is not answered either. */
  readonly closes?: true;
}

/** The peer of a connection. */
export interface Peer {
  readonly address: string;
  /** Absent on the plain listener. */
  readonly certificate?: ClientCertificate;
}

/**
 * Takes blocks of one connection in order of receipt and resolves to as many receptions in the same order. A positive
 * answer is among them only when its message is durable. Never rejects.
 */
export type Receive = (blocks: readonly Block[], peer: Peer) => Promise<readonly Reception[]>;

/** Bytes of the block that are in memory. */
export function heldBytesOf(block: Block): number {
  return block.kind === 'message' ? block.bytes.length : block.head.length;
}
