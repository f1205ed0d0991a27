import { createDecipheriv } from 'node:crypto';
import { XMLParser } from 'fast-xml-parser';
import { digestOf, spun, toLength } from './digests.js';
import type { PageCipher } from './page-cipher.js';

/** What the keys are for ([MS-OFFCRYPTO] 2.3.4.13). */
const forVerifier = Buffer.from('fea7d2763b4b9e79', 'hex');
const forVerifierHash = Buffer.from('d7aa0f6d3061344e', 'hex');
const forKey = Buffer.from('146e0be7abacd0d6', 'hex');
/** Version and a reserved number stand before the descriptor. */
const descriptorAt = 8;
const spinsMax = 10_000_000;

const digests: Readonly<Record<string, string>> = {
  SHA1: 'sha1',
  SHA256: 'sha256',
  SHA384: 'sha384',
  SHA512: 'sha512',
};
/** Of CFB in windows of 8 bits (2.3.4.10). */
const chainings: Readonly<Record<string, string>> = { ChainingModeCBC: 'cbc', ChainingModeCFB: 'cfb8' };

/** The attributes that a `keyData` and an `encryptedKey` have in common, by the names of Node.js. */
interface Scheme {
  readonly digest: string;
  readonly chaining: string;
  readonly keyBytes: number;
  readonly blockBytes: number;
  readonly salt: Buffer;
}

interface Descriptor {
  readonly pages: Scheme;
  readonly password: Scheme & {
    readonly spins: number;
    readonly verifier: Buffer;
    readonly verifierHash: Buffer;
    readonly key: Buffer;
  };
}

/** Agile Encryption ([MS-OFFCRYPTO] 2.3.4.10), what Access 2010 and later write. */
export function agileCipher(info: Buffer, password: Uint8Array): PageCipher | undefined {
  const { pages, password: by } = readDescriptor(info.subarray(descriptorAt).toString('utf8'));
  const spunPassword = spun(by.digest, digestOf(by.digest, by.salt, password), by.spins);
  const opened = (purpose: Uint8Array, bytes: Uint8Array) => {
    const key = toLength(digestOf(by.digest, spunPassword, purpose), by.keyBytes, 0x36);
    return decrypted(bytes, { scheme: by, key, iv: toLength(by.salt, by.blockBytes, 0x36) });
  };
  const digest = digestOf(by.digest, opened(forVerifier, by.verifier));
  if (!opened(forVerifierHash, by.verifierHash).subarray(0, digest.length).equals(digest)) return undefined;
  const key = opened(forKey, by.key).subarray(0, pages.keyBytes);
  return (pageKey, page) => {
    const iv = toLength(digestOf(pages.digest, pages.salt, pageKey), pages.blockBytes, 0x36);
    page.set(decrypted(page, { scheme: pages, key, iv }));
  };
}

interface Opening {
  readonly scheme: Scheme;
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
}

function decrypted(bytes: Uint8Array, { scheme: { chaining }, key, iv }: Opening): Buffer {
  return createDecipheriv(`aes-${key.length * 8}-${chaining}`, key, iv)
    .setAutoPadding(false)
    .update(bytes);
}

type Attributes = Readonly<Record<string, string | undefined>>;

/** Throws for what is no such descriptor, or names what is not in use. */
function readDescriptor(xml: string): Descriptor {
  const parser = new XMLParser({
    ...{ ignoreAttributes: false, attributeNamePrefix: '', parseAttributeValue: false, removeNSPrefix: true },
    isArray: (name) => name === 'keyEncryptor',
  });
  const { encryption } = parser.parse(xml) as {
    encryption: {
      keyData: Attributes;
      keyEncryptors: { keyEncryptor: readonly { uri?: string; encryptedKey: Attributes }[] };
    };
  };
  const byPassword = encryption.keyEncryptors.keyEncryptor.find(({ uri = '' }) => uri.endsWith('/password'));
  const key = byPassword?.encryptedKey ?? {};
  const spins = Number(key['spinCount']);
  if (!(spins >= 0 && spins <= spinsMax)) throw new Error('spinCount');
  return {
    pages: schemeOf(encryption.keyData),
    password: {
      ...schemeOf(key),
      spins,
      verifier: bytesOf(key['encryptedVerifierHashInput']),
      verifierHash: bytesOf(key['encryptedVerifierHashValue']),
      key: bytesOf(key['encryptedKeyValue']),
    },
  };
}

function schemeOf(attributes: Attributes): Scheme {
  const { cipherAlgorithm, cipherChaining = '', hashAlgorithm = '', keyBits, blockSize, saltValue } = attributes;
  const digest = digests[hashAlgorithm.replace('-', '')];
  const chaining = chainings[cipherChaining];
  if (cipherAlgorithm !== 'AES' || digest === undefined || chaining === undefined)
    throw new Error(`${cipherAlgorithm ?? 'no cipher'}, ${cipherChaining}, ${hashAlgorithm}`);
  return { digest, chaining, keyBytes: Number(keyBits) / 8, blockBytes: Number(blockSize), salt: bytesOf(saltValue) };
}

function bytesOf(base64 = ''): Buffer {
  return Buffer.from(base64, 'base64');
}
