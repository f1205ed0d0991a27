import { createHash, X509Certificate } from 'node:crypto';

/** A path that holds, or the rule it breaks. */
export type CertificatePath =
  | { readonly isValid: true; readonly leaf: X509Certificate; readonly root: X509Certificate }
  | {
      readonly isValid: false;
      readonly rule: 'unreadable' | 'not-issued' | 'not-a-root' | 'not-in-force' | 'untrusted-root';
    };

export interface PathOptions {
  /** When it had to be in force: every certificate of the path. */
  readonly at: Date;
  /** Root certificate that the verifier trusts, DER. Absent: the path's own root counts, and is to be compared. */
  readonly trustedRoot?: Uint8Array | undefined;
}

/** Checks a path, signing certificate first and root last (RFC 5280 §6, without name constraints or policies). */
export function checkPath(path: readonly string[], { at, trustedRoot }: PathOptions): CertificatePath {
  const certificates = path.map(readCertificate);
  const [leaf] = certificates;
  const root = certificates.at(-1);
  if (leaf === undefined || root === undefined || certificates.includes(undefined))
    return { isValid: false, rule: 'unreadable' };
  for (const [index, certificate] of certificates.entries()) {
    const issuer = certificates[index + 1] ?? root;
    if (certificate === undefined || !isIssued(certificate, issuer)) return { isValid: false, rule: 'not-issued' };
    if (!isInForce(certificate, at)) return { isValid: false, rule: 'not-in-force' };
  }
  if (!root.ca || leaf.ca || certificates.length < 2) return { isValid: false, rule: 'not-a-root' };
  if (trustedRoot !== undefined && Buffer.compare(root.raw, trustedRoot) !== 0)
    return { isValid: false, rule: 'untrusted-root' };
  return { isValid: true, leaf, root };
}

/** SHA-256 of the certificate, lower-case hex: what `openssl x509 -fingerprint -sha256` shows. */
export function certificateFingerprint(certificate: X509Certificate): string {
  return createHash('sha256').update(certificate.raw).digest('hex');
}

function readCertificate(der: string): X509Certificate | undefined {
  const bytes = Buffer.from(der, 'base64');
  try {
    const certificate = new X509Certificate(bytes);
    // What stands behind the certificate's end is not part of it, hence not covered by its signature.
    return Buffer.compare(certificate.raw, bytes) === 0 ? certificate : undefined;
  } catch {
    return undefined; // not a certificate: that is the answer
  }
}

function isIssued(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && issuer.ca && certificate.verify(issuer.publicKey);
}

function isInForce({ validFrom, validTo }: X509Certificate, at: Date): boolean {
  // Certificates count whole seconds.
  const seconds = Math.floor(at.getTime() / 1000);
  return Date.parse(validFrom) / 1000 <= seconds && seconds <= Date.parse(validTo) / 1000;
}
