import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 24 * 60 * 60 * 1000;

/** PEM, as the files of a listener or a sender hold it. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
  /** As registration names it. */
  readonly fingerprint: string;
}

/** A certificate authority of a hospital, made for one test. */
export class TestAuthority {
  private constructor(
    private readonly certificate: X509Certificate,
    private readonly keys: webcrypto.CryptoKeyPair,
  ) {}

  static async make(name: string): Promise<TestAuthority> {
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const certificate = await X509CertificateGenerator.createSelfSigned(
      { ...validity(dayMs), name: `CN=${name}`, keys, extensions: [new BasicConstraintsExtension(true, 0, true)] },
      webcrypto,
    );
    return new TestAuthority(certificate, keys);
  }

  get pem(): string {
    return this.certificate.toString('pem');
  }

  /** For a server on loopback or for a client; `lifeMs` from now on. */
  async issue(subject: string, lifeMs = dayMs): Promise<Identity> {
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const certificate = await X509CertificateGenerator.create(
      {
        ...validity(lifeMs),
        subject,
        issuer: this.certificate.subject,
        publicKey: keys.publicKey,
        signingKey: this.keys.privateKey,
        signingAlgorithm: algorithm,
        extensions: [new SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])],
      },
      webcrypto,
    );
    const digest = Buffer.from(await certificate.getThumbprint('SHA-256', webcrypto)).toString('hex');
    return {
      cert: certificate.toString('pem'),
      key: KeyObject.from(keys.privateKey).export({ format: 'pem', type: 'pkcs8' }).toString(),
      fingerprint: `sha256:${digest}`,
    };
  }
}

function validity(lifeMs: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + lifeMs) };
}
