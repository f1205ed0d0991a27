export * from './anchor-entry.js';
export type * from './ledger.js';
export type { FabricAnchor, FabricEvidence } from './fabric/evidence/fabric-evidence.js';
export type { FabricBatch } from './fabric/evidence/held-batch.js';
export {
  type FabricBlockHeader,
  type FabricGrowth,
  verifyFabricGrowth,
} from './fabric/evidence/verify-fabric-growth.js';
export type { FabricLedger } from './fabric/fabric-ledger.js';
export type {
  FabricAccount,
  FabricLedgerOptions,
  FabricTrouble,
  Submission,
  Submissions,
} from './fabric/fabric-options.js';
export type { FabricCheckpoint, FollowOptions } from './fabric/follow.js';
export { type FabricTrust, parseFabricTrust, trustFingerprint } from './fabric/trust/fabric-trust.js';
export type { LogAnchor, LogEvidence, LogTrust } from './log/log-evidence.js';
export type { LogAudit, LogLedger, LogLedgerOptions } from './log/log-ledger.js';
export { keyFingerprint, parseLogTrust } from './log/log-trust.js';
export { verifyLogGrowth } from './log/verify-log-growth.js';
export * from './open-ledger.js';
export * from './parse-evidence.js';
export * from './verify.js';
export { parseBundle } from './bundle/parse-bundle.js';
export { type BundleRule, type BundleTrust, type BundleVerdict, verifyBundle } from './bundle/verify-bundle.js';
