import 'reflect-metadata';
import { webcrypto, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { X509CertificateGenerator } from '@peculiar/x509';
import { type FabricTrust, type LogTrust, openLedger, parseLogTrust } from '@anamnesis/ledger';
import { readTrustFile } from './trust-file.js';

const fabric: FabricTrust = {
  ...{ ledger: 'fabric', channel: 'c1', chaincode: 'anchor', configBlock: 0 },
  ...{ organisations: [], orderers: ['Ordering'], endorsers: ['HospitalA', 'HospitalB'], quorum: 2 },
};

describe('a trust file', () => {
  let directory: string;
  let pem: string;
  let root: Buffer;
  let vkey: string;
  let ledger: LogTrust;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'anamnesis-trust-'));
    await (await openLedger({ backend: 'log', directory })).close();
    vkey = (await readFile(join(directory, 'ledger.vkey'), 'utf8')).trim();
    ledger = parseLogTrust(vkey);
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const made = { keys, name: 'CN=root', signingAlgorithm: algorithm };
    pem = (await X509CertificateGenerator.createSelfSigned(made, webcrypto)).toString('pem');
    root = new X509Certificate(pem).raw;
  });
  afterAll(() => rm(directory, { recursive: true }));

  async function read(content: unknown) {
    const path = join(directory, 'trust.json');
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
    return readTrustFile(path);
  }

  it('names a root with a log, a channel or both, as the product writes it', async () => {
    expect(await read({ root: pem, ledger: vkey })).toEqual({ root, ledger });
    expect(await read({ root: pem, fabric })).toEqual({ root, fabric });
    expect(await read({ root: pem, ledger: vkey, fabric })).toEqual({ root, ledger, fabric });
  });

  it('may be a root, a key or a channel alone', async () => {
    expect(await read(pem)).toEqual({ root });
    expect(await read(`${vkey}\n`)).toEqual({ ledger });
    expect(await read(fabric)).toEqual({ fabric });
  });

  it('is refused when it says less, or something else', async () => {
    const refusal = expect.objectContaining({ name: 'Rejected', code: 'invalid-evidence' });
    const wrong: readonly unknown[] = [
      { root: pem },
      { ledger: vkey },
      { root: pem, ledger: 1 },
      { root: 'none', fabric },
      { root: pem, fabric: { ...fabric, quorum: 0 } },
      { ...fabric, more: 1 },
      '{',
    ];
    for (const one of wrong) await expect(read(one)).rejects.toEqual(refusal);
  });
});
