import { createHash, createHmac } from 'node:crypto';
import type { DeliveredRecord, Topic } from '@anamnesis/bus';
import {
  type AccountVisit,
  type AnchoredBatch,
  canonicalJson,
  type CertifiedEvent,
  type ClaimedMerge,
  commitment,
  eventId,
  type Json,
  leafKey,
  merkleRoot,
  type NumberMerge,
  type PatientIdentifier,
  type PersonAssertion,
  type ReceivedEvent,
  recordKey,
  resourceId,
  signedBytes,
  sourceRecordKey,
  type Statement,
} from '@anamnesis/core';

/** What a message says in a test; the rest of the event is made up around it. */
export interface Said {
  readonly subject?: PatientIdentifier;
  /** Minute of 1 March 2024, when the source said it; also when it was received. */
  readonly minute?: number;
  readonly trigger?: string;
  readonly facility?: string;
  readonly controlId?: string;
  readonly mapping?: string;
  readonly merges?: readonly ClaimedMerge[];
  readonly numberMerges?: readonly NumberMerge[];
  readonly accountVisits?: readonly AccountVisit[];
  /** Slots of the subject's Patient; absent: nothing is said about it. */
  readonly patient?: Readonly<Record<string, Json>>;
  readonly statements?: readonly Statement[];
  readonly warnings?: readonly string[];
}

const noon = Date.parse('2024-03-01T12:00:00.000Z');

/** Makes bus records as registration and the ledger writer would, under one deployment key. Patients are invented. */
export class ChartBuilder {
  readonly #ordinals = new Map<string, number>();
  #count = 0;

  constructor(readonly deploymentKey: Uint8Array) {}

  at(minute: number): string {
    return new Date(noon + minute * 60_000).toISOString();
  }

  patientId({ system, value }: PatientIdentifier): string {
    return resourceId(this.deploymentKey, 'Patient', system, value);
  }

  statement(type: string, businessKey: string, more: Partial<Statement> = {}): Statement {
    const id = resourceId(this.deploymentKey, type, 'urn:test', businessKey);
    return { resourceType: type, id, statedAt: this.at(0), trigger: 'A08', slots: {}, ...more };
  }

  certified(said: Said): DeliveredRecord {
    const event = this.received(said);
    return this.certify(event, rawOf(event));
  }

  certify(event: ReceivedEvent, raw: Uint8Array): DeliveredRecord {
    const key = this.#keyOf(event);
    const leaf = commitment(this.leafKey(event, key), event.id, createHash('sha256').update(raw).digest());
    const header: CertifiedEvent = {
      event,
      certification: {
        eventId: event.id,
        headerDigest: createHash('sha256').update(signedBytes(event)).digest('hex'),
        policyVersion: 1,
        decidedAt: event.receivedAt,
        appendedAt: event.receivedAt,
        generation: 1,
        ...(event.subject !== undefined && { person: { recordKey: key, recordOrdinal: this.ordinal(event.subject) } }),
        recordKey: key,
        leaf: Buffer.from(leaf).toString('hex'),
        signature: { algorithm: 'ES256', certificateSerial: '02', value: 'c2lnbmVk' },
      },
    };
    return delivered('clinical.certified', { key, header: { ...header }, body: raw });
  }

  /** The same event of a source in testing. */
  tested(record: DeliveredRecord, refusal?: { readonly code: string; readonly reason: string }): DeliveredRecord {
    const { event, certification } = certifiedOf(record);
    const { eventId, headerDigest, policyVersion, decidedAt, appendedAt, recordKey, signature } = certification;
    const facts = { eventId, headerDigest, policyVersion, decidedAt, appendedAt, recordKey, signature };
    const verdict = { history: 'test', ...facts, ...(refusal && { refusal }) };
    return delivered('clinical.tested', { key: record.key, header: { event, verdict }, body: record.body });
  }

  /** The same event as a dead letter of registration. */
  refused(record: DeliveredRecord, refusal: { readonly code: string; readonly reason: string }): DeliveredRecord {
    const event = certifiedOf(record).event;
    return delivered('clinical.received.registration.dead', { ...record, header: { ...event, refusal } });
  }

  anchored(batchId: string, records: readonly DeliveredRecord[]): DeliveredRecord {
    const leaves = records.map(certifiedOf).map(({ certification: { eventId, leaf } }) => ({ eventId, leaf }));
    const header: AnchoredBatch = {
      batchId,
      root: Buffer.from(merkleRoot(leaves.map(({ leaf }) => Buffer.from(leaf, 'hex')))).toString('hex'),
      previousRoot: '00'.repeat(32),
      leaves,
      anchor: { kind: 'log', index: 1 },
      evidence: { kind: 'log', checkpoint: 'test' },
      anchoredAt: this.at(90),
    };
    return delivered('clinical.anchored', { key: batchId, header: { ...header }, body: new Uint8Array(0) });
  }

  assertion(
    ends: readonly [PatientIdentifier, PatientIdentifier],
    more: Partial<PersonAssertion> = {},
  ): DeliveredRecord {
    const [first, second] = ends.map((one) => ({ ...one, recordKey: recordKey(this.deploymentKey, one) }));
    const id = `assertion-${first?.value ?? ''}-${second?.value ?? ''}`;
    const cause = { rule: 'operator' };
    const header = { id, version: 1, kind: 'link', state: 'in-force', first, second, cause, at: this.at(80), ...more };
    return delivered('person.changed', { key: id, header, body: new Uint8Array(0) });
  }

  /** First come, first numbered; ask beforehand where the order of calls is not the order of certification. */
  ordinal(subject: PatientIdentifier): number {
    const key = recordKey(this.deploymentKey, subject);
    const held = this.#ordinals.get(key) ?? this.#ordinals.size + 1;
    this.#ordinals.set(key, held);
    return held;
  }

  /** As registration would derive it. */
  leafKey(event: Pick<ReceivedEvent, 'id'>, key: string): Uint8Array {
    return leafKey(createHmac('sha256', this.deploymentKey).update(key).digest(), event.id);
  }

  received(said: Said): ReceivedEvent {
    const { subject, minute = 0, trigger = 'A08', facility = 'TEST-HOSPITAL' } = said;
    this.#count += 1;
    const controlId = said.controlId ?? `C${this.#count}`;
    const application = 'TEST-ADT';
    const raw = Buffer.from(`MSH|^~\\&|${application}|${facility}|||||ADT^${trigger}|${controlId}|P|2.5\r`, 'utf8');
    const digest = createHash('sha256').update(raw).digest();
    const parts = { facility, application, messageId: controlId, rawDigest: digest, ordinal: 0 };
    return {
      id: eventId(this.deploymentKey, parts),
      type: said.mapping === 'unmapped' ? 'message.unmapped' : 'patient.updated',
      version: 1,
      source: {
        facility,
        application,
        protocol: 'hl7v2-mllp',
        messageId: controlId,
        messageType: `ADT^${trigger}^ADT_A01`,
        authentication: 'none',
      },
      ...(subject !== undefined && { subject }),
      ...claimsOf(said),
      receivedAt: this.at(minute),
      correlationId: `correlation-${controlId}`,
      ordinal: 0,
      raw: { mediaType: 'x-application/hl7-v2+er7', charset: 'utf-8', digest: digest.toString('hex') },
      signature: { algorithm: 'ES256', certificateSerial: '01', value: 'c2lnbmVk' },
      resources: {
        name: said.mapping ?? 'ADT_A01',
        version: 1,
        statements: this.#statementsOf(said).map((one) => ({ ...one, statedAt: this.at(minute), trigger })),
        warnings: said.warnings ?? [],
      },
    };
  }

  #statementsOf({ subject, patient, statements = [] }: Said): readonly Statement[] {
    if (subject === undefined || patient === undefined) return statements;
    const own = { resourceType: 'Patient', id: this.patientId(subject), statedAt: '', trigger: '', slots: patient };
    return [own, ...statements];
  }

  #keyOf({ subject, source }: ReceivedEvent) {
    if (subject !== undefined) return recordKey(this.deploymentKey, subject);
    return sourceRecordKey(this.deploymentKey, source.facility, source.application);
  }
}

export function certifiedOf(record: DeliveredRecord): CertifiedEvent {
  return record.header as unknown as CertifiedEvent;
}

/** Equal for equal records, whatever object they are. */
export function nameOf(record: DeliveredRecord): string {
  return canonicalJson(record.header);
}

function rawOf({ source }: ReceivedEvent): Uint8Array {
  const [, trigger = ''] = source.messageType.split('^');
  return Buffer.from(
    `MSH|^~\\&|${source.application}|${source.facility}|||||ADT^${trigger}|${source.messageId}|P|2.5\r`,
    'utf8',
  );
}

let offset = 0;
function delivered(topic: Topic, record: Pick<DeliveredRecord, 'key' | 'header' | 'body'>): DeliveredRecord {
  offset += 1;
  const { key, header, body } = record;
  // As the bus hands it on: nothing that JSON does not say survives.
  const carried = JSON.parse(JSON.stringify(header)) as DeliveredRecord['header'];
  return { topic, partition: 0, offset, appendedAt: new Date(noon), key, header: carried, body };
}

function claimsOf({ merges, numberMerges, accountVisits }: Said): Pick<ReceivedEvent, 'identity'> {
  const claims = { ...(merges && { merges }), ...(numberMerges && { numberMerges }) };
  if (Object.keys(claims).length === 0 && accountVisits === undefined) return {};
  return { identity: { identifiers: [], ...claims, ...(accountVisits && { accountVisits }) } };
}
