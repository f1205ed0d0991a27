import { verifyConsistency } from '@anamnesis/core';
import { openCheckpoint } from './checkpoint.js';
import type { LogTrust } from './log-evidence.js';
import { parseVerifierKey } from './signed-note.js';

export interface LogGrowth {
  /** A checkpoint kept from before. */
  readonly earlier: string;
  readonly later: string;
  /** From `LogLedger.consistency` of their sizes, in hex. */
  readonly proof: readonly string[];
  readonly trust: LogTrust;
}

/**
 * Whether the log signed both checkpoints and the later tree begins with the whole earlier one: nothing that the earlier
 * covered was altered or removed since. Throws `Rejected('invalid-evidence')` when `trust` is no key.
 */
export function verifyLogGrowth({ earlier, later, proof, trust }: LogGrowth): boolean {
  const key = parseVerifierKey(trust.vkey);
  const [first, second] = [openCheckpoint(earlier, key), openCheckpoint(later, key)];
  if (first === undefined || second === undefined || first.size > second.size) return false;
  return verifyConsistency({
    first: first.size,
    second: second.size,
    firstRoot: first.root,
    secondRoot: second.root,
    proof: proof.map((one) => Buffer.from(one, 'hex')),
  });
}
