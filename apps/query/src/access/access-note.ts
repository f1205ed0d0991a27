import type { AccessRecord } from '@anamnesis/core';
import type { AccessContext } from '@anamnesis/runtime';
import type { Request } from 'express';

/** What a handler says it is about to give away; written down before the first byte leaves. */
export interface AccessNote {
  readonly action: AccessRecord['action'];
  /** Ids of the persons (Patient ids) whose data are in the answer. */
  readonly persons: readonly string[];
  /** `type/id` of what is in the answer. */
  readonly resources?: readonly string[];
  /** Shape of the request where the route's template says too little; never a value. */
  readonly request?: string;
}

/** A request on a patient route, with what the guard, the trace and the handler add to it. */
export interface TracedRequest extends Request {
  access?: AccessContext;
  /** Ties answer, access event and log: the caller's `X-Request-Id` where usable, else ours. */
  requestId?: string;
  accessNote?: AccessNote;
}

/** Called by a handler on a route behind `AccessInterceptor`, once it knows its answer. */
export function noteAccess(request: TracedRequest, note: AccessNote): void {
  request.accessNote = note;
}
