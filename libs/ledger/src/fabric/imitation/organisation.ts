import 'reflect-metadata';
import { createPrivateKey, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { FabricRole } from '../trust/fabric-trust.js';

const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' } as const;
const dayMs = 24 * 3_600_000;

/** PEM. */
export interface Identity {
  readonly certificate: string;
  readonly privateKey: string;
}

interface Validity {
  readonly fromDays?: number;
  readonly toDays?: number;
}

export interface IssueOptions extends Validity {
  /** A second organisational unit in the same part of the name as the role, as Fabric CA writes affiliations. */
  readonly affiliation?: string;
}

interface Authority {
  readonly certificate: X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

/** An organisation with a certificate authority of its own; the role of a certificate stands in its OU, as NodeOUs want it. */
export class Organisation {
  private constructor(
    readonly mspId: string,
    private readonly authority: Authority,
  ) {}

  /** `above` makes the authority an intermediate one. */
  static async make(mspId: string, above?: Organisation): Promise<Organisation> {
    const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
    const subject = `CN=ca${above ? '2' : ''}.${mspId}`;
    const certificate = await X509CertificateGenerator.create(
      {
        subject,
        issuer: above?.authority.certificate.subject ?? subject,
        ...{ publicKey: keys.publicKey, signingKey: above?.authority.keys.privateKey ?? keys.privateKey },
        ...{ signingAlgorithm, ...validity({ fromDays: -1, toDays: 3650 }) },
        extensions: [
          new BasicConstraintsExtension(true, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
        ],
      },
      webcrypto,
    );
    return new Organisation(mspId, { certificate, keys });
  }

  /** PEM of its authority. */
  get root(): string {
    return this.authority.certificate.toString('pem');
  }

  async issue(role: FabricRole | 'none', { affiliation, ...days }: IssueOptions = {}): Promise<Identity> {
    const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
    const certificate = await X509CertificateGenerator.create(
      {
        subject: [
          { OU: [role, ...(affiliation === undefined ? [] : [affiliation])] },
          { CN: [`${role}.${this.mspId}`] },
        ],
        issuer: this.authority.certificate.subject,
        ...{ publicKey: keys.publicKey, signingKey: this.authority.keys.privateKey },
        ...{ signingAlgorithm, ...validity({ fromDays: -1, toDays: 365, ...days }) },
        extensions: [new BasicConstraintsExtension(false, undefined, true)],
      },
      webcrypto,
    );
    const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
    const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    return {
      certificate: certificate.toString('pem'),
      privateKey: key.export({ format: 'pem', type: 'pkcs8' }).toString(),
    };
  }
}

function validity({ fromDays = 0, toDays = 0 }: Validity) {
  const now = Date.now();
  return { notBefore: new Date(now + fromDays * dayMs), notAfter: new Date(now + toDays * dayMs) };
}
