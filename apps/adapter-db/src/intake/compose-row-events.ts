import { createHash, sign } from 'node:crypto';
import type { BusRecord } from '@anamnesis/bus';
import {
  canonicalJson,
  eventId,
  type ReceivedEvent,
  recordKey,
  type RowChange,
  signedBytes,
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

interface Content {
  readonly messageId: string;
  readonly messageType: string;
  readonly mediaType: string;
  readonly receivedAt: string;
  readonly body: Buffer;
}

/** The event of one change, signed by the source's key, as a record for `clinical.received`. */
export function composeRowEvent(
  change: RowChange,
  event: MappedEvent,
  options: ComposeOptions & { readonly receivedAt: string },
): BusRecord {
  const { receivedAt, source, deploymentKey } = options;
  const { op, table, position } = change;
  const content = {
    messageId: `${table}:${rowName(change, source.id, deploymentKey)}:${position}`.slice(0, messageIdMax),
    messageType: `ROW^${op}^${table}`.slice(0, messageTypeMax),
    ...{ mediaType: changeMediaType, receivedAt, body: Buffer.from(canonicalJson(change), 'utf8') },
  };
  return recordOf(content, event, options);
}

/** The event that says that changes were missed, and found by comparison as far as they were still to be found. */
export function composeGapEvent(gap: Gap, receivedAt: string, options: ComposeOptions): BusRecord {
  const { rule = 'log-gap', reason, from, at } = gap;
  const text = gap.text ?? `changes from ${from} on could not be read (${reason}); all rows were compared instead`;
  const content = {
    messageId: `gap:${from}:${at}`.slice(0, messageIdMax),
    messageType: 'ROW^gap',
    ...{ mediaType: gapMediaType, receivedAt, body: Buffer.from(canonicalJson({ reason, from, at }), 'utf8') },
  };
  const findings = [{ rule, location: '', text }];
  const resources = { name: 'unmapped', version: 1, statements: [], warnings: [text], findings };
  return recordOf(content, { type: 'row.missed', occurredAt: at, resources }, options);
}

function recordOf(content: Content, event: MappedEvent, options: ComposeOptions): BusRecord {
  const { deploymentKey, source, identity } = options;
  const { facility, application } = source;
  const { messageId, messageType, mediaType, receivedAt, body } = content;
  const rawDigest = createHash('sha256').update(body).digest();
  const id = eventId(deploymentKey, { facility, application, messageId, rawDigest, ordinal: 0 });
  const header: SignedHeader = {
    ...{ id, type: event.type, version: 1 },
    source: { facility, application, protocol: 'database', messageId, messageType, authentication: 'none' },
    ...(event.subject !== undefined && { subject: event.subject }),
    ...(event.identity !== undefined && { identity: event.identity }),
    ...(event.occurredAt !== undefined && { occurredAt: event.occurredAt }),
    ...{ receivedAt, correlationId: id, ordinal: 0 },
    raw: { mediaType, charset: 'utf-8', digest: rawDigest.toString('hex') },
  };
  const { key, certificateSerial } = identity;
  const value = sign('sha256', signedBytes(header), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
  const received: ReceivedEvent = {
    ...header,
    signature: { algorithm: 'ES256', certificateSerial, value },
    resources: { ...event.resources, ...(source.codes !== undefined && { tableVersion: source.codes.version }) },
  };
  const record =
    event.subject === undefined
      ? sourceRecordKey(deploymentKey, facility, application)
      : recordKey(deploymentKey, event.subject);
  return { key: record, header: { ...received }, body };
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
