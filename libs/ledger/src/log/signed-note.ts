import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { Rejected } from '@anamnesis/core';
import { originPattern } from './log-evidence.js';

// Text under an Ed25519 signature in the form of C2SP signed-note: the text, an empty line, `— name base64(id, signature)`.

const ed25519 = 0x01;
const publicKeyBytes = 32;
const keyIdBytes = 4;

/** Public half of a log's key, spelled `name+id+base64(0x01, key)`. */
export interface VerifierKey {
  readonly name: string;
  readonly id: Uint8Array;
  readonly key: KeyObject;
}

/** The spelling of a public key that C2SP verifiers take. */
export function formatVerifierKey(name: string, publicKey: KeyObject): string {
  const raw = rawKey(publicKey);
  const id = Buffer.from(keyId(name, raw)).toString('hex');
  return `${name}+${id}+${Buffer.concat([Uint8Array.of(ed25519), raw]).toString('base64')}`;
}

/** Throws `Rejected('invalid-evidence')` unless it is an Ed25519 key whose id is that of its name and bytes. */
export function parseVerifierKey(vkey: string): VerifierKey {
  const bytes = strictBase64(vkey.split('+').slice(2).join('+'));
  const [name = '', hexId] = vkey.split('+');
  const raw = bytes?.subarray(1);
  if (bytes?.[0] !== ed25519 || raw?.length !== publicKeyBytes || !originPattern.test(name)) throw unreadable();
  const id = keyId(name, raw);
  if (Buffer.from(id).toString('hex') !== hexId) throw unreadable();
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(raw).toString('base64url') };
  return { name, id, key: createPublicKey({ key: jwk, format: 'jwk' }) };
}

/** `text` ends in a newline and has no control character besides. */
export function signNote(text: string, { name, privateKey }: { name: string; privateKey: KeyObject }): string {
  const id = keyId(name, rawKey(createPublicKey(privateKey)));
  const signature = Buffer.concat([id, sign(null, Buffer.from(text, 'utf8'), privateKey)]);
  return `${text}\n— ${name} ${signature.toString('base64')}\n`;
}

/**
 * The text of a note that this key signed, else undefined. Stricter than C2SP, which lets unknown signatures pass: what
 * nobody checks has no place in evidence, so that the note must have this one signature and nothing else.
 */
export function openNote(note: string, { name, id, key }: VerifierKey): string | undefined {
  const end = note.lastIndexOf('\n\n') + 1;
  const text = note.slice(0, end);
  const line = /^\n— (\S+) (\S+)\n$/.exec(note.slice(end));
  const signed = strictBase64(line?.[2] ?? '');
  if (end === 0 || line?.[1] !== name || signed === undefined) return undefined;
  if (Buffer.compare(signed.subarray(0, keyIdBytes), id) !== 0) return undefined;
  const isSigned = verify(null, Buffer.from(text, 'utf8'), key, signed.subarray(keyIdBytes));
  return isSigned ? text : undefined;
}

/** Bytes of the one accepted spelling: Node's decoder takes many. */
export function strictBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

function keyId(name: string, raw: Uint8Array): Uint8Array {
  const hash = createHash('sha256').update(`${name}\n`, 'utf8').update(Uint8Array.of(ed25519)).update(raw).digest();
  return hash.subarray(0, keyIdBytes);
}

function rawKey(publicKey: KeyObject): Buffer {
  const { x } = publicKey.export({ format: 'jwk' });
  if (publicKey.asymmetricKeyType !== 'ed25519' || x === undefined) throw new TypeError('not an Ed25519 key');
  return Buffer.from(x, 'base64url');
}

function unreadable(): Rejected {
  return new Rejected('invalid-evidence', 'not an Ed25519 verifier key');
}
