import { rejectionCodes, type RejectionCode, type SourceFact } from '@anamnesis/core';
import {
  type AckCode,
  buildAck,
  type ConditionCode,
  decideApplicationAck,
  type ErrorCondition,
  ourIdentity,
  readHeader,
} from '@anamnesis/hl7v2';
import type { Decision } from '@anamnesis/store';

/** An application acknowledgement as it will be sent. */
export interface ComposedAck {
  readonly code: AckCode;
  readonly controlId: string;
  readonly content: Uint8Array;
}

export interface Decided {
  /** Of the message's first event. */
  readonly id: string;
  readonly msh: Uint8Array;
  readonly source: SourceFact;
  /** Of all its events. */
  readonly decisions: readonly Pick<Decision, 'outcome' | 'code' | 'reason'>[];
  readonly at: Date;
}

/** That old receivers keep of MSH-10. */
const controlIdLength = 20;

/** About the sender and what it may send, not about what it said (hl7v2.md A4). */
const rejects: Partial<Record<RejectionCode, ConditionCode>> = {
  'type-not-permitted': 200,
  'unsupported-type': 200,
  'unknown-source': 207,
  'bad-signature': 207,
  'certificate-unknown': 207,
  'certificate-expired': 207,
  'certificate-revoked': 207,
  'certificate-mismatch': 207,
};

/**
 * What MSH-16 asks to be told (A2): AA when each event of the message is certified; AE or AR with the reason when one was
 * refused. Undefined where the sender wants to hear nothing of this outcome. The same each time it is composed.
 */
export function composeAck({ id, msh, source, decisions, at }: Decided): ComposedAck | undefined {
  const request = readHeader(msh);
  if (request === undefined) return undefined;
  const { outcome, errors } = outcomeOf(decisions);
  const code = decideApplicationAck(request, outcome, source.acknowledgement);
  if (code === undefined) return undefined;
  const controlId = id.replace(/[^a-z0-9]/g, '').slice(0, controlIdLength);
  const content = buildAck({ code, request, controlId, at, identity: ourIdentity, isInitiated: true, errors });
  return { code, controlId, content };
}

interface Outcome {
  readonly outcome: 'done' | 'error' | 'reject';
  readonly errors: readonly ErrorCondition[];
}

function outcomeOf(decisions: Decided['decisions']): Outcome {
  const refused = decisions.find(({ outcome }) => outcome === 'refused');
  if (refused === undefined) return { outcome: 'done', errors: [] };
  const reject = rejects[codeOf(refused)];
  const text = `${refused.code ?? ''}: ${refused.reason ?? ''}`;
  return { outcome: reject === undefined ? 'error' : 'reject', errors: [{ code: reject ?? 207, text }] };
}

function codeOf({ code }: Pick<Decision, 'code'>): RejectionCode {
  return rejectionCodes.find((one) => one === code) ?? 'invalid-event';
}
