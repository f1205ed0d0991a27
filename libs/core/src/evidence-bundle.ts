import type { Certification } from './certified-event.js';
import type { EventSignature } from './event-signature.js';
import type { SignedHeader } from './received-event.js';

export const evidenceFormat = 'anamnesis-evidence/1';

/**
 * Registration's own certificates have this URI among their subject alternative names, and those of sources never: both come
 * from one authority, and a source must not certify what it sent.
 */
export const registrationUri = 'urn:anamnesis:registration';

/** Where an anchored event stands: its leaf in the batch, the batch on the ledger. */
export interface Anchoring<LedgerEvidence> {
  /** Position of the leaf in the batch, from 0. */
  readonly index: number;
  /** RFC 6962 audit path from the leaf to the batch's root, lower-case hex. */
  readonly auditPath: readonly string[];
  /** Names the batch (id, root, size, previous root) and proves that the ledger holds it. */
  readonly ledger: LedgerEvidence;
}

/**
 * Everything a third party needs to check one event without us: `GET /evidence/{eventId}`, read by `npm run verify`.
 * Each member is covered by a digest or a signature, there is no free text, and unknown members fail.
 */
export interface EvidenceBundle<LedgerEvidence = unknown> {
  readonly format: typeof evidenceFormat;
  /** What the source's key signed. */
  readonly event: SignedHeader;
  readonly signature: EventSignature;
  /** The bytes as received but for what `event.raw.detached` lists, base64: their digest stands in `event`. */
  readonly raw: string;
  /** What registration signed; names the digest of `event` and the leaf. */
  readonly certification: Certification;
  /** Opens the leaf of this event and of no other, lower-case hex. */
  readonly leafKey: string;
  /** Certificate of each signing key, then its issuers up to the root: DER, base64. */
  readonly certificates: { readonly source: readonly string[]; readonly registration: readonly string[] };
  /** null while the batch is not anchored yet. */
  readonly anchoring: Anchoring<LedgerEvidence> | null;
}
