import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessWriter } from '../../../../test/access-writer.js';
import { type Encryption, encryptAccess } from '../../../../test/encrypted-access.js';
import { SourceFault } from '../../source-fault.js';
import { openAccess } from '../access-file.js';
import { AccessTable } from '../access-table.js';

const writer = await AccessWriter.start();
const directory = mkdtempSync(join(tmpdir(), 'decrypt-access-'));
afterAll(async () => {
  await writer?.end();
  rmSync(directory, { recursive: true });
});

const password = 'Geheim-کلید 4485';
const ways: readonly Encryption[] = [
  { kind: 'rc4', bits: 40 },
  { kind: 'rc4', bits: 128 },
  { kind: 'aes', bits: 128, isEcma: true },
  { kind: 'aes', bits: 256, isEcma: false },
  { kind: 'agile', bits: 128, digest: 'SHA1', chaining: 'CBC' },
  { kind: 'agile', bits: 256, digest: 'SHA512', chaining: 'CBC' },
  { kind: 'agile', bits: 256, digest: 'SHA512', chaining: 'CFB' },
];

(writer ? describe : describe.skip)('an Access file under a password', () => {
  const hospital = writer as AccessWriter;
  const path = (format: string) => join(directory, `${format}.db`);
  const clear = (format: string) => Uint8Array.from(readFileSync(path(format)));

  beforeAll(async () => {
    for (const format of ['V2000', 'V2007']) {
      await hospital.tell('create', path(format), format, 300);
      // Rows that no longer fit where they were; of these some are gone.
      for (let number = 1; number <= 20; number++)
        await hospital.tell('rename', path(format), number, 'a longer name '.repeat(7));
      await hospital.tell('delete', path(format), 5, 10);
    }
  });

  it.each(ways)('is read as in the clear: %j', (by) => {
    const rows = rowsOf(clear('V2007'));
    expect(rows).toHaveLength(290);
    expect(rowsOf(encryptAccess(clear('V2007'), by, password), password)).toEqual(rows);
  });

  it('is read as in the clear where Jet keeps the key in the file', () => {
    expect(rowsOf(encryptAccess(clear('V2000'), { kind: 'jet' }))).toEqual(rowsOf(clear('V2000')));
  });

  it.each(ways)('is refused without its password, and with another: %j', (by) => {
    const file = encryptAccess(clear('V2007'), by, password);
    for (const other of [undefined, '', password.toLowerCase()])
      expect(() => openAccess(Uint8Array.from(file), other)).toThrow(
        expect.objectContaining({ code: 'access-password' }),
      );
  });

  it.each([
    ['a provider of others', 'version', 0x0003_0004],
    ['RC4 of Word', 'version', 0x0001_0001],
    ['DES', 'algorithm', 0x6601],
    ['MD5', 'digest', 0x8003],
  ])('is refused where it is encrypted by %s', (_, what, value) => {
    const file = Buffer.from(encryptAccess(clear('V2007'), { kind: 'rc4', bits: 128 }, password));
    const info = 0x29b;
    file.writeUInt32LE(value, info + { version: 0, algorithm: 20, digest: 24 }[what as 'version']);
    expect(() => openAccess(file, password)).toThrow(expect.objectContaining({ code: 'access-encrypted' }));
  });

  it('is torn where its end is missing', () => {
    const file = encryptAccess(
      clear('V2007'),
      { kind: 'agile', bits: 256, digest: 'SHA512', chaining: 'CBC' },
      password,
    );
    expect(() => rowsOf(file.subarray(0, file.length / 2 + 100), password)).toThrow(SourceFault);
  });
});

function rowsOf(bytes: Uint8Array, secret?: string) {
  return [...new AccessTable(openAccess(Uint8Array.from(bytes), secret), { table: 'Persons', key: [] }).rows()];
}
