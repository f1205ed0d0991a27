import { Injectable } from '@nestjs/common';
import {
  type EventId,
  Rejected,
  type RejectionCode,
  rejectionCodes,
  type SourceFact,
  Unavailable,
} from '@anamnesis/core';
import { Keys } from './settings/keys.js';

/** One call, answer included. */
const deadlineMs = 2000;

export interface Enrolled {
  /** PEM. */
  readonly certificate: string;
  /** PEM, issuer first, root last. */
  readonly chain: readonly string[];
  readonly serial: string;
  readonly notAfter: string;
}

export interface CertificatePath {
  readonly certificate: string;
  readonly chain: readonly string[];
}

/** What registration adds to the evidence of one event. */
export interface EventEvidence {
  /** Lower-case hex. */
  readonly leafKey: string;
  readonly generation: number;
  readonly source: CertificatePath;
  readonly registration: CertificatePath;
}

/** What an adapter saw of one source since it last said so. */
export interface SourceObservation {
  /** Instance of the adapter. */
  readonly adapter: string;
  readonly answers: Readonly<Record<string, number>>;
  readonly ackMsP99: number;
  readonly lastMessageAt: string;
}

/** Application acknowledgements for one listener, in their order. */
export interface AcknowledgementLease {
  readonly sourceId: string;
  /** `host:port` */
  readonly to: string;
  readonly acknowledgements: readonly {
    readonly id: string;
    /** Our MSH-10, which the answer must name (hl7v2.md A8). */
    readonly controlId: string;
    /** Unframed, base64. */
    readonly content: string;
  }[];
}

/** What became of a lease. */
export interface AcknowledgementResults {
  readonly adapter: string;
  readonly sourceId: string;
  /** MSA-1 of their answers. */
  readonly settled: readonly { readonly id: string; readonly answer: string }[];
  /** The next one behind them was not answered. */
  readonly isFailed: boolean;
}

/**
 * The registration app as other apps call it. Throws `Rejected` with the code that registration answered, and
 * `Unavailable('registration')` when it does not answer within two seconds or is itself in trouble.
 */
@Injectable()
export class RegistrationClient {
  /** Without a path. In one process it is known once HTTP is bound. */
  baseUrl: string | undefined;

  constructor(private readonly keys: Keys) {}

  /** An unknown sender made contact: enrolled at once in the open sandbox, else listed for an operator. */
  contact(sender: {
    facility: string;
    application: string;
    address: string;
    /** `sha256:<hex>` of its client certificate. */
    certificate?: string;
  }): Promise<{ state: 'active' | 'pending'; source?: SourceFact }> {
    return this.#call('POST', '/registration/contacts', sender);
  }

  /** A one-time token for `enrol`. */
  enrolmentToken(sourceId: string): Promise<{ token: string; expiresAt: string }> {
    return this.#call('POST', `/registration/sources/${encodeURIComponent(sourceId)}/tokens`, {});
  }

  /** Exchanges a certificate request (PKCS #10, PEM) for a certificate. */
  enrol(request: { token: string; csr: string }): Promise<Enrolled> {
    return this.#call('POST', '/registration/enrolments', request);
  }

  observe(sourceId: string, observation: SourceObservation): Promise<void> {
    return this.#call('POST', `/registration/sources/${encodeURIComponent(sourceId)}/observations`, observation);
  }

  /** Application acknowledgements to be sent now, by this instance alone for so long. */
  leaseAcknowledgements(request: { adapter: string; forMs: number }): Promise<readonly AcknowledgementLease[]> {
    return this.#call('POST', '/registration/acknowledgements/leases', request);
  }

  settleAcknowledgements(results: AcknowledgementResults): Promise<void> {
    return this.#call('POST', '/registration/acknowledgements/results', results);
  }

  /** Throws `Rejected('gone')` when the record's secret was destroyed. */
  evidence(id: EventId): Promise<EventEvidence> {
    return this.#call('GET', `/registration/events/${id}/evidence`);
  }

  async #call<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    if (this.baseUrl === undefined) throw new Unavailable('registration', 'not started yet');
    const headers = { authorization: `Bearer ${this.keys.serviceToken}`, 'content-type': 'application/json' };
    const signal = AbortSignal.timeout(deadlineMs);
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    try {
      const response = await fetch(`${this.baseUrl}${path}`, { method, headers, signal, ...content });
      const text = await response.text();
      if (response.status >= 400) throw errorOf(response.status, text);
      return (text === '' ? undefined : JSON.parse(text)) as Answer;
    } catch (error) {
      if (error instanceof Rejected || error instanceof Unavailable) throw error;
      throw new Unavailable('registration', 'no answer', { cause: error });
    }
  }
}

function errorOf(status: number, text: string): Error {
  if (status >= 500 || status === 429) return new Unavailable('registration', `answered ${status}`);
  const { code } = parsed(text);
  const known = rejectionCodes.find((one) => one === code);
  const fallback: RejectionCode = status === 404 ? 'not-found' : 'invalid-request';
  return new Rejected(known ?? fallback, `registration answered ${status}`);
}

function parsed(text: string): { code?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {}; // not ours: the status alone decides
  }
}
