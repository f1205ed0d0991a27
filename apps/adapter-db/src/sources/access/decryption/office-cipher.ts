import { SourceFault } from '../../source-fault.js';
import { agileCipher } from './agile-cipher.js';
import { cryptoApiCipher } from './crypto-api-cipher.js';
import type { PageCipher } from './page-cipher.js';

/** ACE keeps in the first page what [MS-OFFCRYPTO] calls EncryptionInfo: its length, then itself. */
const infoAt = 0x299;
const passwordMax = 255;

/**
 * How the pages of an ACE file are decrypted, by what its first page says ([MS-OFFCRYPTO] 2.3.4.5, 2.3.4.10, 2.3.5.1).
 * Undefined: not with this password. Throws `SourceFault`, `access-encrypted`, for what Access does not write.
 */
export function officeCipher(firstPage: Uint8Array, password: string): PageCipher | undefined {
  const page = Buffer.from(firstPage.buffer, firstPage.byteOffset, firstPage.byteLength);
  const info = page.subarray(infoAt + 2, infoAt + 2 + page.readUInt16LE(infoAt));
  const text = Buffer.from(password.slice(0, passwordMax), 'utf16le');
  try {
    const [major, minor] = [info.readUInt16LE(0), info.readUInt16LE(2)];
    if (major === 4 && minor === 4) return agileCipher(info, text);
    if ([2, 3, 4].includes(major) && minor === 2) return cryptoApiCipher(info, text);
    throw new Error(`EncryptionInfo of version ${major}.${minor}`);
  } catch (cause) {
    throw new SourceFault('access-encrypted', 'the file is encrypted in a way that cannot be read', { cause });
  }
}
