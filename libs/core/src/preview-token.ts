import { createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalJson } from './canonical-json.js';
import { Rejected } from './errors.js';

/** What query vouches for: this file was previewed on messages of this source. */
export interface CorrectionsPreview {
  readonly sourceId: string;
  /** SHA-256 of the file, lower-case hex. */
  readonly digest: string;
  /** Messages that it was previewed on; at least one. */
  readonly messages: number;
  /** ISO 8601 UTC. */
  readonly previewedAt: string;
}

/** A preview says what the messages of its day would have become. */
export const previewLifeMs = 7 * 24 * 3_600_000;
const purpose = 'corrections-preview/1';
const tokenLengthMax = 2048;

/** Written by query, read by registration; both hold the deployment key. No patient data. */
export function writePreviewToken(deploymentKey: Uint8Array, preview: CorrectionsPreview): string {
  const claims = Buffer.from(canonicalJson({ ...preview }), 'utf8').toString('base64url');
  return `${claims}.${macOf(deploymentKey, claims).toString('base64url')}`;
}

/** Throws `Rejected('invalid-token')` for what `writePreviewToken` did not write under this key, and for what is too old. */
export function readPreviewToken(deploymentKey: Uint8Array, token: string, now = new Date()): CorrectionsPreview {
  const [claims = '', mac = ''] = token.length > tokenLengthMax ? [] : token.split('.');
  const expected = macOf(deploymentKey, claims);
  const given = Buffer.from(mac, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw new Rejected('invalid-token', 'this is no preview token of this deployment');
  const preview = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as CorrectionsPreview;
  if (now.getTime() - Date.parse(preview.previewedAt) > previewLifeMs)
    throw new Rejected('invalid-token', 'the preview is older than seven days');
  return preview;
}

function macOf(deploymentKey: Uint8Array, claims: string): Buffer {
  return createHmac('sha256', deploymentKey).update(`${purpose}\n${claims}`).digest();
}
