import { hash, sign } from 'node:crypto';
import { encodeTogether, type EncodedRecords, type WrittenRecord } from '@anamnesis/bus';
import {
  eventId,
  type EventSignature,
  recordKey,
  type SignedHeader,
  signedText,
  sourceRecordKey,
  treeToSign,
} from '@anamnesis/core';
import { rowName } from '../intake/row-name.js';
import type { EventToSign, SigningTask } from './signing-task.js';

/** Lengths that the tables of registration hold. */
const messageTypeMax = 64;
const messageIdMax = 199;

/** Under one signature at most: each event carries the path of its tree, a hash for every doubling. */
const signedTogetherMax = 32;

/**
 * The events as records for `clinical.received`: each named under the deployment's key and signed by the source's, as many
 * at once as are here. A signature takes as long as all that is left to be done for an event.
 */
export function signEvents(task: SigningTask, deploymentKey: Uint8Array): EncodedRecords {
  const events = JSON.parse(task.events) as readonly EventToSign[];
  const headers = events.map((event, at) => headerOf(event, task.bodies[at] ?? '', { task, deploymentKey }));
  const signed = headers.map(signedText);
  const signatures = signaturesOf(signed, task);
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

/** One for each, in their order. */
function signaturesOf(signed: readonly string[], task: SigningTask): readonly EventSignature[] {
  const made: EventSignature[] = [];
  for (let at = 0; at < signed.length; at += signedTogetherMax) {
    const together = signed.slice(at, at + signedTogetherMax).map((text) => Buffer.from(text, 'utf8'));
    const [only, ...others] = together;
    if (only !== undefined && others.length === 0) made.push(signatureOver(only, task));
    else {
      const { input, places } = treeToSign(together);
      const signature = signatureOver(input, task);
      for (const tree of places) made.push({ ...signature, tree });
    }
  }
  return made;
}

function signatureOver(input: Uint8Array, { key, certificateSerial }: SigningTask): EventSignature {
  const value = sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' });
  return { algorithm: 'ES256', certificateSerial, value: value.toString('base64url') };
}
