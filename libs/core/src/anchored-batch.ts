import type { EventId } from './event-id.js';
import { fieldsOf, hexOf, listOf, textOf, type Fields } from './parse-fields.js';

/**
 * Header of a record on `clinical.anchored`: one per sealed batch, key = batch id, no body. The anchor and the ledger's
 * evidence are unions of `libs/ledger`; this room only carries them.
 */
export interface AnchoredBatch {
  readonly batchId: string;
  /** Merkle root over the leaves in order (RFC 6962), lower-case hex. */
  readonly root: string;
  readonly previousRoot: string;
  readonly leaves: readonly { readonly eventId: EventId; readonly leaf: string }[];
  readonly anchor: Fields;
  readonly evidence: Fields;
  /** ISO 8601 UTC. */
  readonly anchoredAt: string;
}

/** Reads a header from the bus. Throws `Rejected('invalid-event')`. */
export function parseAnchoredBatch(header: Fields): AnchoredBatch {
  textOf(header, 'batchId');
  textOf(header, 'anchoredAt');
  hexOf(header, 'root', 32);
  hexOf(header, 'previousRoot', 32);
  for (const one of listOf(header, 'leaves')) {
    const leaf = fieldsOf(one, 'leaves');
    textOf(leaf, 'eventId');
    hexOf(leaf, 'leaf', 32);
  }
  fieldsOf(header['anchor'], 'anchor');
  fieldsOf(header['evidence'], 'evidence');
  return header as unknown as AnchoredBatch;
}
