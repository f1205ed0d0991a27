import { hash } from 'node:crypto';
import {
  canonicalJson,
  eventId,
  type Mapped,
  recordKey,
  type RowChange,
  type SignedHeader,
  type SourceFact,
  sourceRecordKey,
} from '@anamnesis/core';
import {
  type MappedEvent,
  type RowContext,
  type RowMapping,
  type RowMappingFile,
  sourceContext,
} from '@anamnesis/fhir';
import type { SigningIdentity, SourceRegistry } from '@anamnesis/runtime';
import type { Gap } from '../sources/row-source.js';
import { rowName } from './row-name.js';

export const changeMediaType = 'application/vnd.anamnesis.row-change+json';
export const gapMediaType = 'application/vnd.anamnesis.row-gap+json';

/** Lengths that the tables of registration hold. */
const messageTypeMax = 64;
const messageIdMax = 199;

export interface ComposeOptions {
  readonly deploymentKey: Uint8Array;
  readonly registry: SourceRegistry;
  readonly source: SourceFact;
  readonly identity: SigningIdentity;
  readonly mapping: RowMappingFile;
  readonly patientKeyOf: NonNullable<RowContext['patientKeyOf']>;
}

/** An event that its source's key has still to sign. */
export interface UnsignedEvent {
  /** Of the record. */
  readonly key: string;
  readonly header: SignedHeader;
  readonly resources: Mapped;
  readonly body: Buffer;
}

interface Content {
  readonly messageId: string;
  readonly messageType: string;
  readonly mediaType: string;
  readonly receivedAt: string;
  readonly body: Buffer;
}

/** The event of one change. */
export function composeRowEvent(
  change: RowChange,
  event: MappedEvent,
  options: ComposeOptions & { readonly receivedAt: string },
): UnsignedEvent {
  const { receivedAt, source, deploymentKey } = options;
  const { op, table, position } = change;
  const content = {
    messageId: `${table}:${rowName(change, source.id, deploymentKey)}:${position}`.slice(0, messageIdMax),
    messageType: `ROW^${op}^${table}`.slice(0, messageTypeMax),
    mediaType: changeMediaType,
    receivedAt,
    body: Buffer.from(canonicalJson(change), 'utf8'),
  };
  return eventOf(content, event, options);
}

/** The event that says that changes were missed, and found by comparison as far as they were still to be found. */
export function composeGapEvent(gap: Gap, receivedAt: string, options: ComposeOptions): UnsignedEvent {
  const { rule = 'log-gap', reason, from, at } = gap;
  const text = gap.text ?? `changes from ${from} on could not be read (${reason}); all rows were compared instead`;
  const content = {
    messageId: `gap:${from}:${at}`.slice(0, messageIdMax),
    messageType: 'ROW^gap',
    ...{ mediaType: gapMediaType, receivedAt, body: Buffer.from(canonicalJson({ reason, from, at }), 'utf8') },
  };
  const findings = [{ rule, location: '', text }];
  const resources = { name: 'unmapped', version: 1, statements: [], warnings: [text], findings };
  return eventOf(content, { type: 'row.missed', occurredAt: at, resources }, options);
}

function eventOf(content: Content, event: MappedEvent, options: ComposeOptions): UnsignedEvent {
  const { deploymentKey, source } = options;
  const { facility, application, codes } = source;
  const { subject, resources } = event;
  return {
    key:
      subject === undefined ? sourceRecordKey(deploymentKey, facility, application) : recordKey(deploymentKey, subject),
    header: headerOf(content, event, options),
    resources: codes === undefined ? resources : { ...resources, tableVersion: codes.version },
    body: content.body,
  };
}

type Writable<Value> = { -readonly [Member in keyof Value]: Value[Member] };

function headerOf(content: Content, event: MappedEvent, { deploymentKey, source }: ComposeOptions): SignedHeader {
  const { facility, application } = source;
  const { messageId, messageType, mediaType, receivedAt, body } = content;
  const digest = hash('sha256', body, 'hex');
  const rawDigest = Buffer.from(digest, 'hex');
  const id = eventId(deploymentKey, { facility, application, messageId, rawDigest, ordinal: 0 });
  const header: Writable<SignedHeader> = {
    id,
    type: event.type,
    version: 1,
    source: { facility, application, protocol: 'database', messageId, messageType, authentication: 'none' },
    receivedAt,
    correlationId: id,
    ordinal: 0,
    raw: { mediaType, charset: 'utf-8', digest },
  };
  if (event.subject !== undefined) header.subject = event.subject;
  if (event.identity !== undefined) header.identity = event.identity;
  if (event.occurredAt !== undefined) header.occurredAt = event.occurredAt;
  return header;
}

/** What mapping a row of this source needs to know; `by`: another mapping than the one in force. */
export function rowMapping(
  receivedAt: string,
  options: ComposeOptions,
  by: Pick<ComposeOptions, 'mapping' | 'patientKeyOf'> = options,
): RowMapping {
  const { deploymentKey, registry, source } = options;
  const { mapping, patientKeyOf } = by;
  const context = sourceContext({ source, authorities: registry, deploymentKey, receivedAt });
  return { mapping, context: { ...context, zone: mapping.source.zone, patientKeyOf } };
}
