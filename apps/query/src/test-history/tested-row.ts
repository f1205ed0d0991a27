import { createHash } from 'node:crypto';
import { base32 } from '@anamnesis/core';
import type { TestMessage } from '@anamnesis/store';
import type { FactOf, Placed } from '../project/facts.js';

/** Row of a test message. Names are cut to their columns; nothing of a patient is in it. */
export function testedRow({ header, seq }: Placed<FactOf<'test'>>): TestMessage {
  const { event, verdict } = header;
  const { facility, application, messageId, messageType } = event.source;
  return {
    id: event.id,
    facility: cut(facility, 255),
    application: cut(application, 255),
    controlId: cut(messageId, 255),
    messageType: cut(messageType, 64),
    receivedAt: cut(event.receivedAt, 24),
    code: verdict.refusal === undefined ? null : cut(verdict.refusal.code, 40),
    reason: verdict.refusal === undefined ? null : cut(verdict.refusal.reason, 500),
    testKey: testKeyOf(header),
    seq,
  };
}

/** Of what one source said in testing about one patient, or about none. */
function testKeyOf({ event: { source }, verdict }: FactOf<'test'>['header']): string {
  const parts = JSON.stringify(['test', source.facility, source.application, verdict.recordKey]);
  return base32(createHash('sha256').update(parts).digest().subarray(0, 20));
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).toWellFormed();
}
