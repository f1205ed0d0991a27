import { hash } from 'node:crypto';
import { encodeTogether, type EncodedRecords, type WrittenRecord } from '@anamnesis/bus';
import { eventId, recordKey, type SignedHeader, signedText, signTogether, sourceRecordKey } from '@anamnesis/core';
import { rowName } from '../intake/row-name.js';
import type { EventToSign, SigningTask } from './signing-task.js';

/** Lengths that the tables of registration hold. */
const messageTypeMax = 64;
const messageIdMax = 199;

/**
 * The events as records for `clinical.received`: each named under the deployment's key and signed by the source's, as many
 * at once as are here. A signature takes as long as all that is left to be done for an event.
 */
export function signEvents(task: SigningTask, deploymentKey: Uint8Array): EncodedRecords {
  const events = JSON.parse(task.events) as readonly EventToSign[];
  const headers = events.map((event, at) => headerOf(event, task.bodies[at] ?? '', { task, deploymentKey }));
  const signed = headers.map(signedText);
  const signatures = signTogether(
    signed.map((text) => Buffer.from(text, 'utf8')),
    task,
  );
  const records = headers.map((header, at): WrittenRecord => {
    const signature = JSON.stringify(signatures[at]);
    return {
      key: keyOf(header, deploymentKey),
      header: `${signed[at]?.slice(0, -1) ?? ''},"resources":${task.resources[at] ?? ''},"signature":${signature}}`,
      body: task.bodies[at] ?? '',
    };
  });
  return encodeTogether(records);
}

function keyOf({ subject, source: { facility, application } }: SignedHeader, deploymentKey: Uint8Array): string {
  return subject === undefined
    ? sourceRecordKey(deploymentKey, facility, application)
    : recordKey(deploymentKey, subject);
}

interface Naming {
  readonly task: SigningTask;
  readonly deploymentKey: Uint8Array;
}

type Writable<Value> = { -readonly [Member in keyof Value]: Value[Member] };

function headerOf(toSign: EventToSign, body: string, naming: Naming): SignedHeader {
  const { mediaType, receivedAt, event } = toSign;
  const { facility, application } = naming.task.source;
  const messageId = messageIdOf(toSign, naming);
  const messageType = toSign.messageType.slice(0, messageTypeMax);
  const digest = hash('sha256', body, 'hex');
  const parts = { facility, application, messageId, rawDigest: Buffer.from(digest, 'hex'), ordinal: 0 };
  const id = eventId(naming.deploymentKey, parts);
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

function messageIdOf({ message }: EventToSign, { task, deploymentKey }: Naming): string {
  const id =
    typeof message === 'string'
      ? message
      : `${message.table}:${rowName(message, task.source.id, deploymentKey)}:${message.position}`;
  return id.slice(0, messageIdMax);
}
