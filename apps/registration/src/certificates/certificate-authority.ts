import 'reflect-metadata';
import { createPrivateKey, type KeyObject, randomBytes, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  type JsonName,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
  X509CrlGenerator,
} from '@peculiar/x509';
import { seal, unseal } from '@anamnesis/core';

export const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' } as const;
const dayMs = 24 * 60 * 60 * 1000;
/** Clocks of adapters may be behind ours. */
const notBeforeSlackMs = 5 * 60 * 1000;
const revocationListDays = 7;

/** A certificate with its private key, as stored: the key sealed. */
export interface SealedIdentity {
  readonly serial: string;
  /** PEM. */
  readonly certificate: string;
  readonly sealedKey: Uint8Array;
  readonly notBefore: string;
  readonly notAfter: string;
}

export interface IssuedCertificate {
  readonly serial: string;
  /** PEM. */
  readonly certificate: string;
  readonly notBefore: string;
  readonly notAfter: string;
}

export interface IssueOptions {
  readonly subject: JsonName;
  /** URIs of the subject alternative name. */
  readonly uris: readonly string[];
  readonly days: number;
}

/** The deployment's X.509 authority: one self-signed root (ECDSA P-256) that signs every other certificate. */
export class CertificateAuthority {
  private constructor(
    /** PEM. */
    readonly certificate: string,
    private readonly root: X509Certificate,
    private readonly key: webcrypto.CryptoKey,
  ) {}

  /** Makes a root. Its key leaves this function sealed under `kek`. */
  static async make(kek: Uint8Array, days: number): Promise<SealedIdentity> {
    const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
    const dates = validity(days);
    const serial = randomSerial();
    const root = await X509CertificateGenerator.createSelfSigned(
      {
        serialNumber: serial,
        name: [{ CN: ['Anamnesis root'] }, { O: ['Anamnesis'] }],
        keys,
        signingAlgorithm,
        ...dates,
        extensions: [
          new BasicConstraintsExtension(true, 0, true),
          new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        ],
      },
      webcrypto,
    );
    const sealedKey = await sealKey(keys.privateKey, kek, 'root');
    return { serial, certificate: root.toString('pem'), sealedKey, ...isoOf(dates) };
  }

  static async open(
    kek: Uint8Array,
    identity: Pick<SealedIdentity, 'certificate' | 'sealedKey'>,
  ): Promise<CertificateAuthority> {
    const pkcs8 = unseal(kek, identity.sealedKey, keyContext('root'));
    const key = await webcrypto.subtle.importKey('pkcs8', pkcs8, keyAlgorithm, false, ['sign']);
    const root = new X509Certificate(identity.certificate);
    return new CertificateAuthority(identity.certificate, root, key);
  }

  /** Signs a certificate for `publicKey`, good for signatures and TLS clients and for issuing nothing. */
  async issue(publicKey: webcrypto.CryptoKey, { subject, uris, days }: IssueOptions): Promise<IssuedCertificate> {
    const dates = validity(days);
    const serial = randomSerial();
    const made = await X509CertificateGenerator.create(
      {
        serialNumber: serial,
        subject,
        issuer: this.root.subjectName,
        publicKey,
        signingKey: this.key,
        signingAlgorithm,
        ...dates,
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          new SubjectAlternativeNameExtension(uris.map((value) => ({ type: 'url' as const, value }))),
        ],
      },
      webcrypto,
    );
    return { serial, certificate: made.toString('pem'), ...isoOf(dates) };
  }

  /** Makes a key of registration's own and a certificate for it. */
  async makeIdentity(kek: Uint8Array, options: IssueOptions): Promise<SealedIdentity> {
    const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
    const issued = await this.issue(keys.publicKey, options);
    return { ...issued, sealedKey: await sealKey(keys.privateKey, kek, 'registration') };
  }

  /** Certificate revocation list (RFC 5280 §5), PEM. */
  async revocationList(revoked: readonly { serial: string; revokedAt: string }[]): Promise<string> {
    const now = Date.now();
    const list = await X509CrlGenerator.create(
      {
        issuer: this.root.subject,
        thisUpdate: new Date(now),
        nextUpdate: new Date(now + revocationListDays * dayMs),
        entries: revoked.map(({ serial, revokedAt }) => ({
          serialNumber: serial,
          revocationDate: new Date(revokedAt),
        })),
        signingAlgorithm,
        signingKey: this.key,
      },
      webcrypto,
    );
    return list.toString('pem');
  }
}

/** Private key of registration, for `node:crypto`. */
export function openSigningKey(kek: Uint8Array, sealedKey: Uint8Array): KeyObject {
  const der = Buffer.from(unseal(kek, sealedKey, keyContext('registration')));
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

async function sealKey(key: webcrypto.CryptoKey, kek: Uint8Array, name: string): Promise<Uint8Array> {
  return seal(kek, new Uint8Array(await webcrypto.subtle.exportKey('pkcs8', key)), keyContext(name));
}

function keyContext(name: string): string {
  return `anamnesis/signing-key/${name}`;
}

/** 127 random bits; the first digit is never 0, so that no reader's spelling drops it. */
function randomSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x6f) | 0x10;
  return bytes.toString('hex');
}

function validity(days: number): { notBefore: Date; notAfter: Date } {
  // X.509 times have no milliseconds: what is stored must be what is signed.
  const second = Math.floor(Date.now() / 1000) * 1000;
  return { notBefore: new Date(second - notBeforeSlackMs), notAfter: new Date(second + days * dayMs) };
}

function isoOf(dates: { notBefore: Date; notAfter: Date }): { notBefore: string; notAfter: string } {
  return { notBefore: dates.notBefore.toISOString(), notAfter: dates.notAfter.toISOString() };
}
