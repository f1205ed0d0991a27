import { hash } from 'node:crypto';
import { isAscii, isUtf8 } from 'node:buffer';
import {
  type AcknowledgementRequest,
  type DetachedPart,
  type EventId,
  eventId,
  type Mapped,
  recordKey,
  type SenderAuthentication,
  type SignedHeader,
  type SourceFact,
  sourceRecordKey,
  type Writable,
} from '@anamnesis/core';
import { type MappedEvent, mapMessage, type MappingContext, sourceContext } from '@anamnesis/fhir';
import {
  type Corrected,
  decideApplicationAck,
  hasBurmese,
  type Message,
  type MessageHeader,
  type Rules,
} from '@anamnesis/hl7v2';
import type { SourceRegistry } from '@anamnesis/runtime';
import type { Peer } from '../mllp/block.js';
import { appliedTo, correctionFindings } from './corrected.js';
import { findFaults } from './find-faults.js';
import { LocalCodes } from './local-codes.js';

export const mediaType = 'application/hl7-v2';

/** Of a message with more oddities than this the rest says nothing new. */
const warningsMax = 100;

/** A message that will become events. */
export interface Arrival {
  /** As it came, without what was detached: what is stored, signed and named. */
  readonly message: Message;
  /** As its source means it: what is judged and mapped. */
  readonly corrected: Corrected;
  readonly source: SourceFact;
  /** SHA-256 of the bytes as received. */
  readonly rawDigest: Buffer;
  /** Of its first event, where that was named before. */
  readonly id?: EventId;
  /** Durable in the content store. */
  readonly detached: readonly DetachedPart[];
  readonly receivedAt: string;
  /** A certificate it came with is the source's own. */
  readonly peer: Peer;
}

/** What an event's id is made of. */
type Named = Pick<Arrival, 'message' | 'source' | 'rawDigest'>;

export interface ComposeOptions {
  readonly deploymentKey: Uint8Array;
  readonly registry: SourceRegistry;
  readonly rules: Rules;
  /** Told when the mapping itself failed: the message is stored without one. */
  readonly onMappingDefect: (defect: unknown) => void;
  /** Told of fields whose bytes mean nothing in the message's character set. */
  readonly onUndecodable: (fields: number) => void;
}

export function digestOf(bytes: Uint8Array): Buffer {
  return Buffer.from(hash('sha256', bytes, 'hex'), 'hex');
}

/** Id of the message's first event, which names the whole message: known before anything is mapped. */
export function firstEventId(deploymentKey: Uint8Array, arrival: Named): EventId {
  return eventIdOf(deploymentKey, arrival, 0);
}

/** An event that nobody has signed yet. */
export interface UnsignedEvent {
  readonly header: SignedHeader;
  readonly resources: Mapped;
  /** Of its record on the bus. */
  readonly key: string;
}

/** The message's events, in message order: all that is said of it. */
export function composeEvents(arrival: Arrival, options: ComposeOptions): readonly UnsignedEvent[] {
  const localCodes = new LocalCodes();
  const events = mapOrKeep(arrival, options, localCodes);
  const correlationId = arrival.id ?? firstEventId(options.deploymentKey, arrival);
  const warnings = warningsOf(arrival, options);
  const findings = findFaults(
    arrival.message,
    {
      mapping: mappingWarnings(events),
      reading: warnings,
      codes: [...correctionFindings(arrival.corrected), ...localCodes.findings],
    },
    options.rules,
  );
  const shared = {
    warnings,
    acknowledge: acknowledgementAsked(arrival, events.length),
    corrections: appliedTo(arrival.source, arrival.corrected),
    tableVersion: arrival.source.codes?.version,
  };
  return events.map((event, ordinal) => {
    const id = ordinal === 0 ? correlationId : eventIdOf(options.deploymentKey, arrival, ordinal);
    const resources = withShared(event.resources, shared);
    if (ordinal === 0 && findings.length > 0) resources.findings = findings;
    if (ordinal === 0 && localCodes.list.length > 0) resources.localCodes = localCodes.list;
    const header = headerOf(arrival, event, { id, correlationId, ordinal });
    return { header, resources, key: keyOf(arrival, event, options.deploymentKey) };
  });
}

/** Those of one event are different from each other already. */
function mappingWarnings(events: readonly MappedEvent[]): readonly string[] {
  const [only] = events;
  if (only !== undefined && events.length === 1) return only.resources.warnings;
  return [...new Set(events.flatMap(({ resources }) => resources.warnings))];
}

/** What is said with each event of a message. */
type Shared = {
  readonly [Member in 'warnings' | 'acknowledge' | 'corrections' | 'tableVersion']: Mapped[Member] | undefined;
};

function withShared({ name, version, statements, warnings }: Mapped, shared: Shared): Writable<Mapped> {
  const { warnings: reading = [], acknowledge, corrections, tableVersion } = shared;
  const all = reading.length === 0 ? warnings : [...new Set([...warnings, ...reading])];
  const resources: Writable<Mapped> = { name, version, statements, warnings: all };
  if (acknowledge !== undefined) resources.acknowledge = acknowledge;
  if (corrections !== undefined) resources.corrections = corrections;
  if (tableVersion !== undefined) resources.tableVersion = tableVersion;
  return resources;
}

/** What MSH-16 asks for, of a message that is taken: registration answers once it has decided all its events. */
function acknowledgementAsked({ message, source }: Arrival, events: number): AcknowledgementRequest | undefined {
  const isAsked = (outcome: 'done' | 'error') =>
    decideApplicationAck(message.header, outcome, source.acknowledgement) !== undefined;
  const msh = message.segments[0];
  if (msh === undefined || (!isAsked('done') && !isAsked('error'))) return undefined;
  return { events, msh: Buffer.from(msh.bytes).toString('base64') };
}

/** A5: what does not map is an event all the same. */
function mapOrKeep(arrival: Arrival, options: ComposeOptions, localCodes: LocalCodes): readonly MappedEvent[] {
  try {
    const events = mapMessage(arrival.corrected.message, contextOf(arrival, options, localCodes));
    if (events.length > 0) return events;
  } catch (defect) {
    options.onMappingDefect(defect);
  }
  const resources = { name: 'unmapped', version: 1, statements: [], warnings: ['not mapped'] };
  return [{ type: 'message.unmapped', resources }];
}

function contextOf(
  { source, receivedAt }: Arrival,
  { deploymentKey, registry }: ComposeOptions,
  localCodes: LocalCodes,
): MappingContext {
  const context: Writable<MappingContext> = sourceContext({ source, authorities: registry, deploymentKey, receivedAt });
  if (source.corrections !== undefined) context.zSegments = source.corrections.zSegments;
  context.onLocalCode = (code) => {
    localCodes.add(code);
  };
  return context;
}

/** Members in canonical order: then nothing is left to be sorted where the header is signed. */
function headerOf(
  arrival: Arrival,
  event: MappedEvent,
  own: Pick<SignedHeader, 'id' | 'correlationId' | 'ordinal'>,
): SignedHeader {
  const { source, receivedAt } = arrival;
  const header: Partial<Writable<SignedHeader>> = { correlationId: own.correlationId };
  if (source.phase === 'testing') header.history = 'test';
  header.id = own.id;
  if (event.identity !== undefined) header.identity = event.identity;
  if (event.occurredAt !== undefined) header.occurredAt = event.occurredAt;
  header.ordinal = own.ordinal;
  header.raw = rawOf(arrival);
  header.receivedAt = receivedAt;
  header.source = senderOf(arrival);
  if (event.subject !== undefined) header.subject = event.subject;
  header.type = event.type;
  header.version = 1;
  return header as SignedHeader;
}

function senderOf(arrival: Arrival): SignedHeader['source'] {
  const { message, source, peer, corrected } = arrival;
  return {
    application: source.application,
    authentication: authenticationOf(arrival),
    facility: source.facility,
    messageId: message.header.controlId,
    messageType: messageTypeOf(corrected.message.header),
    protocol: peer.protocol ?? 'hl7v2-mllp',
  };
}

function rawOf({ message, rawDigest, detached }: Arrival): SignedHeader['raw'] {
  const [charset, digest] = [message.charset.name, rawDigest.toString('hex')];
  if (detached.length === 0) return { charset, digest, mediaType };
  return { bodyDigest: digestOf(message.bytes).toString('hex'), charset, detached, digest, mediaType };
}

/** How the sender of what came from this peer was authenticated. */
export function authenticationOf({ source, peer }: Pick<Arrival, 'source' | 'peer'>): SenderAuthentication {
  if (peer.authentication !== undefined) return peer.authentication;
  if (peer.certificate !== undefined) return 'mtls';
  if (peer.protocol === 'hl7v2-file') return 'none';
  return source.addresses.length > 0 ? 'address' : 'none';
}

/** `ADT^A01^ADT_A01`, without what is not known at its end. */
export function messageTypeOf({ messageCode, triggerEvent, structure }: MessageHeader): string {
  const type = `${messageCode}^${triggerEvent}^${structure}`;
  return type.endsWith('^') ? type.replace(/\^+$/, '') : type;
}

function keyOf({ source }: Arrival, { subject }: MappedEvent, deploymentKey: Uint8Array): string {
  return subject === undefined
    ? sourceRecordKey(deploymentKey, source.facility, source.application)
    : recordKey(deploymentKey, subject);
}

function eventIdOf(deploymentKey: Uint8Array, { message, source, rawDigest }: Named, ordinal: number): EventId {
  const { facility, application } = source;
  return eventId(deploymentKey, { facility, application, messageId: message.header.controlId, rawDigest, ordinal });
}

/** What was tolerated. Where no byte can mean nothing, the content need not be looked through. */
function warningsOf({ message, source }: Arrival, { onUndecodable }: ComposeOptions): readonly string[] {
  const warnings: string[] = [];
  if (message.header.processingId === '' && source.isOpen) warnings.push('MSH-11 is empty: taken as P');
  const found = isClean(message) ? message.readingWarnings.slice(0, warningsMax) : message.warnings;
  const undecodable = found.filter(({ code }) => code === 'undecodable').length;
  if (undecodable > 0) onUndecodable(undecodable);
  for (const { code, location } of found) {
    const { segment, position, field } = location ?? {};
    const where = [segment, position, field].filter((one) => one !== undefined).join('^');
    warnings.push(where === '' ? code : `${where}: ${code}`);
  }
  return warnings;
}

/** Plain ASCII and clean UTF-8, unless escape sequences switch to other sets or the text may be Zawgyi. */
function isClean({ bytes, charset }: Message): boolean {
  if (charset.isSwitching === true || charset.name.startsWith('iso-2022')) return false;
  return isAscii(bytes) || (charset.name === 'utf-8' && isUtf8(bytes) && !hasBurmese(bytes));
}
