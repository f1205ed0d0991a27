import { createHash } from 'node:crypto';
import type { LogTrust } from './log-evidence.js';
import { parseVerifierKey } from './signed-note.js';

/** Reads the content of a `ledger.vkey` file. Throws `Rejected('invalid-evidence')`. */
export function parseLogTrust(text: string): LogTrust {
  const vkey = text.trim();
  return { origin: parseVerifierKey(vkey).name, vkey };
}

/** SHA-256 of the verifier key's text in hex: what people read to each other (`printf %s "$(cat ledger.vkey)" | sha256sum`). */
export function keyFingerprint(vkey: string): string {
  return createHash('sha256').update(vkey, 'utf8').digest('hex');
}
