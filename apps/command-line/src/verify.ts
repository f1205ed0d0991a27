import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type EvidenceBundle, Rejected } from '@anamnesis/core';
import { type BundleVerdict, describeVerdict, type LedgerEvidence, parseBundle, verifyBundle } from '@anamnesis/ledger';
import { printable } from './printable.js';
import { readTrustFile } from './trust-file.js';

const usage = `usage: npm run verify -- <evidence.json> [--trust <file>]

Checks one evidence bundle (GET /evidence/{eventId}) offline.
  --trust <file>  what you trust, had from elsewhere than the bundle: trust.json of the deployment, or its root
                  certificate (PEM), or the log's verifier key, or the trust file of the Fabric channel
exit status: 0 proven, 1 altered, 2 unreadable, 3 not anchored yet`;

const exitStatus = { valid: 0, mismatch: 1, anchoring: 3 } as const;
const unreadable = 2;

process.exitCode = run();

function run(): number {
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options: { trust: { type: 'string' } } });
    const [file, ...others] = positionals;
    if (file === undefined || others.length > 0) throw new Rejected('invalid-evidence', usage);
    const bundle = parseBundle(readFileSync(file, 'utf8'));
    const verdict = verifyBundle(bundle, values.trust === undefined ? {} : readTrustFile(values.trust));
    for (const line of report(bundle, verdict)) console.log(printable(line));
    return exitStatus[verdict.verdict];
  } catch (error) {
    // Whatever kept us from reading is the answer: no such file, not JSON, not a bundle.
    console.error(`unreadable: ${error instanceof Error ? error.message : 'unknown'}`);
    return unreadable;
  }
}

function report(bundle: EvidenceBundle<LedgerEvidence>, verdict: BundleVerdict): string[] {
  if (verdict.verdict === 'mismatch') {
    const detail = verdict.detail === undefined ? '' : ` (${verdict.detail})`;
    return [`ALTERED: ${verdict.rule}${detail}`, 'Nothing in this bundle is proven.'];
  }
  const { event, certification } = bundle;
  const { facility, application, authentication } = event.source;
  const root = verdict.isRootTrusted
    ? 'the trusted root'
    : `the root that the bundle itself supplied (SHA-256 ${verdict.rootFingerprint}): compare it`;
  return [
    verdict.verdict === 'valid' ? 'PROVEN' : 'NOT ANCHORED YET',
    `event          ${event.id}`,
    ...messageLines(bundle),
    `received       ${event.receivedAt} by the adapter enrolled for ${facility} / ${application}, which signed it`,
    `sender         authenticated by: ${authentication}`,
    `certified      ${certification.decidedAt} by registration, policy version ${certification.policyVersion}`,
    `certificates   lead to ${root}`,
    ...(verdict.ledger === undefined ? [] : [`ledger         ${describeVerdict(verdict.ledger)}`]),
  ];
}

/** What was detached is not in the bundle: whoever has it compares its digest. */
function messageLines({ event: { source, raw }, raw: bytes }: EvidenceBundle<LedgerEvidence>): readonly string[] {
  const name = `message        ${source.messageType} ${source.messageId}`;
  const size = Buffer.from(bytes, 'base64').length;
  const { detached = [] } = raw;
  if (detached.length === 0) return [`${name}, ${size} bytes as received, SHA-256 ${raw.digest}`];
  const all = detached.reduce((sum, { sizeBytes }) => sum + sizeBytes, size);
  return [
    `${name}, ${all} bytes as received, SHA-256 ${raw.digest}`,
    `in the bundle  ${size} of these bytes; the values below are named by their digest alone`,
    ...detached.map(({ document, sizeBytes, digest }) =>
      document === undefined
        ? `detached       a value of ${sizeBytes} bytes, SHA-256 ${digest}`
        : `detached       a document of ${document.sizeBytes} bytes, SHA-256 ${document.digest}`,
    ),
  ];
}
