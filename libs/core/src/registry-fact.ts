import { Rejected } from './errors.js';
import type { CodeTable } from './code-table.js';
import type { Corrections } from './corrections.js';
import { textOf, type Fields } from './parse-fields.js';

/**
 * How far a source has come. `draft`: known, and answered like an unknown one. `testing`: taken, into the test history.
 * `certified`: into the history of patients.
 */
export type SourcePhase = 'draft' | 'testing' | 'certified';

/** `replace`: what a message lists in this segment is all there is. `keep`: what it leaves out stays as it was. */
export type Snapshots = Readonly<Partial<Record<'NK1' | 'IN1', 'replace' | 'keep'>>>;

/** A facility's application that may send. Key on the bus: `source:<id>`. */
export interface SourceFact {
  readonly kind: 'source';
  /** Opaque, `[a-z2-7]{16}`. */
  readonly id: string;
  /** MSH-4.1. */
  readonly facility: string;
  /** MSH-3.1. */
  readonly application: string;
  readonly state: 'active' | 'suspended';
  /** Absent = certified, from its first message on. */
  readonly phase?: SourcePhase;
  /** Enrolled on first contact in the open sandbox: may use any authority. */
  readonly isOpen: boolean;
  /** CIDR blocks that may speak for it; empty = any (custody evidence then says `none`). */
  readonly addresses: readonly string[];
  /**
   * Client certificates that speak for it, `sha256:<64 hex digits>` of the whole certificate or `subject:<RFC 2253 name>`;
   * with any of them it may send over TLS alone. Absent or empty = none is bound.
   */
  readonly certificates?: readonly string[];
  /** IANA zone of times sent without offset; absent = UTC, flagged. */
  readonly zone?: string;
  /** Used when MSH-18 is empty or unknown and the bytes are not UTF-8, or as `charsetPolicy` says. */
  readonly charset?: string;
  /** `force`: `charset` whatever MSH-18 says. `default`: as `declared`, and using `charset` is no guess. Absent = `declared`. */
  readonly charsetPolicy?: 'declared' | 'force' | 'default';
  /** System of numbers sent without an authority; absent = scoped to the facility. */
  readonly authorityDefault?: string;
  /** URI by bare namespace as this source writes it (CX.4.1). */
  readonly authorityByNamespace: Readonly<Record<string, string>>;
  /** `ADT^A01`, `ADT^*`, `*`. Empty = every type. */
  readonly messageTypes: readonly string[];
  /** MSH-11.1 values accepted. */
  readonly processingIds: readonly string[];
  readonly acknowledgement: 'auto' | 'original' | 'enhanced' | 'enhanced-answer-AA';
  /** `host:port` of the sender's own listener, for the application acknowledgements that MSH-16 asks for; absent = none is sent. */
  readonly applicationAcknowledgementTo?: string;
  /** What a batch (FHS, BHS) is answered with: every acknowledgement, negative ones, or nothing. Absent = all. */
  readonly batchAcknowledgement?: 'all' | 'errors' | 'none';
  /** What its own codes mean; absent = no table yet. */
  readonly codes?: CodeTable;
  /** It has sent a fragment with DSC-1: what has an MSH-14, and is no message of its own, continues another of its fragments. */
  readonly isFragmenting?: boolean;
  /** What is put right of its messages before they are judged and mapped; absent = nothing. */
  readonly corrections?: Corrections;
  /** What it means by the list of a segment without numbers; absent, and of a segment absent = `replace`. */
  readonly snapshots?: Snapshots;
  /** When we are unavailable: close without an answer instead of AR 207. */
  readonly closesWhenUnavailable: boolean;
}

/** An assigning authority. Key: `authority:<system>`. */
export interface AuthorityFact {
  readonly kind: 'authority';
  readonly system: string;
  readonly scope: 'facility' | 'enterprise' | 'national';
  /** Facility that issues its numbers; absent for national ones nobody here issues. */
  readonly issuer?: string;
}

/** A certificate of a source's key. Key: `certificate:<serial>`. */
export interface CertificateFact {
  readonly kind: 'certificate';
  readonly serial: string;
  readonly sourceId: string;
  /** ISO 8601 UTC. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** Events that the bus appended from this moment on are refused. */
  readonly revokedAt?: string;
}

/** Header of a record on `registry.changed`: the whole fact, the latest one per key holds. No body. */
export type RegistryFact = SourceFact | AuthorityFact | CertificateFact;

/** Key of a fact on `registry.changed`. */
export function registryKey(fact: RegistryFact): string {
  switch (fact.kind) {
    case 'source':
      return `source:${fact.id}`;
    case 'authority':
      return `authority:${fact.system}`;
    case 'certificate':
      return `certificate:${fact.serial}`;
  }
}

/** Reads a header from the bus. Throws `Rejected('invalid-event')`. */
export function parseRegistryFact(header: Fields): RegistryFact {
  const kind = textOf(header, 'kind');
  if (kind !== 'source' && kind !== 'authority' && kind !== 'certificate')
    throw new Rejected('invalid-event', 'kind is not known');
  return header as unknown as RegistryFact;
}

/** Does a list of permitted types (`ADT^A01`, `ADT^*`, `*`) name this one? An empty list permits all. */
export function permitsType(permitted: readonly string[], messageCode: string, triggerEvent: string): boolean {
  const names = ['*', `${messageCode}^*`, `${messageCode}^${triggerEvent}`];
  return permitted.length === 0 || permitted.some((one) => names.includes(one));
}
