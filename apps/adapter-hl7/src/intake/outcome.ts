import { conditionAt, type ConditionPlace, type ErrorCondition, type MessageHeader } from '@anamnesis/hl7v2';
import type { SourceFact } from '@anamnesis/core';

/** What is answered to one message, before it is put in the words of the sender's mode and version. */
export type Outcome =
  | { readonly kind: 'done' }
  /** `reject` is of sender, type, version and processing id; `error` of content (hl7v2.md A4). */
  | { readonly kind: 'reject' | 'error'; readonly condition: ErrorCondition }
  /** The same may succeed later. */
  | ({ readonly kind: 'unavailable'; readonly condition: ErrorCondition } & Trouble);

interface Trouble {
  /** Something we depend on is away; else it is a defect of ours. */
  readonly isDependency: boolean;
  /** Then a record of it can hardly be stored either. */
  readonly isBusAway: boolean;
}

export type Refusal = Exclude<Outcome, { kind: 'done' }>;

/** A block, as far as it was read, and what came of it. */
export interface Answered {
  /** Absent when not even the MSH could be read. */
  readonly header?: MessageHeader;
  /** Absent when the sender is not a source. */
  readonly source?: SourceFact;
  readonly sizeBytes: number;
  readonly outcome: Outcome;
  /** Put together from fragments, each of which was answered: there is nobody to answer. */
  readonly isAssembled?: true;
}

export function reject(code: ErrorCondition['code'], text: string, place?: string | ConditionPlace): Refusal {
  return { kind: 'reject', condition: conditionAt(code, text, place) };
}

export function error(code: ErrorCondition['code'], text: string, place?: string | ConditionPlace): Refusal {
  return { kind: 'error', condition: conditionAt(code, text, place) };
}

export function unavailable(text: string, trouble: Trouble): Refusal {
  return { kind: 'unavailable', condition: conditionAt(207, text), ...trouble };
}

/** `PID^1^3`; empty when the whole message is meant. */
export function locationText({ location }: ErrorCondition): string {
  if (location === undefined) return '';
  const { segment, position, field, repetition, component } = location;
  const parts = [segment, position, field, field === undefined ? undefined : (repetition ?? 1), component];
  if (repetition === undefined && component === undefined) parts.length = 3;
  return parts.filter((one) => one !== undefined).join('^');
}
