import { createHash, verify, type X509Certificate } from 'node:crypto';
import {
  carriedDigest,
  certifiedBytes,
  commitment,
  type EvidenceBundle,
  registrationUri,
  signatureInput,
  signedBytes,
  verifyInclusion,
} from '@anamnesis/core';
import type { FabricTrust } from '../fabric/trust/fabric-trust.js';
import type { LedgerEvidence, LedgerTrust } from '../ledger.js';
import { type AnchorVerdict, verifyAnchor } from '../verify.js';
import { certificateFingerprint, checkPath } from './certificate-path.js';

export interface BundleTrust {
  /** Root certificate of the deployment, DER. */
  readonly root?: Uint8Array | undefined;
  readonly ledger?: LedgerTrust | undefined;
  /** Beside `ledger`, for who believes a log and a channel: each judges its own evidence. */
  readonly fabric?: FabricTrust | undefined;
}

/** What was checked, in this order; the first that fails names what was altered. */
export type BundleRule =
  | 'raw-digest'
  | 'source-certificate'
  | 'source-signature'
  | 'registration-certificate'
  | 'one-root'
  | 'certified-header'
  | 'registration-signature'
  | 'leaf'
  | 'audit-path'
  | 'ledger';

export type BundleVerdict =
  | {
      readonly verdict: 'valid' | 'anchoring';
      /** SHA-256 of the root certificate, hex. */
      readonly rootFingerprint: string;
      /** False: the root came with the bundle, which then proves no more than that it agrees with itself. */
      readonly isRootTrusted: boolean;
      /** Absent while anchoring. */
      readonly ledger?: AnchorVerdict;
    }
  | { readonly verdict: 'mismatch'; readonly rule: BundleRule; readonly detail?: string };

/** Judges a parsed bundle offline, with nothing but what is handed in. Never throws on a parsed bundle. */
export function verifyBundle(bundle: EvidenceBundle<LedgerEvidence>, trust: BundleTrust = {}): BundleVerdict {
  const { certification, anchoring } = bundle;
  const custody = verifyCustody(bundle, trust);
  if ('verdict' in custody) return custody;
  const proven = { ...custody, isRootTrusted: trust.root !== undefined };
  if (anchoring === null) return { verdict: 'anchoring', ...proven };
  if (!isInBatch(certification.leaf, anchoring)) return mismatch('audit-path');
  const ledger = verifyAnchor({ evidence: anchoring.ledger, trust: ledgerTrust(anchoring.ledger, trust) });
  return ledger.verdict === 'mismatch' ? mismatch('ledger', ledger.reason) : { verdict: 'valid', ...proven, ledger };
}

/** Trust in one kind of ledger is no trust in another: evidence of a kind that the verifier does not name is a mismatch. */
function ledgerTrust({ ledger }: LedgerEvidence, trust: BundleTrust): LedgerTrust | undefined {
  return ledger === 'fabric' ? (trust.fabric ?? trust.ledger) : (trust.ledger ?? trust.fabric);
}

/** From the bytes to the leaf: who signed and who certified, under one root. */
function verifyCustody(
  bundle: EvidenceBundle<LedgerEvidence>,
  trust: BundleTrust,
): { readonly rootFingerprint: string } | BundleVerdict {
  const { event, certification, certificates } = bundle;
  // Of a message with detached values the rest is here; the source signed the digests of the whole and of each value.
  if (digest(Buffer.from(bundle.raw, 'base64')) !== carriedDigest(event)) return mismatch('raw-digest');
  const trustedRoot = trust.root;
  const source = checkPath(certificates.source, { at: new Date(certification.appendedAt), trustedRoot });
  if (!source.isValid) return mismatch('source-certificate', source.rule);
  const signed = signatureInput(signedBytes(event), bundle.signature.tree);
  if (signed === undefined || !isSigned(signed, bundle.signature, source.leaf)) return mismatch('source-signature');
  // It may have certified the event days after the bus took it, with a key that it did not have before.
  const registration = checkPath(certificates.registration, { at: new Date(certification.decidedAt), trustedRoot });
  if (!registration.isValid) return mismatch('registration-certificate', registration.rule);
  if (!isOfRegistration(registration.leaf)) return mismatch('registration-certificate', 'not-of-registration');
  const rootFingerprint = certificateFingerprint(source.root);
  if (rootFingerprint !== certificateFingerprint(registration.root)) return mismatch('one-root');
  const rule = certificationMismatch(bundle, registration.leaf);
  return rule === undefined ? { rootFingerprint } : mismatch(rule);
}

function certificationMismatch(
  bundle: EvidenceBundle<LedgerEvidence>,
  certificate: X509Certificate,
): BundleRule | undefined {
  const { event, certification } = bundle;
  if (certification.eventId !== event.id || certification.headerDigest !== digest(signedBytes(event)))
    return 'certified-header';
  if (!isSigned(certifiedBytes(certification), certification.signature, certificate)) return 'registration-signature';
  const leafKey = Buffer.from(bundle.leafKey, 'hex');
  const leaf = commitment(leafKey, event.id, Buffer.from(event.raw.digest, 'hex'));
  return Buffer.from(leaf).toString('hex') === certification.leaf ? undefined : 'leaf';
}

function isInBatch(
  leaf: string,
  { index, auditPath, ledger }: NonNullable<EvidenceBundle<LedgerEvidence>['anchoring']>,
) {
  const { root, size } = ledger.entry;
  const proof = auditPath.map((one) => Buffer.from(one, 'hex'));
  return verifyInclusion({ leaf: Buffer.from(leaf, 'hex'), index, size, proof, root: Buffer.from(root, 'hex') });
}

function isSigned(
  bytes: Uint8Array,
  signature: { readonly algorithm: string; readonly certificateSerial: string; readonly value: string },
  certificate: X509Certificate,
): boolean {
  const value = Buffer.from(signature.value, 'base64url');
  const isSpelledOnce = value.toString('base64url') === signature.value;
  const isNamed = normalSerial(certificate.serialNumber) === normalSerial(signature.certificateSerial);
  const isLowerCase = signature.certificateSerial === signature.certificateSerial.toLowerCase();
  if (signature.algorithm !== 'ES256' || !isSpelledOnce || !isNamed || !isLowerCase) return false;
  return verify('sha256', bytes, { key: certificate.publicKey, dsaEncoding: 'ieee-p1363' }, value);
}

/** The authority writes the names of sources percent-encoded: none of them has a comma in it. */
function isOfRegistration({ subjectAltName = '' }: X509Certificate): boolean {
  return subjectAltName.split(', ').includes(`URI:${registrationUri}`);
}

/** DER writes a zero in front of a high first bit, printers do not. */
function normalSerial(serial: string): string {
  return serial.toLowerCase().replace(/^0+/, '');
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function mismatch(rule: BundleRule, detail?: string): BundleVerdict {
  return { verdict: 'mismatch', rule, ...(detail !== undefined && { detail }) };
}
