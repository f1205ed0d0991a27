import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { AdapterHl7Settings } from '../config.js';

export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
  readonly clientAuthorities: string;
}

/** What a listener for TLS needs besides its port. */
export interface TlsMaterial {
  readonly context: SecureContextOptions;
  /** Of the files' content: the same when nothing was renewed. */
  readonly digest: string;
}

const ports = ['MLLP_TLS_PORT', 'HTTPS_INTAKE_PORT'] as const;

/** The files that the settings name; undefined where nothing listens for TLS. Throws, naming what is missing. */
export function tlsFilesOf(settings: AdapterHl7Settings): TlsFiles | undefined {
  const port = ports.find((name) => settings[name] !== undefined);
  if (port === undefined) return undefined;
  const names = ['MLLP_TLS_CERT_FILE', 'MLLP_TLS_KEY_FILE', 'MLLP_TLS_CLIENT_CA_FILE'] as const;
  const missing = names.filter((name) => settings[name] === undefined);
  if (missing.length > 0) throw new Error(`wrong settings: ${port} needs ${missing.join(', ')}`);
  const [certificate = '', key = '', clientAuthorities = ''] = names.map((name) => settings[name]);
  return { certificate, key, clientAuthorities };
}

/** Reads the files. Throws when one cannot be read, or certificate and key do not belong together (half renewed). */
export async function readTlsMaterial(files: TlsFiles): Promise<TlsMaterial> {
  const [cert, key, ca] = await Promise.all([
    readFile(files.certificate),
    readFile(files.key),
    readFile(files.clientAuthorities),
  ]);
  // Without an authority of ours Node would believe those of the public web.
  if (!ca.includes('-----BEGIN CERTIFICATE-----')) throw new Error(`${files.clientAuthorities} holds no certificate`);
  const context = { cert, key, ca, minVersion: 'TLSv1.2' } as const;
  createSecureContext(context);
  const hash = createHash('sha256');
  for (const one of [cert, key, ca]) hash.update(String(one.length)).update(':').update(one);
  return { context, digest: hash.digest('hex') };
}
