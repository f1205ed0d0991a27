import type { AnchorEntry } from './anchor-entry.js';
import { describeFabricVerdict } from './fabric/evidence/describe-fabric-verdict.js';
import { type FabricVerdict, verifyFabricAnchor } from './fabric/evidence/verify-fabric-anchor.js';
import type { FabricTrust } from './fabric/trust/fabric-trust.js';
import type { LedgerEvidence, LedgerTrust } from './ledger.js';
import { type LogVerdict, describeLogVerdict, verifyLogAnchor } from './log/verify-log-anchor.js';

/** Says which ledger was judged and under which trust; narrow by `verdict`, then by `ledger`. */
export type AnchorVerdict = LogVerdict | FabricVerdict;

export interface AnchorClaim {
  /** As read by `parseLedgerEvidence`. */
  readonly evidence: LedgerEvidence;
  /** The batch as the caller holds it; when given, the evidence must be of this very entry. */
  readonly entry?: AnchorEntry | undefined;
  /**
   * What the verifier knows from elsewhere. Without it the key or membership that the evidence itself supplies is used:
   * the verdict says so (`isKeyTrusted: false`) and gives the fingerprint to compare. Trust of another ledger than the
   * evidence's is a mismatch.
   */
  readonly trust?: LedgerTrust | undefined;
}

/** Judges evidence offline, with nothing but what is handed in. Never throws on parsed evidence. */
export function verifyAnchor({ evidence, entry, trust }: AnchorClaim): AnchorVerdict {
  return evidence.ledger === 'log'
    ? verifyLogAnchor(evidence, { entry, trust: trust && (isFabric(trust) ? noLog : trust) })
    : verifyFabricAnchor(evidence, { entry, trust: trust && (isFabric(trust) ? trust : noChannel) });
}

/** One sentence for a person, or a few: what was proven, under whose word, and what was not. */
export function describeVerdict(verdict: AnchorVerdict): string {
  return verdict.ledger === 'log' ? describeLogVerdict(verdict) : describeFabricVerdict(verdict);
}

/** Trust in no log and no channel: what somebody has who only believes the other kind. */
const noLog = { origin: '', vkey: '' };
const noChannel: FabricTrust = {
  ...{ ledger: 'fabric', channel: '', chaincode: '', configBlock: 0 },
  ...{ organisations: [], orderers: [], endorsers: [], quorum: 1 },
};

function isFabric(trust: LedgerTrust): trust is FabricTrust {
  return 'ledger' in trust;
}
