import type { RejectionCode } from '@anamnesis/core';
import type { AnchorEntry, BatchId } from '../anchor-entry.js';
import type { LogAnchor, LogEvidence, LogTrust } from './log-evidence.js';

/** What the caller's thread and the log thread say to each other. */
export type LogRequest =
  | { readonly kind: 'anchor'; readonly entry: AnchorEntry }
  | { readonly kind: 'find'; readonly batchId: BatchId }
  | { readonly kind: 'prove'; readonly anchor: LogAnchor }
  | { readonly kind: 'checkpoint' }
  | { readonly kind: 'consistency'; readonly first: number; readonly second: number }
  /** Re-hashes one stretch of the log; the caller asks for the next, so that anchors go on in between. */
  | { readonly kind: 'audit'; readonly from: number }
  /** The thread ends when everything before it is answered. */
  | { readonly kind: 'close' };

export interface LogResults {
  readonly anchor: LogAnchor;
  readonly find: LogAnchor | undefined;
  readonly prove: LogEvidence;
  readonly checkpoint: string;
  readonly consistency: readonly string[];
  readonly audit: AuditStep;
  readonly close: undefined;
}

export interface AuditStep {
  /** Where the next stretch begins; undefined at the end. */
  readonly next: number | undefined;
  /** Entries re-hashed by this step. */
  readonly checked: number;
  readonly firstBad: number | undefined;
}

export interface LogMessage {
  readonly id: number;
  readonly request: LogRequest;
}

/** `unavailable` means that nothing of the request was stored, `defect` that the code is wrong. */
export type LogOutcome =
  | { readonly value: LogResults[keyof LogResults] }
  | { readonly rejected: RejectionCode; readonly message: string }
  | { readonly unavailable: string }
  | { readonly defect: string };

export type LogAnswer = { readonly id: number } & LogOutcome;

/** Posted once, when the log is open, owned and checked. */
export interface LogOpened {
  readonly opened: LogTrust;
}

export interface LogSettings {
  readonly directory: string;
  readonly origin: string | undefined;
  readonly fileBytesMax: number | undefined;
}
