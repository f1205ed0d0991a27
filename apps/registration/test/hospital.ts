import 'reflect-metadata';
import { createHash, KeyObject, sign, webcrypto } from 'node:crypto';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import type { BusRecord, DeliveredRecord } from '@anamnesis/bus';
import {
  type ClaimedIdentity,
  eventId,
  type PatientIdentifier,
  type ReceivedEvent,
  recordKey,
  signedBytes,
  type SignedHeader,
  type SourceFact,
  sourceRecordKey,
  treeToSign,
} from '@anamnesis/core';
import { keyAlgorithm } from '../src/certificates/certificate-authority.js';
import { enrol, makeToken } from '../src/certificates/enrol.js';
import type { NewSource } from '../src/facilities/source-fact.js';
import { addSource } from '../src/facilities/sources.js';
import type { Registration } from '../src/registration.js';

export async function makeRequest(): Promise<{ csr: string; key: KeyObject }> {
  const keys = await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
  const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' };
  const request = await Pkcs10CertificateRequestGenerator.create(
    { name: 'CN=adapter', keys, signingAlgorithm },
    webcrypto,
  );
  return { csr: request.toString('pem'), key: KeyObject.from(keys.privateKey) };
}

export interface Said {
  readonly messageId?: string;
  readonly messageType?: string;
  readonly subject?: PatientIdentifier;
  readonly identity?: Partial<ClaimedIdentity>;
  readonly occurredAt?: string;
  readonly receivedAt?: string;
  readonly ordinal?: number;
  readonly body?: string;
  /** As far as the adapter knows the source is in testing. */
  readonly history?: 'test';
}

let messages = 0;

/** A source with an adapter that holds its key: makes records as adapters publish them. */
export class Hospital {
  private constructor(
    private readonly registration: Registration,
    readonly source: SourceFact,
    readonly signing: { readonly serial: string; readonly key: KeyObject },
  ) {}

  static async open(registration: Registration, facility: string, settings: NewSource = {}): Promise<Hospital> {
    const source = await addSource(registration, { facility, application: 'ADT', ...settings });
    return Hospital.enrol(registration, source);
  }

  static async enrol(registration: Registration, source: SourceFact): Promise<Hospital> {
    const { csr, key } = await makeRequest();
    const { token } = await makeToken(registration, source.id);
    const { serial } = await enrol(registration, { token, csr });
    return new Hospital(registration, source, { serial, key });
  }

  /** A signed event as a record for `clinical.received`. */
  says(said: Said = {}): BusRecord {
    const { deploymentKey } = this.registration.keys;
    const { facility, application } = this.source;
    const { messageId = `M${++messages}`, messageType = 'ADT^A01^ADT_A01', ordinal = 0, subject } = said;
    const body = Buffer.from(said.body ?? `MSH|${messageId}`, 'utf8');
    const rawDigest = createHash('sha256').update(body).digest();
    const protocol = 'hl7v2-mllp' as const;
    const header: SignedHeader = {
      id: eventId(deploymentKey, { facility, application, messageId, rawDigest, ordinal }),
      type: 'patient.registered',
      version: 1,
      source: { facility, application, protocol, messageId, messageType, authentication: 'none' },
      ...claimsOf(said),
      receivedAt: said.receivedAt ?? new Date().toISOString(),
      correlationId: messageId,
      ordinal,
      raw: { mediaType: 'x-application/hl7-v2+er7', charset: 'utf-8', digest: rawDigest.toString('hex') },
    };
    const key = subject ? recordKey(deploymentKey, subject) : sourceRecordKey(deploymentKey, facility, application);
    return { key, header: { ...this.sign(header) }, body };
  }

  /** The records under one signature. */
  signTogether(records: readonly BusRecord[]): readonly BusRecord[] {
    const events = records.map(({ header }) => header as unknown as ReceivedEvent);
    const { input, places } = treeToSign(events.map(signedBytes));
    const value = sign('sha256', input, { key: this.signing.key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
    return records.map((record, at) => {
      const signature = { ...events[at]?.signature, value, tree: places[at] };
      return { ...record, header: { ...record.header, signature } };
    });
  }

  sign(header: SignedHeader, serial = this.signing.serial): ReceivedEvent {
    const value = sign('sha256', signedBytes(header), { key: this.signing.key, dsaEncoding: 'ieee-p1363' });
    const signature = { algorithm: 'ES256' as const, certificateSerial: serial, value: value.toString('base64url') };
    return { ...header, signature, resources: { name: 'unmapped', version: 1, statements: [], warnings: [] } };
  }
}

function claimsOf({ subject, identity, occurredAt, history }: Said): Partial<SignedHeader> {
  return {
    ...(subject && { subject }),
    ...(identity && { identity: { identifiers: [], ...identity } }),
    ...(occurredAt !== undefined && { occurredAt }),
    ...(history !== undefined && { history }),
  };
}

/** The record as the bus would deliver it. */
export function delivered(record: BusRecord, appendedAt = new Date()): DeliveredRecord {
  return { topic: 'clinical.received', partition: 0, offset: 1, appendedAt, ...record };
}
