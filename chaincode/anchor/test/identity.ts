import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { X509CertificateGenerator } from '@peculiar/x509';

/** Who signs a proposal: an MSP and a certificate, as a peer has accepted them. */
export interface Identity {
  readonly mspId: string;
  readonly certificate: string;
}

/** A self-signed certificate with these organisational units: the peer has checked the issuer before chaincode is asked. */
export async function makeIdentity(mspId: string, ...units: readonly string[]): Promise<Identity> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const subject = ['CN=User1', ...units.map((unit) => `OU=${unit}`)].join(', ');
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: subject,
    notBefore: new Date('2020-01-01'),
    notAfter: new Date('2100-01-01'),
    signingAlgorithm: algorithm,
    keys,
  });
  return { mspId, certificate: certificate.toString('pem') };
}
