import { createCipheriv, hash } from 'node:crypto';
import { rc4 } from '../src/sources/access/decryption/rc4.js';

/** How Access keeps a file under a password; `jet`: encoded, under a key that stands in it. */
export type Encryption =
  | { readonly kind: 'jet' }
  | { readonly kind: 'rc4'; readonly bits: 40 | 128 }
  | { readonly kind: 'aes'; readonly bits: 128 | 256; readonly isEcma: boolean }
  | {
      readonly kind: 'agile';
      readonly bits: 128 | 256;
      readonly digest: 'SHA1' | 'SHA512';
      readonly chaining: 'CBC' | 'CFB';
    };

type Encrypt = (pageKey: Uint8Array, page: Uint8Array) => Uint8Array;

interface Encrypter {
  readonly info: Buffer;
  readonly encrypt: Encrypt;
}

const pageBytes = 4096;
const [fileKeyAt, infoAt] = [0x3e, 0x299];
const fileKey = Uint8Array.of(0xa1, 0x07, 0x00, 0x5c);
const salt = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const verifier = Buffer.from('fedcba98765432100123456789abcdef', 'hex');
const spins = 1000;

/** A file in the clear, of Access 2000 or later, as Access would keep it ([MS-OFFCRYPTO]); the salts are always the same. */
export function encryptAccess(bytes: Uint8Array, by: Encryption, password = ''): Uint8Array {
  const made = Buffer.from(bytes);
  const { info, encrypt } = encrypterOf(by, Buffer.from(password, 'utf16le'));
  for (let page = 1; page * pageBytes < made.length; page++) {
    const number = Buffer.alloc(4);
    number.writeUInt32LE(page);
    const key = number.map((byte, at) => byte ^ (fileKey[at] ?? 0));
    made.set(encrypt(key, made.subarray(page * pageBytes, (page + 1) * pageBytes)), page * pageBytes);
  }
  for (const [at, byte] of fileKey.entries()) made[fileKeyAt + at] = (made[fileKeyAt + at] ?? 0) ^ byte;
  if (info.length > 0) {
    made.writeUInt16LE(info.length, infoAt);
    info.copy(made, infoAt + 2);
  }
  return made;
}

function encrypterOf(by: Encryption, password: Buffer): Encrypter {
  if (by.kind === 'jet') return { info: Buffer.alloc(0), encrypt: byRc4((key) => key) };
  if (by.kind === 'agile') return agile(by, password);
  const base = sha1(salt, password);
  return by.kind === 'rc4' ? cryptoApi(by, rc4Of(by, base)) : cryptoApi(by, aesOf(by, base));
}

function byRc4(keyOf: (pageKey: Uint8Array) => Uint8Array): Encrypt {
  return (pageKey, page) => {
    const copy = Uint8Array.from(page);
    rc4(keyOf(pageKey), copy);
    return copy;
  };
}

/** 2.3.5.2. */
function rc4Of({ bits }: Encryption & { kind: 'rc4' }, base: Uint8Array): Encrypt {
  return byRc4((pageKey) => {
    const key = sha1(base, pageKey).subarray(0, bits / 8);
    return bits === 40 ? Buffer.concat([key, Buffer.alloc(11)]) : key;
  });
}

/** 2.3.4.7. */
function aesOf({ bits, isEcma }: Encryption & { kind: 'aes' }, base: Uint8Array): Encrypt {
  let last: Uint8Array = base;
  for (let time = 0; time < (isEcma ? 50_000 : 0); time++) last = sha1(numbers(time), last);
  return (pageKey, page) => {
    const block = sha1(last, pageKey);
    const half = (byte: number) => sha1(Buffer.alloc(64, byte).map((one, at) => one ^ (block[at] ?? 0)));
    const key = Buffer.concat([half(0x36), half(0x5c)]).subarray(0, bits / 8);
    return createCipheriv(`aes-${bits}-ecb`, key, null).setAutoPadding(false).update(page);
  };
}

/** EncryptionHeader and EncryptionVerifier (2.3.2, 2.3.3). */
function cryptoApi(by: Encryption & { kind: 'rc4' | 'aes' }, encrypt: Encrypt): Encrypter {
  const flags = 0x04 | (by.kind === 'aes' && by.isEcma ? 0x20 : 0);
  const algorithm = by.kind === 'rc4' ? 0x6801 : { 128: 0x660e, 256: 0x6610 }[by.bits];
  const provider = Buffer.from('A provider of keys\0', 'utf16le');
  const header = Buffer.concat([numbers(flags, 0, algorithm, 0x8004, by.bits, 1, 0, 0), provider]);
  const digest = sha1(verifier);
  const both = encrypt(
    new Uint8Array(4),
    Buffer.concat([verifier, digest, Buffer.alloc(by.kind === 'aes' ? 12 : 0, 9)]),
  );
  const verified = [numbers(16), salt, both.subarray(0, 16), numbers(digest.length), both.subarray(16)];
  const info = Buffer.concat([versionOf(4, 2), numbers(flags, header.length), header, ...verified]);
  return { info, encrypt };
}

/** 2.3.4.10 to 2.3.4.13. */
function agile({ bits, digest, chaining }: Encryption & { kind: 'agile' }, password: Buffer): Encrypter {
  const algorithm = digest.toLowerCase();
  const cipher = (key: Uint8Array, iv: Uint8Array, bytes: Uint8Array) =>
    createCipheriv(`aes-${bits}-${chaining === 'CBC' ? 'cbc' : 'cfb8'}`, key, iv)
      .setAutoPadding(false)
      .update(bytes);
  const passwordSalt = Buffer.from(salt).reverse();
  let spun = digestOf(algorithm, passwordSalt, password);
  for (let time = 0; time < spins; time++) spun = digestOf(algorithm, numbers(time), spun);
  const keyFor = (purpose: string) =>
    Buffer.concat([digestOf(algorithm, spun, Buffer.from(purpose, 'hex')), Buffer.alloc(32, 0x36)]);
  const sealed = (purpose: string, bytes: Uint8Array) =>
    cipher(keyFor(purpose).subarray(0, bits / 8), passwordSalt, padded(bytes)).toString('base64');
  const fileSecret = Buffer.alloc(bits / 8, 0x42);
  const common = `saltSize="16" blockSize="16" keyBits="${bits}" hashSize="${digestOf(algorithm).length}" cipherAlgorithm="AES" cipherChaining="ChainingMode${chaining}" hashAlgorithm="${digest}"`;
  const xml = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<encryption xmlns="http://schemas.microsoft.com/office/2006/encryption" xmlns:p="http://schemas.microsoft.com/office/2006/keyEncryptor/password"><keyData ${common} saltValue="${salt.toString('base64')}"/><keyEncryptors><keyEncryptor uri="http://schemas.microsoft.com/office/2006/keyEncryptor/password"><p:encryptedKey spinCount="${spins}" ${common} saltValue="${passwordSalt.toString('base64')}" encryptedVerifierHashInput="${sealed('fea7d2763b4b9e79', verifier)}" encryptedVerifierHashValue="${sealed('d7aa0f6d3061344e', digestOf(algorithm, verifier))}" encryptedKeyValue="${sealed('146e0be7abacd0d6', fileSecret)}"/></keyEncryptor></keyEncryptors></encryption>`;
  return {
    info: Buffer.concat([versionOf(4, 4), numbers(0x40), Buffer.from(xml, 'utf8')]),
    encrypt: (pageKey, page) => cipher(fileSecret, digestOf(algorithm, salt, pageKey).subarray(0, 16), page),
  };
}

function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((16 - (bytes.length % 16)) % 16)]);
}

function versionOf(major: number, minor: number): Buffer {
  const made = Buffer.alloc(4);
  made.writeUInt16LE(major, 0);
  made.writeUInt16LE(minor, 2);
  return made;
}

function numbers(...values: readonly number[]): Buffer {
  const made = Buffer.alloc(4 * values.length);
  for (const [at, value] of values.entries()) made.writeUInt32LE(value, 4 * at);
  return made;
}

function sha1(...parts: readonly Uint8Array[]): Buffer {
  return digestOf('sha1', ...parts);
}

function digestOf(algorithm: string, ...parts: readonly Uint8Array[]): Buffer {
  return hash(algorithm, Buffer.concat(parts), 'buffer');
}
