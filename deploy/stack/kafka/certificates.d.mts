/** A certificate authority in a directory, for services on loopback. */
export class CertificateAuthority {
  constructor(directory: string);
  /** PEM, for those who trust it. */
  get caFile(): string;
  /** Makes its own certificate at the first call. */
  open(): Promise<void>;
  /** Certificate (PEM) and key (PKCS #8) of an identity on loopback, as client and as server; made at the first call. */
  issue(name: string): Promise<{ readonly certFile: string; readonly keyFile: string }>;
}
