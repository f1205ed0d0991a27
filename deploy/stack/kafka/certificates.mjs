import 'reflect-metadata';
import { KeyObject, randomBytes, webcrypto } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const dayMs = 86_400_000;
const validDays = 825;
const authorityName = 'ca';

/**
 * A certificate authority in a directory, for services on loopback: `ca.crt`, and `<name>.crt` with `<name>.key` (PKCS
 * #8) for each identity. The common name is the identity.
 */
export class CertificateAuthority {
  constructor(directory) {
    this.directory = directory;
  }

  get caFile() {
    return join(this.directory, `${authorityName}.crt`);
  }

  /** Its own certificate; made at the first call. */
  async open() {
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    if (existsSync(this.caFile)) return;
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      ...validity(),
      name: `CN=Anamnesis local services ${randomBytes(4).toString('hex')}`,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      ],
    });
    this.#write(authorityName, certificate, keys.privateKey);
  }

  /** `{ certFile, keyFile }` of that identity, as client and as server on loopback; made at the first call. */
  async issue(name) {
    if (!/^[a-z0-9][a-z0-9-]*$/.test(name) || name === authorityName) throw new Error(`${name} is no name to certify`);
    const files = { certFile: join(this.directory, `${name}.crt`), keyFile: join(this.directory, `${name}.key`) };
    if (existsSync(files.certFile)) return files;
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const issuer = new x509.X509Certificate(readFileSync(this.caFile, 'utf8'));
    const certificate = await x509.X509CertificateGenerator.create({
      ...validity(),
      subject: `CN=${name}`,
      issuer: issuer.subject,
      publicKey: keys.publicKey,
      signingKey: await this.#signingKey(),
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth, x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([
          { type: 'ip', value: '127.0.0.1' },
          { type: 'dns', value: 'localhost' },
        ]),
      ],
    });
    this.#write(name, certificate, keys.privateKey);
    return files;
  }

  async #signingKey() {
    const pem = readFileSync(join(this.directory, `${authorityName}.key`), 'utf8');
    const der = x509.PemConverter.decodeFirst(pem);
    return webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
  }

  /** The key first: where there is a certificate, there is its key. */
  #write(name, certificate, privateKey) {
    const key = KeyObject.from(privateKey).export({ type: 'pkcs8', format: 'pem' });
    writeWhole(join(this.directory, `${name}.key`), key, 0o600);
    writeWhole(join(this.directory, `${name}.crt`), `${certificate.toString('pem')}\n`, 0o644);
  }
}

function validity() {
  const now = Date.now();
  return {
    serialNumber: `00${randomBytes(15).toString('hex')}`,
    notBefore: new Date(now - dayMs), // clocks differ
    notAfter: new Date(now + validDays * dayMs),
    signingAlgorithm: algorithm,
  };
}

function writeWhole(file, content, mode) {
  writeFileSync(`${file}.draft`, content, { mode });
  renameSync(`${file}.draft`, file);
}
