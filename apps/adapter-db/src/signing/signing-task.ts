import type { KeyObject } from 'node:crypto';
import type { EncodedRecords } from '@anamnesis/bus';
import type { SourceFact } from '@anamnesis/core';
import type { MappedEvent } from '@anamnesis/fhir';
import type { SigningIdentity } from '@anamnesis/runtime';
import type { RowToSeal, SealedRow } from '../state/row-seal.js';
import type { UnsignedEvent } from './unsigned-event.js';

/** Who signs. */
export interface Signer {
  readonly source: Pick<SourceFact, 'id' | 'facility' | 'application' | 'codes'>;
  readonly identity: Pick<SigningIdentity, 'key' | 'certificateSerial'>;
}

/** What a part of a batch has become. */
export interface SigningWork {
  readonly events: readonly UnsignedEvent[];
  /** For the book of known rows. */
  readonly rows: readonly RowToSeal[];
}

/** Of an event, without what travels as text: it is never read on its way. */
export interface EventToSign extends Omit<UnsignedEvent, 'event' | 'body'> {
  readonly event: { readonly [Member in Exclude<keyof MappedEvent, 'resources'>]: MappedEvent[Member] | undefined } & {
    readonly type: MappedEvent['type'];
  };
}

/** Events of one source, in the few pieces that cross to another thread at the least cost. */
export interface SigningTask {
  readonly source: Pick<SourceFact, 'id' | 'facility' | 'application'>;
  readonly key: KeyObject;
  readonly certificateSerial: string;
  /** JSON: `EventToSign[]`. */
  readonly events: string;
  /** By event. */
  readonly bodies: readonly string[];
  /** By event, JSON. */
  readonly resources: readonly string[];
  readonly rows: readonly RowToSeal[];
}

export interface SigningResult {
  readonly records: EncodedRecords;
  readonly rows: readonly SealedRow[];
}

/** To the thread. */
export interface SigningRequest {
  readonly id: number;
  readonly task: SigningTask;
}

/** From the thread. */
export type SigningAnswer =
  { readonly id: number; readonly result: SigningResult } | { readonly id: number; readonly problem: unknown };

export function signingTask({ events, rows }: SigningWork, { source, identity }: Signer): SigningTask {
  const { id, facility, application, codes } = source;
  const toSign: EventToSign[] = [];
  const bodies: string[] = [];
  const texts: string[] = [];
  for (const { message, messageType, mediaType, receivedAt, event, body } of events) {
    const { type, subject, identity, occurredAt, resources } = event;
    toSign.push({ message, messageType, mediaType, receivedAt, event: { type, subject, identity, occurredAt } });
    bodies.push(body);
    texts.push(JSON.stringify(codes === undefined ? resources : { ...resources, tableVersion: codes.version }));
  }
  return {
    source: { id, facility, application },
    ...{ key: identity.key, certificateSerial: identity.certificateSerial },
    ...{ events: JSON.stringify(toSign), bodies, resources: texts },
    rows: rows.map(({ table, keyText, rowText }) =>
      rowText === undefined ? { table, keyText } : { table, keyText, rowText },
    ),
  };
}
