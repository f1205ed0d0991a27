import 'reflect-metadata';
import { createHash, sign, webcrypto } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BasicConstraintsExtension, SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';
import type { DeliveredRecord } from '@anamnesis/bus';
import {
  canonicalJson,
  certifiedBytes,
  type CertifiedEvent,
  registrationUri,
  Rejected,
  signedBytes,
  treeToSign,
} from '@anamnesis/core';
import { firstPreviousRoot, newBatchId, openLedger, parseBundle, verifyBundle } from '@anamnesis/ledger';
import { type EventEvidence, RegistrationClient } from '@anamnesis/runtime';
import { certifiedOf } from '../testing/chart-builder.js';
import { QueryBench } from '../testing/query-bench.js';
import { EvidenceReader } from './evidence-reader.js';

const subject = { system: 'urn:test:hospital', value: 'TEST-1' };
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

interface Signer {
  readonly certificate: string;
  readonly chain: readonly string[];
  value(bytes: Uint8Array): string;
}

describe('evidence', () => {
  let bench: QueryBench;
  let ledgerDirectory: string;
  let signers: { readonly source: Signer; readonly registration: Signer };
  let record: DeliveredRecord;
  let evidence: EvidenceReader;

  beforeEach(async () => {
    bench = await QueryBench.open();
    ledgerDirectory = await mkdtemp(join(tmpdir(), 'anamnesis-ledger-'));
    signers = await makeSigners();
    record = signed(bench.build.certified({ subject, patient: { gender: 'female' } }), signers);
    const registration = new RegistrationClient(bench.keys);
    // The network border: what the registration app would answer over HTTP.
    registration.evidence = () => Promise.resolve(knownTo(bench, record, signers));
    evidence = new EvidenceReader(bench.store, bench.archive, registration, bench.content);
  });
  afterEach(async () => {
    await bench.close();
    await rm(ledgerDirectory, { recursive: true });
  });

  const read = async () => parseBundle(canonicalJson((await evidence.read(certifiedOf(record).event.id)).bundle));

  it('gives a bundle that a verifier reads as anchoring, and as valid once the batch is on the ledger', async () => {
    await bench.deliver(record);
    expect(verifyBundle(await read())).toMatchObject({ verdict: 'anchoring' });
    await bench.deliver(await anchoredOnLog(bench, [bench.build.certified({ subject }), record], ledgerDirectory));
    const bundle = await read();
    expect(bundle.anchoring?.index).toBe(1);
    expect(verifyBundle(bundle)).toMatchObject({ verdict: 'valid' });
  });

  it('is valid for an event that its source signed together with others, and altered in any bit of its place it is not', async () => {
    const others = [bench.build.certified({ subject }), bench.build.certified({ subject })].map(certifiedOf);
    const { header } = record;
    const event = certifiedOf(record).event;
    const { input, places } = treeToSign([...others.map((one) => one.event), event].map(signedBytes));
    const signature = { ...event.signature, value: signers.source.value(input), tree: places[2] };
    record = { ...record, header: { ...header, event: { ...event, signature } } };
    await bench.deliver(record);
    const text = canonicalJson((await evidence.read(event.id)).bundle);
    expect(verifyBundle(parseBundle(text))).toMatchObject({ verdict: 'anchoring' });
    const from = text.indexOf('"tree"');
    const unnoticed: number[] = [];
    for (let bit = from * 8; bit < text.indexOf('}', from) * 8; bit++) {
      const bytes = Buffer.from(text, 'utf8');
      bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      if (isProven(bytes.toString('utf8'))) unnoticed.push(bit);
    }
    expect(unnoticed).toEqual([]);
  });

  it('knows no event that was not certified', async () => {
    await bench.deliver(bench.build.refused(record, { code: 'unknown-source', reason: 'not enrolled' }));
    await expect(evidence.read(certifiedOf(record).event.id)).rejects.toMatchObject({ code: 'not-found' });
  });

  it.each([
    ["UPDATE archive_entry SET sealed = X'0102' WHERE kind = ?", 'certified', 'invalid-evidence'],
    ['UPDATE anchored_leaf SET position = 5 WHERE batchId <> ?', '', 'invalid-evidence'],
    ["UPDATE anchored_batch SET evidence = X'7B' WHERE batchId <> ?", '', 'invalid-evidence'],
    ['DELETE FROM content_key WHERE recordKey <> ?', 'deployment', 'gone'],
  ])('says so after %s', async (sql, value, code) => {
    await bench.deliver(record, await anchoredOnLog(bench, [record], ledgerDirectory));
    await bench.store.transaction((manager) => manager.query(sql, [value]));
    bench.contentKeys.forget();
    await expect(evidence.read(certifiedOf(record).event.id)).rejects.toMatchObject({ code });
  });
});

function isProven(text: string): boolean {
  try {
    return verifyBundle(parseBundle(text)).verdict !== 'mismatch';
  } catch (error) {
    if (error instanceof Rejected) return false;
    throw error;
  }
}

async function makeSigners(): Promise<{ readonly source: Signer; readonly registration: Signer }> {
  const rootKeys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const dates = { notBefore: new Date('2024-01-01'), notAfter: new Date('2034-01-01'), signingAlgorithm: algorithm };
  const root = await X509CertificateGenerator.createSelfSigned(
    { ...dates, name: 'CN=Test root', keys: rootKeys, extensions: [new BasicConstraintsExtension(true, 0, true)] },
    webcrypto,
  );
  const make = async (name: string, serialNumber: string, uri: string): Promise<Signer> => {
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const made = await X509CertificateGenerator.create(
      {
        ...dates,
        serialNumber,
        subject: `CN=${name}`,
        issuer: root.subject,
        publicKey: keys.publicKey,
        signingKey: rootKeys.privateKey,
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new SubjectAlternativeNameExtension([{ type: 'url', value: uri }]),
        ],
      },
      webcrypto,
    );
    const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
    const key = { key: der, format: 'der', type: 'pkcs8', dsaEncoding: 'ieee-p1363' } as const;
    return {
      certificate: made.toString('pem'),
      chain: [root.toString('pem')],
      value: (bytes) => sign('sha256', bytes, key).toString('base64url'),
    };
  };
  return {
    source: await make('Test source', '01', 'urn:anamnesis:source:test'),
    registration: await make('Test registration', '02', registrationUri),
  };
}

function signed(
  record: DeliveredRecord,
  { source, registration }: { source: Signer; registration: Signer },
): DeliveredRecord {
  const { event, certification } = certifiedOf(record);
  const header: CertifiedEvent = {
    event: { ...event, signature: { ...event.signature, value: source.value(signedBytes(event)) } },
    certification: {
      ...certification,
      headerDigest: createHash('sha256').update(signedBytes(event)).digest('hex'),
      signature: { ...certification.signature, value: registration.value(certifiedBytes(certification)) },
    },
  };
  return { ...record, header: { ...header } };
}

function knownTo(
  { build }: QueryBench,
  record: DeliveredRecord,
  { source, registration }: { source: Signer; registration: Signer },
): EventEvidence {
  const { event, certification } = certifiedOf(record);
  const leafKey = Buffer.from(build.leafKey(event, certification.recordKey)).toString('hex');
  const pathOf = ({ certificate, chain }: Signer) => ({ certificate, chain });
  return { leafKey, generation: 1, source: pathOf(source), registration: pathOf(registration) };
}

/** As the ledger writer: seals the batch in a real log and announces it. */
async function anchoredOnLog(
  { build }: QueryBench,
  records: readonly DeliveredRecord[],
  directory: string,
): Promise<DeliveredRecord> {
  const batchId = newBatchId();
  const announced = build.anchored(batchId, records);
  const ledger = await openLedger({ backend: 'log', directory });
  try {
    const root = String(announced.header['root']);
    const entry = { batchId, root, size: records.length, previousRoot: firstPreviousRoot };
    const anchor = await ledger.anchor(entry);
    return { ...announced, header: { ...announced.header, anchor, evidence: await ledger.prove(anchor) } };
  } finally {
    await ledger.close();
  }
}
