import { createHash, X509Certificate } from 'node:crypto';

type BrokenRule = 'unreadable' | 'not-issued' | 'not-a-root' | 'not-in-force' | 'untrusted-root';

/** A path that holds, or the rule it breaks. */
export type CertificatePath =
  | { readonly isValid: true; readonly leaf: X509Certificate; readonly root: X509Certificate }
  | { readonly isValid: false; readonly rule: BrokenRule };

export interface PathOptions {
  /** When it had to be in force: every certificate of the path. */
  readonly at: Date;
  /** Root certificate that the verifier trusts, DER. Absent: the path's own root counts, and is to be compared. */
  readonly trustedRoot?: Uint8Array | undefined;
}

/** Checks a path, signing certificate first and root last (RFC 5280 §6, without name constraints or policies). */
export function checkPath(path: readonly string[], options: PathOptions): CertificatePath {
  const certificates = path.flatMap((der) => readCertificate(der) ?? []);
  const [leaf] = certificates;
  const root = certificates.at(-1);
  if (leaf === undefined || root === undefined || certificates.length < path.length)
    return { isValid: false, rule: 'unreadable' };
  const rule = brokenRule(certificates, { leaf, root, ...options });
  return rule === undefined ? { isValid: true, leaf, root } : { isValid: false, rule };
}

function brokenRule(
  certificates: readonly X509Certificate[],
  { leaf, root, at, trustedRoot }: PathOptions & { readonly leaf: X509Certificate; readonly root: X509Certificate },
): BrokenRule | undefined {
  const isEachIssued = certificates.every((one, index) => isIssued(one, certificates[index + 1] ?? root));
  if (!isEachIssued) return 'not-issued';
  if (!certificates.every((one) => isInForce(one, at))) return 'not-in-force';
  if (!root.ca || leaf.ca || certificates.length < 2) return 'not-a-root';
  const isTrusted = trustedRoot === undefined || Buffer.compare(root.raw, trustedRoot) === 0;
  return isTrusted ? undefined : 'untrusted-root';
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
