import {
  type AuthorityFact,
  type ClaimedNumber,
  permitsType,
  type ReceivedEvent,
  Rejected,
  type SourceFact,
} from '@anamnesis/core';
import type { KnownCertificate } from './registry-cache.js';

/** What registration knows that bears on one event. */
export interface Grounds {
  readonly certificate: KnownCertificate | undefined;
  readonly isSignatureValid: boolean;
  /** The source that the certificate was issued to. */
  readonly holder: SourceFact | undefined;
  /** The source bound to the facility and application that the event names. */
  readonly source: SourceFact | undefined;
  /** When the bus took the event (ISO 8601 UTC). */
  readonly appendedAt: string;
  /** An operator decided that the revocation does not concern this event. */
  readonly isRevokedAccepted: boolean;
  readonly authority: (system: string) => AuthorityFact | undefined;
  /** May the source use an authority of another facility? */
  readonly isPermitted: (source: SourceFact, system: string) => boolean;
}

export type Warning = 'authority-shared' | 'control-id-reused';

export interface Judgement {
  readonly source: SourceFact;
  readonly warnings: readonly Warning[];
  /** Authorities that this event is the first to use: they belong to its facility from now on. */
  readonly firstUsed: readonly string[];
}

/** Against the authority of a number that the event uses. */
export class AuthorityRejected extends Rejected {
  constructor(
    readonly system: string,
    code: 'authority-not-permitted' | 'authority-not-issued',
    message: string,
  ) {
    super(code, message);
  }
}

/** Acts on numbers of an authority, which its issuer alone may do: merge, move, rename, delete (HL7 v2 chapter 3). */
const issuerTriggers = ['A18', 'A23', 'A29', 'A30', 'A34', 'A35', 'A36', ...sequence(39, 51)];

/** May this event be certified? Pure. Throws `Rejected` with the first reason against it. */
export function judge(event: ReceivedEvent, grounds: Grounds): Judgement {
  checkCertificate(grounds);
  const source = boundSource(event, grounds);
  const [messageCode = '', trigger = ''] = event.source.messageType.split('^');
  if (!permitsType(source.messageTypes, messageCode, trigger))
    throw new Rejected('type-not-permitted', `MSH-9 Message Type: the source may not send ${messageCode}^${trigger}`);
  const uses = systemsOf(event).map((system) => use(source, system, grounds));
  checkIssuer(event, source, grounds);
  return {
    source,
    warnings: uses.some((one) => one.isShared) ? ['authority-shared'] : [],
    firstUsed: uses.flatMap((one) => (one.isFirst ? [one.system] : [])),
  };
}

/** Systems of every number that the event uses, each once. */
export function systemsOf({ subject, identity }: ReceivedEvent): readonly string[] {
  const merged = (identity?.merges ?? []).flatMap(({ survivor, retired }) => [survivor, retired]);
  const linked = (identity?.links ?? []).flatMap(({ first, second }) => [first, second]);
  const named = subject === undefined ? [] : [subject];
  const used = [...named, ...(identity?.identifiers ?? []), ...merged, ...linked, ...universalNumbers(identity)];
  return [...new Set(used.map(({ system }) => system))];
}

/**
 * Visits and accounts that a merge names by a number which is the same everywhere. Others are the sender's own by their
 * key, whatever they are called.
 */
export function universalNumbers(identity: ReceivedEvent['identity']): readonly ClaimedNumber[] {
  return (identity?.numberMerges ?? [])
    .flatMap(({ survivor, retired }) => [survivor, retired])
    .filter(({ isUniversal }) => isUniversal);
}

function checkCertificate({ certificate, isSignatureValid, appendedAt, isRevokedAccepted }: Grounds): void {
  if (certificate?.kind !== 'source')
    throw new Rejected('certificate-unknown', 'no source has a certificate with this serial');
  if (!isSignatureValid) throw new Rejected('bad-signature', 'the signature does not fit header and certificate');
  if (appendedAt > certificate.notAfter || appendedAt < certificate.notBefore)
    throw new Rejected('certificate-expired', 'the certificate was not valid when the bus took the event');
  if (certificate.revokedAt !== null && appendedAt >= certificate.revokedAt && !isRevokedAccepted)
    throw new Rejected('certificate-revoked', 'the certificate was revoked before the bus took the event');
}

function boundSource({ source: named }: ReceivedEvent, { holder, source }: Grounds): SourceFact {
  if (holder?.facility !== named.facility || holder.application !== named.application)
    throw new Rejected('certificate-mismatch', 'the certificate belongs to another source than the event names');
  if (source?.id !== holder.id) throw new Rejected('unknown-source', 'no source is bound to facility and application');
  if (source.state === 'suspended') throw new Rejected('unknown-source', 'the source is suspended');
  return source;
}

interface Use {
  readonly system: string;
  readonly isFirst?: boolean;
  readonly isShared?: boolean;
}

function use(source: SourceFact, system: string, grounds: Grounds): Use {
  if (system.length > 255)
    throw new AuthorityRejected(system, 'authority-not-permitted', 'an authority is longer than 255 characters');
  const owner = facilityOf(system);
  if (owner !== undefined) {
    if (isOwn(owner, source)) return { system };
    throw new AuthorityRejected(
      system,
      'authority-not-permitted',
      'numbers without authority belong to the facility that wrote them',
    );
  }
  const authority = grounds.authority(system);
  if (authority === undefined) return { system, isFirst: true };
  if (authority.scope !== 'facility' || authority.issuer === source.facility) return { system };
  if (grounds.isPermitted(source, system)) return { system };
  if (source.isOpen) return { system, isShared: true };
  throw new AuthorityRejected(system, 'authority-not-permitted', 'the source uses an authority of another facility');
}

function checkIssuer(event: ReceivedEvent, source: SourceFact, grounds: Grounds): void {
  const [messageCode, trigger = ''] = event.source.messageType.split('^');
  const merged = (event.identity?.merges ?? []).flatMap(({ survivor, retired }) => [survivor, retired]);
  const acted = messageCode === 'ADT' && issuerTriggers.includes(trigger) && event.subject ? [event.subject] : [];
  for (const { system } of [...merged, ...acted, ...universalNumbers(event.identity)]) {
    if (!issues(source, system, grounds))
      throw new AuthorityRejected(
        system,
        'authority-not-issued',
        'merge, move and delete need an authority that the facility issues',
      );
  }
}

function issues(source: SourceFact, system: string, grounds: Grounds): boolean {
  return isIssuer(source.facility, system, grounds.authority(system));
}

/** Does the facility issue the numbers of a system? One that nobody uses yet is that of its first user. */
export function isIssuer(facility: string, system: string, authority: AuthorityFact | undefined): boolean {
  const owner = facilityOf(system);
  if (owner !== undefined) return isOwn(owner, { facility });
  return authority === undefined || authority.issuer === facility;
}

/** Facility of an authority that stands for "none was sent": `urn:anamnesis:facility:<facility>`, a field may follow. */
function facilityOf(system: string): string | undefined {
  const prefix = 'urn:anamnesis:facility:';
  return system.startsWith(prefix) ? system.slice(prefix.length).split(':', 1)[0] : undefined;
}

function isOwn(owner: string, { facility }: Pick<SourceFact, 'facility'>): boolean {
  return owner === facility || owner === encodeURIComponent(facility);
}

function sequence(from: number, to: number): readonly string[] {
  return Array.from({ length: to - from + 1 }, (_, at) => `A${from + at}`);
}
