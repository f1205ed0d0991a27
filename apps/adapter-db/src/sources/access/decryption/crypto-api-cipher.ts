import { createDecipheriv } from 'node:crypto';
import { digestOf, spun, toLength } from './digests.js';
import type { PageCipher } from './page-cipher.js';
import { rc4 } from './rc4.js';

/** EncryptionHeader.AlgID and AlgIDHash ([MS-OFFCRYPTO] 2.3.2). */
const [algRc4, algSha1] = [0x6801, 0x8004];
const aesBits: Readonly<Record<number, number>> = { 0x660e: 128, 0x660f: 192, 0x6610: 256 };
/** EncryptionHeader.Flags: encrypted by AES as ECMA-376 has it. */
const flagAes = 0x20;
const ecmaSpins = 50_000;
const verifierBytes = 16;
const digestBytes = 20;

/** EncryptionHeader and EncryptionVerifier ([MS-OFFCRYPTO] 2.3.2, 2.3.3), as far as they are used. */
interface CryptoApi {
  readonly algorithm: number;
  readonly keyBits: number;
  /** How often the password's digest is hashed. */
  readonly spins: number;
  readonly salt: Uint8Array;
  readonly verifier: Uint8Array;
  readonly verifierHash: Uint8Array;
}

/** RC4 CryptoAPI, Standard Encryption, and AES of CryptoAPI without the hashing of ECMA-376, as some versions of Access 2007 write it. */
export function cryptoApiCipher(info: Buffer, password: Uint8Array): PageCipher | undefined {
  const api = readCryptoApi(info);
  const base = spun('sha1', digestOf('sha1', api.salt, password), api.spins);
  const decrypt = api.algorithm === algRc4 ? rc4By(base, api.keyBits) : aesBy(base, api.keyBits);
  return isPassword(decrypt, api) ? decrypt : undefined;
}

function readCryptoApi(info: Buffer): CryptoApi {
  const flags = info.readUInt32LE(4);
  const header = info.subarray(12, 12 + info.readUInt32LE(8));
  const [algorithm, hash, bits] = [header.readUInt32LE(8), header.readUInt32LE(12), header.readUInt32LE(16)];
  if ((algorithm !== algRc4 && aesBits[algorithm] !== bits) || hash !== algSha1)
    throw new Error(`algorithms ${algorithm.toString(16)} and ${hash.toString(16)}, a key of ${bits} bits`);
  const verifier = info.subarray(12 + header.length);
  const saltBytes = verifier.readUInt32LE(0);
  const encryptedAt = 4 + saltBytes;
  const hashAt = encryptedAt + verifierBytes + 4;
  return {
    algorithm,
    keyBits: bits || 40,
    spins: (flags & flagAes) === 0 ? 0 : ecmaSpins,
    salt: verifier.subarray(4, encryptedAt),
    verifier: verifier.subarray(encryptedAt, encryptedAt + verifierBytes),
    verifierHash: verifier.subarray(hashAt, hashAt + (algorithm === algRc4 ? digestBytes : 2 * verifierBytes)),
  };
}

/** [MS-OFFCRYPTO] 2.3.5.2; a key of 40 bits is one of 128 that ends with zeros. */
function rc4By(base: Uint8Array, bits: number): PageCipher {
  return (pageKey, page) => {
    const key = digestOf('sha1', base, pageKey).subarray(0, bits / 8);
    rc4(bits === 40 ? toLength(key, 16) : key, page);
  };
}

/** [MS-OFFCRYPTO] 2.3.4.7. */
function aesBy(base: Uint8Array, bits: number): PageCipher {
  return (pageKey, page) => {
    const last = digestOf('sha1', base, pageKey);
    const halves = [0x36, 0x5c].map((byte) =>
      digestOf(
        'sha1',
        toLength(last, 64).map((one) => one ^ byte),
      ),
    );
    const key = Buffer.concat(halves).subarray(0, bits / 8);
    const decipher = createDecipheriv(`aes-${bits}-ecb`, key, null).setAutoPadding(false);
    page.set(decipher.update(page));
  };
}

/** The verifier and its digest are encrypted as if they were page nothing of a file without a key. */
function isPassword(decrypt: PageCipher, { verifier, verifierHash }: CryptoApi): boolean {
  const both = Buffer.concat([verifier, verifierHash]);
  decrypt(new Uint8Array(4), both);
  const digest = digestOf('sha1', both.subarray(0, verifierBytes));
  return both.subarray(verifierBytes, verifierBytes + digestBytes).equals(digest);
}
