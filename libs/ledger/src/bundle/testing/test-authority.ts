import 'reflect-metadata';
import { createPrivateKey, randomBytes, sign, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { Certification } from '@anamnesis/core';

const signingAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const keyAlgorithms = {
  ECDSA: signingAlgorithm,
  Ed25519: { name: 'Ed25519' },
  'RSASSA-PKCS1-v1_5': {
    ...{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    ...{ modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) },
  },
} as const;
const usages: webcrypto.KeyUsage[] = ['sign', 'verify'];

/** A key with its certificate. */
export interface TestSigner {
  /** Certificate and root: DER, base64. */
  readonly path: readonly string[];
  sign(bytes: Uint8Array): Certification['signature'];
}

export interface TestCertificate {
  /** Of the subject alternative name. */
  readonly uris: readonly string[];
  readonly from?: Date;
  readonly to?: Date;
  /** Of the key; only ECDSA can sign events. */
  readonly name?: keyof typeof keyAlgorithms;
}

/** A root like that of a deployment. */
export class TestAuthority {
  private constructor(
    private readonly root: X509Certificate,
    private readonly key: webcrypto.CryptoKey,
  ) {}

  static async make(): Promise<TestAuthority> {
    const keys = await makeKeys('ECDSA');
    const extensions = [new BasicConstraintsExtension(true, 0, true)];
    const name = 'CN=Test root';
    const root = await X509CertificateGenerator.createSelfSigned(
      { ...validity({}), name, keys, signingAlgorithm, extensions },
      webcrypto,
    );
    return new TestAuthority(root, keys.privateKey);
  }

  get der(): Uint8Array {
    return new Uint8Array(this.root.rawData);
  }

  async issue({ uris, name = 'ECDSA', ...dates }: TestCertificate): Promise<TestSigner> {
    const keys = await makeKeys(name);
    const serial = `1${randomBytes(8).toString('hex').slice(1)}`;
    const certificate = await X509CertificateGenerator.create(
      {
        ...validity(dates),
        ...{ serialNumber: serial, subject: 'CN=Test', issuer: this.root.subject, signingAlgorithm },
        ...{ publicKey: keys.publicKey, signingKey: this.key },
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new SubjectAlternativeNameExtension(uris.map((value) => ({ type: 'url' as const, value }))),
        ],
      },
      webcrypto,
    );
    const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
    const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    return {
      path: [certificate, this.root].map(({ rawData }) => Buffer.from(rawData).toString('base64')),
      sign: (bytes) => {
        const value = sign('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
        return { algorithm: 'ES256', certificateSerial: serial, value };
      },
    };
  }
}

async function makeKeys(name: keyof typeof keyAlgorithms): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(keyAlgorithms[name], true, usages)) as webcrypto.CryptoKeyPair;
}

function validity({
  from = new Date('2024-01-01'),
  to = new Date('2034-01-01'),
}: Pick<TestCertificate, 'from' | 'to'>) {
  return { notBefore: from, notAfter: to };
}
