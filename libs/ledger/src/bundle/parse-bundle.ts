import {
  certifiedBytes,
  type EvidenceBundle,
  evidenceFormat,
  fieldsOf,
  parseCertifiedEvent,
  Rejected,
  signedBytes,
} from '@anamnesis/core';
import type { LedgerEvidence } from '../ledger.js';
import { parseLedgerEvidence } from '../parse-evidence.js';
import { base64, base64Url, hex, list, literal, members, whole } from '../strict-fields.js';
import { parsePlainJson } from './parse-plain-json.js';

const certificatesMax = 8;
const pathLengthMax = 32;

/**
 * Reads an evidence bundle. Throws `Rejected('invalid-evidence')` for what is no bundle: other members, other spellings of
 * a value, other types. What is a bundle may still be false: `verifyBundle` judges that.
 */
export function parseBundle(text: string): EvidenceBundle<LedgerEvidence> {
  const from = members(parsePlainJson(text), 'bundle', [
    'format',
    'event',
    'signature',
    'raw',
    'certification',
    'leafKey',
    'certificates',
    'anchoring',
  ]);
  if (from.format !== evidenceFormat) throw new Rejected('invalid-evidence', `format is not ${evidenceFormat}`);
  const certificates = members(from.certificates, 'certificates', ['source', 'registration']);
  checkSourceSignature(from.signature);
  checkSignature(fieldsIn(from.certification)['signature']);
  const signed = parseSigned(from);
  return {
    format: evidenceFormat,
    ...signed,
    raw: base64(from.raw, 'raw'),
    leafKey: hex(from.leafKey, 'leafKey', 32),
    certificates: {
      source: certificatesOf(certificates.source, 'source'),
      registration: certificatesOf(certificates.registration, 'registration'),
    },
    anchoring: from.anchoring === null ? null : parseAnchoring(from.anchoring),
  };
}

/** The parts that are spelled out again to be verified: what is unknown in them breaks a signature. */
function parseSigned(from: Readonly<Record<'event' | 'signature' | 'certification', unknown>>) {
  const derived = { name: '', version: 0, statements: [], warnings: [] };
  try {
    const header = fieldsOf(from.event, 'event');
    // These two no signature covers.
    if (Object.hasOwn(header, 'signature') || Object.hasOwn(header, 'resources'))
      throw new Rejected('invalid-evidence', 'event has unknown members');
    const signed = { ...header, signature: from.signature, resources: derived };
    const { event, certification } = parseCertifiedEvent({ event: signed, certification: from.certification });
    const { signature, resources, ...read } = event;
    demandSignable(() => [signedBytes(read), certifiedBytes(certification)]);
    return { event: read, signature, certification };
  } catch (error) {
    if (error instanceof Rejected) throw new Rejected('invalid-evidence', error.message, { cause: error });
    throw error;
  }
}

/** Halves of characters and endless nesting have no canonical form: nobody can have signed them. */
function demandSignable(spell: () => unknown): void {
  try {
    spell();
  } catch (error) {
    throw new Rejected('invalid-evidence', 'event or certification is nothing that can be signed', { cause: error });
  }
}

const signatureMembers = ['algorithm', 'certificateSerial', 'value'] as const;

function checkSignature(value: unknown): void {
  const from = members(value, 'signature', signatureMembers);
  literal(from.algorithm, 'algorithm', /^ES256$/);
  literal(from.certificateSerial, 'certificateSerial', /^[0-9a-f]{1,64}$/);
  literal(from.value, 'value', /^[A-Za-z0-9_-]{86}$/);
}

/** Of the source: it may have signed several events at once. */
function checkSourceSignature(value: unknown): void {
  const { tree, ...signature } = fieldsIn(value);
  checkSignature(signature);
  if (tree === undefined) return;
  const place = members(tree, 'tree', ['index', 'size', 'auditPath']);
  whole(place.index, 'index', 0);
  whole(place.size, 'size', 1);
  base64Url(place.auditPath, 'auditPath');
}

function fieldsIn(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function parseAnchoring(value: unknown) {
  const from = members(value, 'anchoring', ['index', 'auditPath', 'ledger']);
  return {
    index: whole(from.index, 'index', 0),
    auditPath: list(from.auditPath, 'auditPath', pathLengthMax).map((one) => hex(one, 'auditPath', 32)),
    ledger: parseLedgerEvidence(from.ledger),
  };
}

function certificatesOf(value: unknown, name: string): readonly string[] {
  return list(value, name, certificatesMax).map((one) => base64(one, name));
}
