import type { Rejected } from '@anamnesis/core';
import type { Judgement } from './judge.js';
import type { ReadEvent } from './read-event.js';

/** A read event whose signature was checked against the key that it names. */
export interface CheckedEvent extends ReadEvent {
  readonly isSignatureValid: boolean;
}

/** An event that is to be decided now. */
export interface Case extends CheckedEvent {
  readonly generation: number;
  /** When the bus took the event first: a replay is judged by that time. */
  readonly appendedAt: string;
  readonly isRevokedAccepted: boolean;
  /** Of the test history. */
  readonly isTest?: true;
}

/** A case with its outcome. */
export interface Judged extends Case {
  readonly sourceId: string | null;
  readonly verdict: { readonly judgement: Judgement } | { readonly rejection: Rejected };
}
