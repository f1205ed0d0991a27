import { X509Certificate } from 'node:crypto';
import { type CertifiedEvent, type EvidenceBundle, evidenceFormat, MerkleTree, signedHeaderOf } from '@anamnesis/core';
import type { EventEvidence, CertificatePath } from '@anamnesis/runtime';

const leafBytes = 32;

/** What query knows of the batch that an event is in. */
export interface AnchoredPlace {
  /** The leaves in order, 32 bytes each. */
  readonly leaves: Uint8Array;
  /** Of the event's leaf, from 0. */
  readonly position: number;
  /** The ledger's evidence, as it was announced. */
  readonly evidence: unknown;
}

/** The bundle for one event. `place` is absent while its batch is not anchored. */
export function assembleEvidence(
  { header, raw }: { readonly header: CertifiedEvent; readonly raw: Uint8Array },
  known: EventEvidence,
  place?: AnchoredPlace,
): EvidenceBundle {
  return {
    format: evidenceFormat,
    event: signedHeaderOf(header.event),
    signature: header.event.signature,
    raw: Buffer.from(raw).toString('base64'),
    certification: header.certification,
    leafKey: known.leafKey,
    certificates: { source: derOf(known.source), registration: derOf(known.registration) },
    anchoring: place === undefined ? null : anchoringOf(place),
  };
}

function anchoringOf({ leaves, position, evidence }: AnchoredPlace): EvidenceBundle['anchoring'] {
  const tree = new MerkleTree(leavesOf(leaves));
  const auditPath = tree.inclusionProof(position).map((hash) => Buffer.from(hash).toString('hex'));
  return { index: position, auditPath, ledger: evidence };
}

export function leavesOf(bytes: Uint8Array): readonly Uint8Array[] {
  return Array.from({ length: Math.floor(bytes.length / leafBytes) }, (_, index) =>
    bytes.subarray(index * leafBytes, (index + 1) * leafBytes),
  );
}

function derOf({ certificate, chain }: CertificatePath): readonly string[] {
  return [certificate, ...chain].map((pem) => new X509Certificate(pem).raw.toString('base64'));
}
