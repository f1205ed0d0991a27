import type { Brand } from './brand.js';

export type AccessId = Brand<string, 'AccessId'>;

/**
 * Header of a record on `access.recorded` (key = subject or the actor, no body): one access to patient data, permitted
 * or denied, durable before the first byte of the answer. Becomes a FHIR AuditEvent. No search values, no content.
 */
export interface AccessRecord {
  readonly id: AccessId;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly actor: {
    readonly role: string;
    /** First 16 hex digits of the token's digest; absent when anonymous. */ readonly token?: string;
  };
  readonly address: string;
  readonly action: 'read' | 'search' | 'history' | 'operation' | 'evidence' | 'messages';
  /** `GET /fhir/Observation?code&patient`: the shape of the request, without values. */
  readonly request: string;
  readonly outcome: 'permitted' | 'denied';
  readonly status: number;
  /** Ids of the persons (Patient ids) whose data were in the answer. */
  readonly persons: readonly string[];
  /** `type/id` of the resources read, at most 500. */
  readonly resources: readonly string[];
  readonly requestId: string;
}
