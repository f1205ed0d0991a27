import { SourceFault } from '../../source-fault.js';
import type { PageCipher } from './page-cipher.js';
import { officeCipher } from './office-cipher.js';
import { rc4 } from './rc4.js';

/** How every such file begins. */
const beginning = Uint8Array.of(0x00, 0x01, 0x00, 0x00);
/** The first page from here on is itself encrypted, under a key that is the same in every file (mdbtools, HACKING.md: "Database Definition Page"). */
const veiledAt = 0x18;
const veil = Uint8Array.of(0xc7, 0xda, 0x39, 0x6b);
/** By version; of Jet 3 with pages of half the size. */
const [jet3, ace] = [0, 2];
/** All zero: the pages are in the clear. */
const fileKeyAt = 0x3e;
const fileKeyBytes = 4;

/**
 * Decrypts a private copy of a database file in place and says in its first page that it is in the clear. Of Jet the key stands in
 * the file; of ACE it comes from the password. Throws `SourceFault`: `access-password`, `access-encrypted`.
 */
export function decryptAccess(bytes: Uint8Array, password: string | undefined): void {
  const version = bytes[0x14] ?? 0;
  const pageBytes = version === jet3 ? 2048 : 4096;
  if (bytes.length < pageBytes || !beginning.every((byte, at) => bytes[at] === byte)) return;
  const fileKey = fileKeyOf(bytes, version);
  if (fileKey.every((byte) => byte === 0)) return;
  const decrypt = version < ace ? rc4 : cipherOf(bytes.subarray(0, pageBytes), password);
  const pages = Math.floor(bytes.length / pageBytes);
  for (let page = 1; page < pages; page++)
    decrypt(keyOf(page, fileKey), bytes.subarray(page * pageBytes, (page + 1) * pageBytes));
  // As the veil is one of XOR, so the key below it becomes nothing.
  for (const [at, byte] of fileKey.entries()) bytes[fileKeyAt + at] = (bytes[fileKeyAt + at] ?? 0) ^ byte;
}

function fileKeyOf(bytes: Uint8Array, version: number): Uint8Array {
  const unveiled = bytes.slice(veiledAt, veiledAt + (version === jet3 ? 126 : 128));
  rc4(veil, unveiled);
  return unveiled.subarray(fileKeyAt - veiledAt, fileKeyAt - veiledAt + fileKeyBytes);
}

function cipherOf(firstPage: Uint8Array, password: string | undefined): PageCipher {
  const cipher = officeCipher(firstPage, password ?? '');
  if (cipher === undefined) throw passwordFault(password);
  return cipher;
}

/** `password`: the one that was tried; undefined: none. */
export function passwordFault(password: string | undefined): SourceFault {
  const what =
    password === undefined ? 'the file has a password and none is set' : 'the password is not that of the file';
  return new SourceFault('access-password', what);
}

/** The number of the page in the key of the file. */
function keyOf(page: number, fileKey: Uint8Array): Uint8Array {
  const key = new Uint8Array(fileKeyBytes);
  new DataView(key.buffer).setUint32(0, page, true);
  return key.map((byte, at) => byte ^ (fileKey[at] ?? 0));
}
