import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** The certificate of a peer, which the handshake has found to be issued by one of our client authorities. */
export interface ClientCertificate {
  /** `sha256:<64 hex digits>` of the whole certificate. */
  readonly fingerprint: string;
  /** Its subject, one attribute a line, sorted: the order of a name's parts differs between writers. */
  readonly subject: string;
  /** Milliseconds since 1970: connections live for days, longer than some certificates. */
  readonly validToMs: number;
}

/** Of a TLS connection; undefined on a plain one. */
export function clientCertificateOf(socket: Socket): ClientCertificate | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  return {
    fingerprint: `sha256:${certificate.fingerprint256.replaceAll(':', '').toLowerCase()}`,
    subject: sorted(certificate.subject.split('\n')),
    validToMs: Date.parse(certificate.validTo),
  };
}

/** Does a name as registration keeps it (`sha256:<hex>`, `subject:<RFC 2253 name>`) mean this certificate? */
export function isNamed(certificate: ClientCertificate, name: string): boolean {
  if (!name.startsWith('subject:')) return name === certificate.fingerprint;
  const parts = name.slice('subject:'.length).match(/(?:\\.|[^\\,])+/g) ?? [];
  return sorted(parts) === certificate.subject;
}

function sorted(attributes: readonly string[]): string {
  return attributes
    .map((one) => one.trim().replace(/^[^=]+/, (type) => type.trim().toUpperCase()))
    .filter((one) => one !== '')
    .sort()
    .join('\n');
}
