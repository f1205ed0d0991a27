import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  certifiedBytes,
  commitment,
  type EvidenceBundle,
  leafHash,
  registrationUri,
  signedBytes,
} from '@anamnesis/core';
import { firstPreviousRoot, newBatchId } from '../../anchor-entry.js';
import type { LedgerEvidence } from '../../ledger.js';
import type { LogTrust } from '../../log/log-evidence.js';
import { openLedger } from '../../open-ledger.js';
import { parseBundle } from '../parse-bundle.js';
import { type BundleTrust, verifyBundle } from '../verify-bundle.js';
import { TestAuthority, type TestSigner } from './test-authority.js';

export type Bundle = EvidenceBundle<LedgerEvidence>;

export const sourceUri = 'urn:anamnesis:source:north-lab';
export const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
export const raw = Buffer.from('MSH|^~\\&|LAB|NORTH|||20260301||ORU^R01|TEST-1|P|2.5\r', 'utf8');
const leafKey = Buffer.alloc(32, 7);
const eventId = 'a'.repeat(32);
const receivedAt = '2026-03-01T10:00:00.000Z';

/** What a source says, as it is before anybody signed it. */
export const said = {
  id: eventId,
  type: 'observation.reported',
  version: 1,
  source: {
    ...{ facility: 'NORTH', application: 'LAB', protocol: 'hl7v2-mllp', messageId: 'TEST-1' },
    ...{ messageType: 'ORU^R01', authentication: 'none' },
  },
  receivedAt,
  correlationId: 'b'.repeat(32),
  ordinal: 0,
  raw: { mediaType: 'application/hl7-v2', charset: 'utf-8', digest: digest(raw) },
} as unknown as Bundle['event'];

export interface Signers {
  readonly source: TestSigner;
  readonly registration: TestSigner;
}

/** Signed by the one and certified by the other, as a deployment does it: whoever they are. */
export function certified(event: Bundle['event'], { source, registration }: Signers, decidedAt = receivedAt): Bundle {
  const header = signedBytes(event);
  const person = 'c'.repeat(32) as Bundle['certification']['recordKey'];
  const certification = {
    ...{ eventId: event.id, headerDigest: digest(header), policyVersion: 1, decidedAt, appendedAt: receivedAt },
    ...{ generation: 1, recordKey: person, leaf: Buffer.from(leafOf(event)).toString('hex') },
  };
  return {
    format: 'anamnesis-evidence/1',
    event,
    signature: source.sign(header),
    raw: raw.toString('base64'),
    certification: { ...certification, signature: registration.sign(certifiedBytes(certification)) },
    leafKey: leafKey.toString('hex'),
    certificates: { source: source.path, registration: registration.path },
    anchoring: null,
  };
}

function leafOf({ id, raw: { digest: all } }: Bundle['event']): Uint8Array {
  return commitment(leafKey, id, Buffer.from(all, 'hex'));
}

/** What the command does, without its exit status. */
export function judge(bundle: unknown, trust: BundleTrust = {}): string {
  const text = typeof bundle === 'string' ? bundle : JSON.stringify(bundle);
  try {
    const verdict = verifyBundle(parseBundle(text), trust);
    return verdict.verdict === 'mismatch' ? `${verdict.rule} ${verdict.detail ?? ''}`.trim() : verdict.verdict;
  } catch (error) {
    if (error instanceof Error && error.name === 'Rejected') return `unreadable: ${error.message}`;
    throw error;
  }
}

export interface TestDeployment {
  readonly authority: TestAuthority;
  readonly signers: Signers;
  /** An anchored bundle in which all is well … */
  readonly genuine: Bundle;
  /** … to whoever trusts this. */
  readonly trust: BundleTrust;
}

export async function makeDeployment(): Promise<TestDeployment> {
  const authority = await TestAuthority.make();
  const source = await authority.issue({ uris: [sourceUri] });
  const signers = { source, registration: await authority.issue({ uris: [registrationUri] }) };
  const { evidence, trust } = await anchoredOnLog();
  const genuine = { ...certified(said, signers), anchoring: { index: 0, auditPath: [], ledger: evidence } };
  return { authority, signers, genuine, trust: { root: authority.der, ledger: trust } };
}

/** The leaf of `said` alone in a batch, on a log of its own. */
export async function anchoredOnLog(): Promise<{ readonly evidence: LedgerEvidence; readonly trust: LogTrust }> {
  const directory = await mkdtemp(join(tmpdir(), 'anamnesis-bundle-'));
  const ledger = await openLedger({ backend: 'log', directory });
  const root = Buffer.from(leafHash(leafOf(said))).toString('hex');
  const anchor = await ledger.anchor({ batchId: newBatchId(), root, size: 1, previousRoot: firstPreviousRoot });
  const evidence = await ledger.prove(anchor);
  await ledger.close();
  await rm(directory, { recursive: true });
  return { evidence, trust: ledger.trust };
}
