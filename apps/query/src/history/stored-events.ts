import { Injectable } from '@nestjs/common';
import type { CertifiedEvent, DetachedPart, EventId, RecordKey } from '@anamnesis/core';
import type { AnchoredBatchRow, AnchoredLeaf, Message, RemappedEvent } from '@anamnesis/store';
import { Archive, type ReadEntry } from '../archive/archive.js';
import { selectIn } from '../archive/rows.js';
import { factOf } from '../project/facts.js';
import { certifiedKey } from '../project/judge-facts.js';
import type { EventFacts, UnmappedMessage } from './history-types.js';
import { remappedBy, StoredVersions } from './stored-versions.js';
import { textFlagsOf } from './text-flags.js';

const unmappedMax = 1000;

type Anchor = Pick<AnchoredLeaf, 'eventId' | 'batchId'> & Pick<AnchoredBatchRow, 'anchoredAt'>;

/** Events as they were certified, and what became of them. */
@Injectable()
export class StoredEvents {
  constructor(
    private readonly versions: StoredVersions,
    private readonly archive: Archive,
  ) {}

  async facts(eventIds: readonly string[]): Promise<ReadonlyMap<string, EventFacts>> {
    const { manager } = this.versions;
    const entries = await this.archive.byKey(manager, eventIds.map(certifiedKey));
    const messages = await selectIn<Message>(
      manager,
      "SELECT * FROM message WHERE state <> 'refused' AND eventId IS NOT NULL AND id IN",
      { keys: eventIds },
    );
    const anchors = await selectIn<Anchor>(
      manager,
      'SELECT l.eventId, l.batchId, b.anchoredAt FROM anchored_leaf l JOIN anchored_batch b ON b.batchId = l.batchId WHERE l.eventId IN',
      { keys: eventIds },
    );
    const findings = await selectIn<{ eventId: string }>(
      manager,
      'SELECT eventId FROM integrity_finding WHERE eventId IN',
      { keys: eventIds },
    );
    const again = await selectIn<RemappedEvent>(manager, 'SELECT * FROM remapped_event WHERE eventId IN', {
      keys: eventIds,
    });
    const found = {
      again: new Map([...again].sort((a, b) => a.seq - b.seq).map((row) => [row.eventId, row])),
      entries: new Map(entries.map((entry) => [entry.entryKey, entry])),
      anchors: new Map(anchors.map((anchor) => [anchor.eventId, anchor])),
      altered: new Set(findings.map(({ eventId }) => eventId)),
    };
    return new Map(messages.map((message) => [message.id, eventFactsOf(message, found)]));
  }

  async unmapped(recordKeys: readonly string[]): Promise<readonly UnmappedMessage[]> {
    const sql = "SELECT * FROM message WHERE mapping = 'unmapped' AND state <> 'refused' AND recordKey IN";
    const last = `ORDER BY receivedAt DESC, id DESC LIMIT ${unmappedMax}`;
    const rows = await selectIn<Message>(this.versions.manager, sql, { keys: recordKeys, last });
    return rows.map(({ id, facility, messageType, receivedAt, recordKey }) => ({
      eventId: id as EventId,
      facility,
      messageType,
      receivedAt,
      recordKey: (recordKey ?? '') as RecordKey,
    }));
  }

  async raw(eventId: string): Promise<
    | {
        readonly eventId: EventId;
        readonly mediaType: string;
        readonly charset: string;
        readonly bytes: Uint8Array;
        readonly detached: readonly DetachedPart[];
      }
    | undefined
  > {
    const [entry] = await this.archive.byKey(this.versions.manager, [certifiedKey(eventId)]);
    const fact = entry && factOf(entry);
    if (fact?.kind !== 'certified') return undefined;
    const { id, raw } = fact.header.event;
    return {
      eventId: id,
      mediaType: raw.mediaType,
      charset: raw.charset,
      bytes: fact.raw,
      detached: raw.detached ?? [],
    };
  }
}

interface Found {
  readonly entries: ReadonlyMap<string, ReadEntry>;
  readonly anchors: ReadonlyMap<string, Anchor>;
  readonly altered: ReadonlySet<string>;
  /** The newest of each event. */
  readonly again: ReadonlyMap<string, RemappedEvent>;
}

function eventFactsOf(message: Message, { entries, anchors, altered, again }: Found): EventFacts {
  const entry = entries.get(certifiedKey(message.id));
  const fact = entry && factOf(entry);
  const anchor = anchors.get(message.id);
  const isAltered = altered.has(message.id) || (fact === undefined && entry?.isErased !== true);
  return {
    eventId: message.id as EventId,
    facility: message.facility,
    application: message.application,
    controlId: message.controlId,
    messageType: message.messageType,
    type: textOf(message.type),
    mapping: textOf(message.mapping),
    receivedAt: message.receivedAt,
    recordKey: textOf(entry?.recordKey) as RecordKey,
    anchor: anchorOf(anchor),
    ...archivedFactsOf(fact?.kind === 'certified' ? fact.header : undefined, message),
    ...remappedBy(again.get(message.id)),
    integrity: integrityOf(isAltered, fact === undefined),
  };
}

function anchorOf(anchor: Anchor | undefined): EventFacts['anchor'] {
  if (anchor === undefined) return { state: 'anchoring' };
  return { state: 'anchored', batchId: anchor.batchId, anchoredAt: anchor.anchoredAt };
}

function textOf(value: string | null | undefined): string {
  return value ?? '';
}

type ArchivedFacts = Pick<
  EventFacts,
  | 'mappingVersion'
  | 'correctionsVersion'
  | 'occurredAt'
  | 'decidedAt'
  | 'authentication'
  | 'sourceSignature'
  | 'certification'
  | 'textFlags'
>;

/** What only the archive says; empty when it does not open any more. */
function archivedFactsOf(header: CertifiedEvent | undefined, { receivedAt }: Message): ArchivedFacts {
  if (header === undefined) {
    const nothing = { certificateSerial: '', value: '' };
    return {
      mappingVersion: 0,
      decidedAt: receivedAt,
      authentication: 'none',
      sourceSignature: nothing,
      certification: { policyVersion: 0, ...nothing },
      textFlags: [],
    };
  }
  const { event, certification } = header;
  const { certificateSerial, value } = certification.signature;
  return {
    mappingVersion: event.resources.version,
    ...(event.resources.tableVersion !== undefined && { tableVersion: event.resources.tableVersion }),
    ...(event.resources.corrections && { correctionsVersion: event.resources.corrections.version }),
    ...(event.occurredAt !== undefined && { occurredAt: event.occurredAt }),
    decidedAt: certification.decidedAt,
    authentication: event.source.authentication,
    sourceSignature: { certificateSerial: event.signature.certificateSerial, value: event.signature.value },
    certification: { policyVersion: certification.policyVersion, certificateSerial, value },
    textFlags: textFlagsOf(event.resources.warnings),
  };
}

function integrityOf(isAltered: boolean, isAbsent: boolean): EventFacts['integrity'] {
  if (isAltered) return 'mismatch';
  return isAbsent ? 'erased' : 'intact';
}
