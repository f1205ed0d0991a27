import { randomBytes } from 'node:crypto';
import { type AccessId, type AccessRecord, base32 } from '@anamnesis/core';
import type { AccessNote, TracedRequest } from './access-note.js';

const resourcesMax = 500;
/** A Patient's id as we make them: an HMAC in base32. What else stands there may be anything, a number of a patient too. */
const patientPath = /^\/fhir\/Patient\/([a-z2-7]{32})(?:\/|$)/;

export interface AccessOutcome {
  readonly outcome: AccessRecord['outcome'];
  readonly status: number;
  /** Absent for denials, which have no answer. */
  readonly note?: AccessNote | undefined;
}

/** The access event of one request. Carries the route's template and parameter names, never a value. */
export function accessRecordOf(request: TracedRequest, { outcome, status, note }: AccessOutcome): AccessRecord {
  const { access } = request;
  return {
    id: base32(randomBytes(20)) as AccessId,
    at: new Date().toISOString(),
    actor: access === undefined ? { role: 'anonymous' } : { role: access.role, token: access.token },
    address: request.ip ?? '',
    action: note?.action ?? actionOf(request.path),
    request: note?.request ?? `${request.method} ${templateOf(request)}`,
    outcome,
    status,
    persons: [...new Set(personsOf(request, note))],
    resources: [...new Set(note?.resources)].slice(0, resourcesMax),
    requestId: request.requestId ?? '',
  };
}

/** Without a note nothing was given away: then whose chart the denied request was after, so that the attempt is seen. */
function personsOf({ path }: TracedRequest, note: AccessNote | undefined): readonly string[] {
  return note?.persons ?? [patientPath.exec(path)?.[1] ?? []].flat();
}

/** Without a matched route only the first part of the path is ours to repeat; the rest may hold anything. */
function templateOf(request: TracedRequest): string {
  const route: unknown = request.route;
  const path = typeof route === 'object' && route !== null && 'path' in route ? route.path : undefined;
  return typeof path === 'string' ? path : `/${request.path.split('/')[1] ?? ''}/…`;
}

function actionOf(path: string): AccessRecord['action'] {
  if (path.startsWith('/messages')) return 'messages';
  return path.startsWith('/evidence') ? 'evidence' : 'read';
}
