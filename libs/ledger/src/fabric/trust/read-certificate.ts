import { X509Certificate } from 'node:crypto';

/** A channel has a few dozen; reading one costs ten times as much as checking a signature with it. */
const knownMax = 512;
const known = new Map<string, X509Certificate>();
const issued = new WeakMap<X509Certificate, WeakMap<X509Certificate, boolean>>();

/** Reads a certificate, PEM or DER. Throws for what is none. The same bytes are read once, whatever is judged with them. */
export function readCertificate(bytes: Buffer): X509Certificate {
  const key = bytes.toString('latin1');
  const certificate = known.get(key) ?? new X509Certificate(bytes);
  if (known.size >= knownMax) known.delete(known.keys().next().value ?? '');
  known.set(key, certificate);
  return certificate;
}

/** Whether the issuer's name and signature are on the certificate; when either was in force is another question. */
export function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  const known = issued.get(certificate) ?? new WeakMap<X509Certificate, boolean>();
  issued.set(certificate, known);
  const answer =
    known.get(issuer) ?? (issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey));
  known.set(issuer, answer);
  return answer;
}
