import type { AccountVisit } from './account-visit.js';
import { canonicalWithout } from './canonical-json.js';
import { type DetachedPart, parseDetached } from './detached-part.js';
import { type EventId, parseEventId } from './event-id.js';
import { type EventSignature, parseEventSignature } from './event-signature.js';
import { Rejected } from './errors.js';
import { fieldsOf, hexOf, integerOf, listOf, optionalTextOf, textOf, type Fields } from './parse-fields.js';
import type { NumberMerge } from './numbered-thing.js';
import type { PatientIdentifier } from './record-key.js';
import type { Mapped } from './statement.js';

/** How the sender itself was authenticated; what a proof of custody may claim and no more. */
export type SenderAuthentication = 'none' | 'address' | 'mtls';

/** A number that the message says belongs to its subject. */
export interface ClaimedIdentifier extends PatientIdentifier {
  /** Identifier type, HL7 table 0203 (`MR`, `NI`, …); empty when not sent. */
  readonly type: string;
}

/** `retired` is to be read as `survivor` (MRG-1 → PID-3), in one authority. */
export interface ClaimedMerge {
  readonly survivor: PatientIdentifier;
  readonly retired: PatientIdentifier;
}

/** Two records are one person, or are not (A24, A37, A43); each stays what it is. */
export interface ClaimedLink {
  readonly first: PatientIdentifier;
  readonly second: PatientIdentifier;
  readonly isLinked: boolean;
}

/** What the message says about who its subject is: input of the person index, hence signed. */
export interface ClaimedIdentity {
  readonly identifiers: readonly ClaimedIdentifier[];
  /** YYYY-MM-DD, or a prefix of it when the source knows no more. */
  readonly birthDate?: string;
  readonly familyName?: string;
  readonly givenName?: string;
  /** Administrative sex, HL7 table 0001. */
  readonly sex?: string;
  readonly isDeceased?: boolean;
  readonly merges?: readonly ClaimedMerge[];
  readonly links?: readonly ClaimedLink[];
  /** Of visits and accounts. */
  readonly numberMerges?: readonly NumberMerge[];
  /** Of which the message says something, and that have no number of their own. */
  readonly accountVisits?: readonly AccountVisit[];
}

/** What the source's key signs: everything about the event but the raw bytes (by digest) and what is derived. */
export interface SignedHeader {
  readonly id: EventId;
  /** Noun.past, `patient.registered`; `message.unmapped` where no mapping exists (vocabulary.md). */
  readonly type: string;
  /** Of this envelope. */
  readonly version: 1;
  readonly source: {
    readonly facility: string;
    readonly application: string;
    /** How it came: over MLLP, by `POST /hl7v2`, as a file in the watched folder, or as a change of a database's row. */
    readonly protocol: 'hl7v2-mllp' | 'hl7v2-http' | 'hl7v2-file' | 'database';
    /** MSH-10; empty when not sent. */
    readonly messageId: string;
    /** `ADT^A01^ADT_A01`. */
    readonly messageType: string;
    readonly authentication: SenderAuthentication;
  };
  /** The identifier that the source used for the patient; absent for messages without one. */
  readonly subject?: PatientIdentifier;
  readonly identity?: ClaimedIdentity;
  /** The source's claim, ISO 8601 with offset; absent when it sent none. */
  readonly occurredAt?: string;
  /** Ours, ISO 8601 UTC. */
  readonly receivedAt: string;
  /**
   * Taken by the rules of a source in testing (any MSH-11): whatever registration knows by the time it judges it, it never
   * comes into the history of patients. Absent: by those of a certified one.
   */
  readonly history?: 'test';
  /** One per message; its events share it. */
  readonly correlationId: string;
  /** Position of the event in its message, from 0. */
  readonly ordinal: number;
  readonly raw: {
    readonly mediaType: string;
    /** Effective character set, as a name that decoders know. */
    readonly charset: string;
    /** SHA-256 of the bytes as received, lower-case hex. */
    readonly digest: string;
    /** Values that were taken out of the bytes, in their order; absent where the bytes beside the header are all. */
    readonly detached?: readonly DetachedPart[];
    /** With `detached`: SHA-256 of what is left, which travels beside the header. */
    readonly bodyDigest?: string;
  };
}

/** Header of a record on `clinical.received`; the raw bytes travel beside it. */
export interface ReceivedEvent extends SignedHeader {
  readonly signature: EventSignature;
  readonly resources: Mapped;
}

/** SHA-256 of the bytes that travel beside the header: all of the message, or what is left of it. */
export function carriedDigest({ raw }: Pick<SignedHeader, 'raw'>): string {
  return raw.bodyDigest ?? raw.digest;
}

const unsigned: readonly string[] = ['signature', 'resources'];

/** What the source's key signs, in UTF-8: RFC 8785 form of the header without signature and resources. */
export function signedText(header: SignedHeader & Partial<ReceivedEvent>): string {
  return canonicalWithout(header, unsigned);
}

/** The bytes of `signedText`. */
export function signedBytes(header: SignedHeader & Partial<ReceivedEvent>): Uint8Array {
  return Buffer.from(signedText(header), 'utf8');
}

/** Reads a header from the bus. Throws `Rejected('invalid-event')`, naming the field and never its value. */
export function parseReceivedEvent(header: Fields): ReceivedEvent {
  parseEventId(header['id']);
  const source = fieldsOf(header['source'], 'source');
  for (const field of ['facility', 'application', 'protocol', 'messageId', 'messageType', 'authentication'])
    textOf(source, field);
  const raw = fieldsOf(header['raw'], 'raw');
  textOf(raw, 'mediaType');
  textOf(raw, 'charset');
  hexOf(raw, 'digest', 32);
  parseDetached(raw);
  for (const field of ['type', 'receivedAt', 'correlationId']) textOf(header, field);
  integerOf(header, 'version');
  integerOf(header, 'ordinal');
  optionalTextOf(header, 'occurredAt');
  if (header['history'] !== undefined && header['history'] !== 'test')
    throw new Rejected('invalid-event', 'history is not known');
  if (header['subject'] !== undefined) parseIdentifier(header['subject'], 'subject');
  if (header['identity'] !== undefined) parseIdentity(header['identity']);
  parseEventSignature(header['signature']);
  const resources = fieldsOf(header['resources'], 'resources');
  textOf(resources, 'name');
  integerOf(resources, 'version');
  listOf(resources, 'statements');
  if (resources['tableVersion'] !== undefined) integerOf(resources, 'tableVersion');
  return header as unknown as ReceivedEvent;
}

function parseIdentity(value: unknown): void {
  const identity = fieldsOf(value, 'identity');
  for (const one of listOf(identity, 'identifiers')) parseIdentifier(one, 'identifiers');
  for (const one of identity['merges'] === undefined ? [] : listOf(identity, 'merges')) {
    const merge = fieldsOf(one, 'merges');
    parseIdentifier(merge['survivor'], 'survivor');
    parseIdentifier(merge['retired'], 'retired');
  }
  for (const one of identity['links'] === undefined ? [] : listOf(identity, 'links')) {
    const link = fieldsOf(one, 'links');
    parseIdentifier(link['first'], 'first');
    parseIdentifier(link['second'], 'second');
  }
  for (const one of identity['numberMerges'] === undefined ? [] : listOf(identity, 'numberMerges')) {
    const merge = fieldsOf(one, 'numberMerges');
    if (merge['kind'] !== 'visit' && merge['kind'] !== 'account')
      throw new Rejected('invalid-event', 'numberMerges.kind is not known');
    parseIdentifier(merge['survivor'], 'survivor');
    parseIdentifier(merge['retired'], 'retired');
  }
}

function parseIdentifier(value: unknown, name: string): void {
  const identifier = fieldsOf(value, name);
  textOf(identifier, 'system');
  textOf(identifier, 'value');
}
