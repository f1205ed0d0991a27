import type { AnchorEntry, BatchId } from './anchor-entry.js';
import type { FabricAnchor, FabricEvidence } from './fabric/evidence/fabric-evidence.js';
import type { FabricTrust } from './fabric/trust/fabric-trust.js';
import type { LogAnchor, LogEvidence, LogTrust } from './log/log-evidence.js';

/** Receipt of a committed entry: its position, under the trust of the ledger it names. Plain JSON; `parseAnchor` reads it. */
export type Anchor = LogAnchor | FabricAnchor;

/**
 * What a third party needs to check an anchor, one member per ledger: each is a different fact under different trust.
 * Plain JSON; `parseLedgerEvidence` reads it, `verifyAnchor` judges it.
 */
export type LedgerEvidence = LogEvidence | FabricEvidence;

/** What a verifier believes beforehand. It never comes with the evidence. */
export type LedgerTrust = LogTrust | FabricTrust;

/** Where batches are anchored. Every promise below is checked by `ledger.conformance.ts` on every backend. */
export interface Ledger {
  /**
   * Resolves only when the entry is committed for good (log: covered by a signed checkpoint on disk; Fabric: its
   * transaction is in a block and valid). The same entry
   * again, at any time and from any process: the first anchor again. The same batch id with another root, size or
   * previous root: `Rejected('anchor-conflict')`. A malformed entry: `Rejected('invalid-evidence')`. Throws
   * `Unavailable`: then it may or may not be anchored, and the same call again settles which.
   */
  anchor(entry: AnchorEntry): Promise<Anchor>;

  /** The anchor of a batch; undefined when the ledger has none. Throws `Unavailable`. */
  find(batchId: BatchId): Promise<Anchor | undefined>;

  /**
   * Evidence of an anchor of this ledger, the same each time. Throws `Rejected('not-found')` for an anchor that this
   * ledger never gave, `Unavailable` when the evidence cannot be had now or would not hold.
   */
  prove(anchor: Anchor): Promise<LedgerEvidence>;

  /** Answers what was asked before, then lets go of the backend. Everything afterwards throws `Unavailable`. */
  close(): Promise<void>;
}
