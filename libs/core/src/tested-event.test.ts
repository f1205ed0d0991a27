import { describe, expect, it } from '@jest/globals';
import { parseCertifiedEvent } from './certified-event.js';
import type { Fields } from './parse-fields.js';
import { parseReceivedEvent } from './received-event.js';
import { parseTestedEvent, testedBytes, type TestVerdict } from './tested-event.js';

const signature = { algorithm: 'ES256', certificateSerial: '01', value: 'c2lnbmVk' };
const event: Fields = {
  ...{ id: 'a'.repeat(32), type: 'patient.updated', version: 1, ordinal: 0, correlationId: 'c', signature },
  source: {
    ...{ facility: 'NORTH', application: 'ADT', protocol: 'hl7v2-mllp', messageId: 'M1' },
    ...{ messageType: 'ADT^A08', authentication: 'none' },
  },
  receivedAt: '2026-01-01T00:00:00.000Z',
  raw: { mediaType: 'application/hl7-v2', charset: 'utf-8', digest: '0'.repeat(64) },
  resources: { name: 'unmapped', version: 1, statements: [], warnings: [] },
};
const verdict = {
  ...{ history: 'test', eventId: 'a'.repeat(32), headerDigest: '0'.repeat(64), policyVersion: 1, signature },
  ...{ decidedAt: '2026-01-01T00:00:00.000Z', appendedAt: '2026-01-01T00:00:00.000Z', recordKey: 'b'.repeat(32) },
};

describe('a tested event', () => {
  it('is read with its verdict, and never as a certified one', () => {
    expect(parseTestedEvent({ event, verdict })).toEqual({ event, verdict });
    const refusal = { code: 'bad-signature', reason: 'does not fit' };
    expect(parseTestedEvent({ event, verdict: { ...verdict, refusal } }).verdict.refusal).toEqual(refusal);
    expect(() => parseCertifiedEvent({ event, certification: verdict })).toThrow('generation');
  });

  it.each(['eventId', 'headerDigest', 'policyVersion', 'recordKey', 'signature'])('is none without %s', (field) => {
    expect(() => parseTestedEvent({ event, verdict: { ...verdict, [field]: undefined } })).toThrow(field);
  });

  it('is signed as a test: the bytes say so, and hold everything but the signature', () => {
    const signed = JSON.parse(Buffer.from(testedBytes(verdict as unknown as TestVerdict)).toString('utf8')) as object;
    expect({ ...signed, signature }).toEqual(verdict);
  });

  it('knows of no third history', () => {
    expect(parseReceivedEvent({ ...event, history: 'test' }).history).toBe('test');
    expect(() => parseReceivedEvent({ ...event, history: 'draft' })).toThrow('history');
  });
});
