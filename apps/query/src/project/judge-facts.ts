import { judgeEach, type DeliveredRecord, type Refusal } from '@anamnesis/bus';
import {
  fieldsOf,
  integerOf,
  type IntakeRefusal,
  parseAnchoredBatch,
  parseCertifiedEvent,
  parsePersonAssertion,
  parseReceivedEvent,
  parseTestedEvent,
  recordKey,
  textOf,
} from '@anamnesis/core';
import type { NewEntry } from '../archive/archive.js';
import { deploymentRecordKey } from '../archive/content-keys.js';
import type { RefusedEvent } from './facts.js';

const nothing = new Uint8Array(0);

/** The entries that records of one topic become; unreadable ones are refused. */
export type JudgeFacts = (records: readonly DeliveredRecord[]) => {
  readonly done: readonly NewEntry[];
  readonly refusals: readonly Refusal[];
};

export const judgeCertified: JudgeFacts = (records) =>
  judgeEach(records, ({ header, body }) => {
    const certified = parseCertifiedEvent(header);
    const { certification } = certified;
    return {
      kind: 'certified' as const,
      entryKey: certifiedKey(certification.eventId),
      recordKey: certification.recordKey,
      header: certified,
      raw: body,
    };
  });

export function certifiedKey(eventId: string): string {
  return `certified:${eventId}`;
}

export function assertionKey(assertionId: string, version: number): string {
  return `person:${assertionId}:${version}`;
}

/** Of an event that was mapped again: at most one entry for each pair of versions, whoever makes it. */
export function remappedKey(
  eventId: string,
  { mappingVersion, tableVersion }: { readonly mappingVersion: number; readonly tableVersion: number },
): string {
  return `remapped:${eventId}:${mappingVersion}.${tableVersion}`;
}

export const judgeAnchored: JudgeFacts = (records) =>
  judgeEach(records, ({ header }) => {
    const batch = parseAnchoredBatch(header);
    return {
      kind: 'anchored' as const,
      entryKey: `anchored:${batch.batchId}`,
      recordKey: deploymentRecordKey,
      header: batch,
      raw: nothing,
    };
  });

export const judgePersons: JudgeFacts = (records) =>
  judgeEach(records, ({ header }) => {
    const assertion = parsePersonAssertion(header);
    return {
      kind: 'person' as const,
      entryKey: assertionKey(assertion.id, assertion.version),
      recordKey: deploymentRecordKey,
      header: assertion,
      raw: nothing,
    };
  });

/** Dead letters of registration. What was refused gave us nothing to keep but the fact: no content is archived. */
export function judgeRefused(deploymentKey: Uint8Array): JudgeFacts {
  return (records) =>
    judgeEach(records, ({ header, partition, offset }) => {
      const refusal = fieldsOf(header['refusal'], 'refusal');
      const { resources, identity, subject, ...event } = parseReceivedEvent(header);
      // What was parked in testing names no patient either.
      const named = event.history === 'test' ? undefined : subject;
      const subjectKey = named === undefined ? undefined : recordKey(deploymentKey, named);
      const refused: RefusedEvent = {
        ...event,
        ...(named !== undefined && { subject: named }),
        mapping: resources.name,
        refusal: { code: textOf(refusal, 'code'), reason: textOf(refusal, 'reason') },
        ...(subjectKey !== undefined && { recordKey: subjectKey }),
      };
      return {
        kind: 'refused' as const,
        // An event can be refused again after it was requeued: each dead letter is a fact.
        entryKey: `refused:${event.id}:${partition}.${offset}`,
        recordKey: subjectKey ?? deploymentRecordKey,
        header: refused,
        raw: nothing,
      };
    });
}

/**
 * What sources said in testing. Each is sealed under a key of its own, and not under that of a patient record: it can be
 * purged by itself, and erases with nobody.
 */
export const judgeTested: JudgeFacts = (records) =>
  judgeEach(records, ({ header, body }) => {
    const tested = parseTestedEvent(header);
    const { eventId } = tested.verdict;
    return {
      kind: 'test' as const,
      entryKey: testedKey(eventId),
      recordKey: eventId,
      header: tested,
      raw: body,
    };
  });

/** The same bytes may come once in testing and once for patients. */
export function testedKey(eventId: string): string {
  return `test:${eventId}`;
}

export const judgeIntake: JudgeFacts = (records) =>
  judgeEach(records, ({ header }) => {
    for (const field of ['id', 'facility', 'application', 'controlId', 'messageType', 'receivedAt', 'answer', 'reason'])
      textOf(header, field);
    integerOf(header, 'condition');
    return {
      kind: 'intake' as const,
      entryKey: `intake:${textOf(header, 'id')}`,
      recordKey: deploymentRecordKey,
      header: header as unknown as IntakeRefusal,
      raw: nothing,
    };
  });
