import { hash } from 'node:crypto';
import type { DeliveredRecord } from '@anamnesis/bus';
import {
  carriedDigest,
  eventId,
  parseReceivedEvent,
  recordKey,
  type RecordKey,
  type ReceivedEvent,
  Rejected,
  signedBytes,
  sourceRecordKey,
} from '@anamnesis/core';

/** Lengths that the tables hold; HL7 has none longer in these fields. */
const lengthsMax = { name: 199, type: 64, identifier: 255 };

/** A received event that is what it says: its id, digest and key are those of its content. */
export interface ReadEvent {
  readonly record: DeliveredRecord;
  readonly event: ReceivedEvent;
  readonly recordKey: RecordKey;
  /** What the source signed. */
  readonly signed: Uint8Array;
  /** Of `signed`, lower-case hex. */
  readonly headerDigest: string;
  /** What is wrong with it, when it is not what it says. */
  readonly fault?: Rejected;
}

/** Reads one record. Throws `Rejected('invalid-event')` when it cannot be read as an event at all. */
export function readEvent(record: DeliveredRecord, deploymentKey: Uint8Array): ReadEvent {
  const event = parseReceivedEvent(record.header);
  checkLengths(event);
  const { subject, source } = event;
  const key =
    subject === undefined
      ? sourceRecordKey(deploymentKey, source.facility, source.application)
      : recordKey(deploymentKey, subject);
  const signed = signedBytes(event);
  const headerDigest = hash('sha256', signed, 'hex');
  const fault = faultOf(record, event, { deploymentKey, key });
  return { record, event, recordKey: key, signed, headerDigest, ...(fault && { fault }) };
}

function faultOf(
  record: DeliveredRecord,
  event: ReceivedEvent,
  { deploymentKey, key }: { deploymentKey: Uint8Array; key: RecordKey },
): Rejected | undefined {
  // Of a message with detached values the source vouches for the digest of the whole: what travels is the rest.
  if (hash('sha256', record.body, 'hex') !== carriedDigest(event))
    return new Rejected('bad-signature', 'the raw bytes are not those that were signed');
  const { facility, application, messageId } = event.source;
  const rawDigest = Buffer.from(event.raw.digest, 'hex');
  const parts = { facility, application, messageId, rawDigest, ordinal: event.ordinal };
  if (eventId(deploymentKey, parts) !== event.id)
    return new Rejected('invalid-event', 'the event id is not that of its parts');
  if (record.key !== key) return new Rejected('invalid-event', 'the key of the bus record is not that of the subject');
  if ((event.version as number) !== 1) return new Rejected('invalid-event', 'version is not 1');
  return undefined;
}

function checkLengths({ source, type, subject }: ReceivedEvent): void {
  const tooLong = [
    ...[source.facility, source.application, source.messageId].map((text) => text.length > lengthsMax.name),
    ...[source.messageType, type].map((text) => text.length > lengthsMax.type),
    ...[subject?.system ?? '', subject?.value ?? ''].map((text) => text.length > lengthsMax.identifier),
  ];
  if (tooLong.includes(true)) throw new Rejected('invalid-event', 'a field is longer than the tables hold');
}
