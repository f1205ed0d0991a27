import type { IncomingMessage } from 'node:http';
import type { AccessRecord } from '@anamnesis/core';
import type { AccessContext } from '@anamnesis/runtime';

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
export interface TracedRequest extends IncomingMessage {
  readonly method: string;
  /** As sent, with the query. */
  readonly originalUrl: string;
  readonly path: string;
  readonly protocol: string;
  readonly ip?: string;
  readonly params: Readonly<Record<string, string | string[]>>;
  /** As far as the framework reads the media type; undefined else. */
  readonly body?: unknown;
  /** The route that matched. */
  readonly route?: unknown;
  get(header: string): string | undefined;
  /** The media type that matches, false for another. */
  is(types: string | string[]): string | false | null;
  access?: AccessContext;
  /** Ties answer, access event and log: the caller's `X-Request-Id` where usable, else ours. */
  requestId?: string;
  accessNote?: AccessNote;
}

/** Called by a handler on a route behind `AccessInterceptor`, once it knows its answer. */
export function noteAccess(request: TracedRequest, note: AccessNote): void {
  request.accessNote = note;
}
