import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writeDurably } from './write-durably.js';

/** The Ed25519 key in a PEM file; undefined when there is none. Throws for any other content. */
export function readSigningKey(path: string): KeyObject | undefined {
  if (!existsSync(path)) return undefined;
  const key = createPrivateKey(readFileSync(path));
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`${path} is not an Ed25519 key`);
  return key;
}

/** Only the owner may read it, and it is on the disk before anything is signed with it. */
export function makeSigningKey(path: string): KeyObject {
  const { privateKey } = generateKeyPairSync('ed25519');
  writeDurably(path, privateKey.export({ format: 'pem', type: 'pkcs8' }), 0o600);
  return privateKey;
}
