import type { AnchorEntry } from './anchor-entry.js';
import type { LedgerEvidence, LedgerTrust } from './ledger.js';
import { type LogVerdict, describeLogVerdict, verifyLogAnchor } from './log/verify-log-anchor.js';

/** Says which ledger was judged and under which trust; narrow by `verdict`, then by `ledger`. */
export type AnchorVerdict = LogVerdict;

export interface AnchorClaim {
  /** As read by `parseLedgerEvidence`. */
  readonly evidence: LedgerEvidence;
  /** The batch as the caller holds it; when given, the evidence must be of this very entry. */
  readonly entry?: AnchorEntry | undefined;
  /**
   * What the verifier knows from elsewhere. Without it the key that the evidence itself supplies is used: the verdict says
   * so (`isKeyTrusted: false`) and gives the fingerprint to compare.
   */
  readonly trust?: LedgerTrust | undefined;
}

/** Judges evidence offline, with nothing but what is handed in. Never throws on parsed evidence. */
export function verifyAnchor({ evidence, entry, trust }: AnchorClaim): AnchorVerdict {
  return verifyLogAnchor(evidence, { entry, trust });
}

/** One sentence for a person: what was proven, and under whose word. */
export function describeVerdict(verdict: AnchorVerdict): string {
  return describeLogVerdict(verdict);
}
