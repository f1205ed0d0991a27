import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { BusRecord } from '@anamnesis/bus';
import { eventId, parseReceivedEvent, type ReceivedEvent, type SignedHeader } from '@anamnesis/core';
import { isSigned } from '../../test/is-signed.js';
import { MessageSigning, type UnsignedMessage } from './message-signing.js';
import type { UnsignedEvent } from './compose-events.js';

const deploymentKey = Buffer.alloc(32, 1);
const pairs = {
  ADT: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  LIS: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
};
type Application = keyof typeof pairs;

function unsigned(application: Application, messageId: string, ordinal: number): UnsignedEvent {
  const parts = { facility: 'HYD', application, messageId, rawDigest: Buffer.alloc(32, ordinal) };
  const id = eventId(deploymentKey, { ...parts, ordinal });
  const header: SignedHeader = {
    ...{
      id,
      type: 'observation.reported',
      version: 1,
      receivedAt: '2026-01-01T00:00:00.000Z',
      correlationId: id,
      ordinal,
    },
    source: {
      ...{ facility: 'HYD', application, protocol: 'hl7v2-mllp', messageId },
      messageType: 'ORU^R01',
      authentication: 'none',
    },
    raw: { mediaType: 'application/hl7-v2', charset: 'utf-8', digest: '0'.repeat(64) },
  };
  return { header, resources: { name: 'oru-r01', version: 1, statements: [], warnings: [] }, key: `key-${messageId}` };
}

function message(
  messageId: string,
  { application = 'ADT', events = 1 }: { application?: Application; events?: number } = {},
): UnsignedMessage {
  return {
    events: Array.from({ length: events }, (_, ordinal) => unsigned(application, messageId, ordinal)),
    body: Buffer.from(messageId),
    identity: { key: pairs[application].privateKey, certificateSerial: application.toLowerCase() },
  };
}

const eventOf = ({ header }: BusRecord): ReceivedEvent => parseReceivedEvent(header);

const isSignedBySource = (event: ReceivedEvent) =>
  isSigned(event, pairs[event.source.application as Application].publicKey);
const signaturesIn = (events: readonly ReceivedEvent[]) => new Set(events.map(({ signature }) => signature.value)).size;

describe('signing messages', () => {
  it('signs one that is alone in its turn alone', async () => {
    const [record, ...others] = await new MessageSigning().sign(message('C1'));
    if (record === undefined) throw new Error('no record');
    const event = eventOf(record);
    expect(others).toEqual([]);
    expect(event.signature).toEqual({ algorithm: 'ES256', certificateSerial: 'adt', value: expect.any(String) });
    expect(isSignedBySource(event)).toBe(true);
  });

  it('signs those of one turn and source at once, and gives each its own records, in their order', async () => {
    const signing = new MessageSigning();
    const ids = ['C1', 'C2', 'C3'];
    const signed = await Promise.all(ids.map((id) => signing.sign(message(id, { events: 2 }))));
    const events = signed.flat().map(eventOf);
    expect(signed.map((records) => records.map(({ key, body }) => [key, Buffer.from(body).toString()]))).toEqual(
      ids.map((id) => [
        [`key-${id}`, id],
        [`key-${id}`, id],
      ]),
    );
    expect(events.map(({ ordinal }) => ordinal)).toEqual([0, 1, 0, 1, 0, 1]);
    expect(events.map(({ signature }) => signature.tree?.index)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(signaturesIn(events)).toBe(1);
    expect(events.map(isSignedBySource)).toEqual(ids.flatMap(() => [true, true]));
  });

  it('never signs those of two sources at once', async () => {
    const signing = new MessageSigning();
    const sent = (['ADT', 'LIS', 'ADT', 'LIS'] as const).map((application, n) => message(`C${n}`, { application }));
    const events = (await Promise.all(sent.map((one) => signing.sign(one)))).flat().map(eventOf);
    expect(events.map(({ signature }) => signature.certificateSerial)).toEqual(['adt', 'lis', 'adt', 'lis']);
    expect(events.map(isSignedBySource)).toEqual([true, true, true, true]);
    expect(signaturesIn(events)).toBe(2);
  });

  it('lets nobody wait for all the others of a long turn', async () => {
    const signing = new MessageSigning();
    const order: string[] = [];
    setImmediate(() => order.push('end of the turn'));
    const signed = Array.from({ length: 20 }, (_, n) => signing.sign(message(`C${n}`)));
    await signed[0]?.then(() => order.push('first'));
    const events = (await Promise.all(signed)).flat().map(eventOf);
    expect(order[0]).toBe('first');
    expect(events.every(isSignedBySource)).toBe(true);
    expect(signaturesIn(events)).toBe(3);
  });

  it('signs a message of many events, in trees that registration checks', async () => {
    const events = (await new MessageSigning().sign(message('C1', { events: 100 }))).map(eventOf);
    expect(events).toHaveLength(100);
    expect(events.every(isSignedBySource)).toBe(true);
  });

  it('says so of each message that cannot be signed, and signs the next', async () => {
    const signing = new MessageSigning();
    const broken = { ...message('C1'), identity: { key: pairs.ADT.publicKey, certificateSerial: 'adt' } };
    const failed = await Promise.allSettled([signing.sign(broken), signing.sign(message('C2'))]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect((await signing.sign(message('C2'))).map(eventOf).map(isSignedBySource)).toEqual([true]);
  });
});
