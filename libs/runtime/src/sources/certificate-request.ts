import 'reflect-metadata';
import { type KeyObject, webcrypto } from 'node:crypto';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';

const curve = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** PKCS #10 request (PEM) for the key, in the name of the source. Proves that we hold the key; decides nothing else. */
export async function certificateRequest(key: KeyObject, sourceId: string): Promise<string> {
  const { subtle } = webcrypto;
  const pkcs8 = key.export({ format: 'der', type: 'pkcs8' });
  const privateKey = await subtle.importKey('pkcs8', pkcs8, curve, true, ['sign']);
  const { d, ...publicJwk } = await subtle.exportKey('jwk', privateKey);
  const publicKey = await subtle.importKey('jwk', { ...publicJwk, key_ops: ['verify'] }, curve, true, ['verify']);
  const request = await Pkcs10CertificateRequestGenerator.create(
    {
      name: [{ CN: [sourceId] }],
      keys: { privateKey, publicKey },
      signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    },
    webcrypto,
  );
  return request.toString('pem');
}
