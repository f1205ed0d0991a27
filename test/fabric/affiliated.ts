import 'reflect-metadata';
import { createPrivateKey, webcrypto } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BasicConstraintsExtension, X509Certificate, X509CertificateGenerator } from '@peculiar/x509';

const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' } as const;

/**
 * A client of an organisation as Fabric CA names it: role and affiliation are one part of its name (cryptogen writes the
 * role alone). `authority`: cryptogen's folder of the organisation's certificate authority.
 */
export async function affiliatedClient(authority: string): Promise<{ certificate: string; privateKey: string }> {
  const files = readdirSync(authority).map((name) => readFileSync(join(authority, name), 'utf8'));
  const root = new X509Certificate(files.find((text) => text.includes('CERTIFICATE')) ?? '');
  const rootKey = createPrivateKey(files.find((text) => text.includes('PRIVATE KEY')) ?? '');
  const pkcs8 = rootKey.export({ format: 'der', type: 'pkcs8' });
  const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create(
    {
      subject: [{ OU: ['client', 'north', 'cardiology'] }, { CN: ['affiliated'] }],
      issuer: root.subjectName,
      notBefore: new Date(Date.now() - 60_000),
      notAfter: new Date(Date.now() + 86_400_000),
      publicKey: keys.publicKey,
      signingKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, keyAlgorithm, false, ['sign']),
      signingAlgorithm,
      extensions: [new BasicConstraintsExtension(false, undefined, true)],
    },
    webcrypto,
  );
  const own = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const key = createPrivateKey({ key: own, format: 'der', type: 'pkcs8' });
  return {
    certificate: certificate.toString('pem'),
    privateKey: key.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}
