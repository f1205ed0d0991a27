import { describe, expect, it } from '@jest/globals';
import type { BusRecord } from '@anamnesis/bus';
import { ApplicationAck } from '@anamnesis/store';
import { databases } from '../../../../test/databases.js';
import { delivered, type Hospital, type Said } from '../../test/hospital.js';
import { eachTestOpens } from '../../test/each-test-opens.js';
import type { Place } from '../../test/place.js';
import { replay } from '../certify/refused-events.js';
import { noteRefused } from '../conformance/note-refused.js';
import { changeSource } from '../facilities/sources.js';
import { startTesting } from '../phases/change-phase.js';
import { listAcks, resendAck } from './ack-list.js';
import { leaseAcks } from './lease-acks.js';
import { giveUpAcks, pruneAcks, settleAcks } from './settle-acks.js';

const to = 'ris.example:2576';
const asked = { by: 'operator', reason: 'a new feed' };
const one = { adapter: 'adapter-1', forMs: 60_000 };

describe.each(databases)('application acknowledgements on $name', ({ fresh }) => {
  let place: Place;
  let hospital: Hospital;
  eachTestOpens(
    { fresh, settings: { APPLICATION_ACK_QUEUE_MAX: 3 }, source: { applicationAcknowledgementTo: to } },
    (opened) => ({ place, hospital } = opened),
  );

  /** An event of a message with this MSH-16. */
  const asks = (messageId: string, application = 'AL', said: Said & { events?: number } = {}): BusRecord => {
    const { events = 1, ...rest } = said;
    const record = hospital.says({ messageId, ...rest });
    const msh = `MSH|^~\\&|ADT|NORTH|||2026||ADT^A01^ADT_A01|${messageId}|P|2.5.1|||AL|${application}`;
    const acknowledge = { events, msh: Buffer.from(msh).toString('base64') };
    return {
      ...record,
      header: { ...record.header, resources: { ...(record.header['resources'] as object), acknowledge } },
    };
  };
  const rows = async () =>
    (await listAcks(place.registration, { count: 100 }))
      .map(({ messageId, code, state }) => `${messageId} ${code} ${state}`)
      .reverse();
  const contents = async () => {
    const found = await place.store.reader.manager.find(ApplicationAck, { order: { seq: 'ASC' } });
    return found.map(({ content }) => content.toString());
  };
  const leased = async (request = one) =>
    (await leaseAcks(place.registration, request)).map(({ to: address, acknowledgements }) => [
      address,
      acknowledgements.length,
    ]);

  it('says AA when every event of the message is certified, and nothing before', async () => {
    const [first, second] = [0, 1].map((ordinal) => asks('M1', 'AL', { ordinal, events: 2 }));
    await place.certifyEach([first as BusRecord]);
    expect(await rows()).toEqual([]);
    // Decided once: what the bus delivers again is not answered again.
    await place.certifyEach([second as BusRecord, first as BusRecord, second as BusRecord]);
    expect(await rows()).toEqual(['M1 AA waiting']);
    const [content = ''] = await contents();
    expect(content).toMatch(
      /^MSH\|\^~\\&\|ANAMNESIS\|HUB\|ADT\|NORTH\|\d{14}\+0000\|\|ACK\^A01\^ACK\|[a-z2-7]{20}\|P\|2.5.1\|\|\|AL\|NE\r/,
    );
    expect(content).toContain('\rMSA|AA|M1');
  });

  it('says AR or AE with the reason when one of them was refused, and a replay says nothing more', async () => {
    await changeSource(place.registration, hospital.source.id, { messageTypes: ['ADT^*'] });
    const foreign = { subject: { system: 'urn:anamnesis:facility:SOUTH', value: 'SECRET-7' } };
    const bad = asks('M2', 'AL', { ...foreign, ordinal: 1, events: 2 });
    await place.certifyEach([
      asks('M1', 'AL', { messageType: 'ORU^R01^ORU_R01' }),
      bad,
      asks('M2', 'AL', { events: 2 }),
    ]);
    expect(await rows()).toEqual(['M1 AR waiting', 'M2 AE waiting']);
    const [reject = '', error = ''] = await contents();
    expect(reject).toMatch(/\rMSA\|AR\|M1.*\rERR\|\|\|200.*type-not-permitted: /s);
    expect(error).toMatch(/\rERR\|\|\|207.*authority-not-permitted: /s);
    expect(error).not.toContain('SECRET-7');
    await changeSource(place.registration, hospital.source.id, { messageTypes: null });
    const id = String(asks('M1', 'AL', { messageType: 'ORU^R01^ORU_R01' }).header['id']);
    await replay(place.registration, id, { reason: 'may now' });
    const [record] = await place.read('clinical.received', 1);
    await place.certifyEach([record as BusRecord]);
    expect(await place.certified(2)).toHaveLength(2);
    expect(await rows()).toHaveLength(2);
  });

  it.each([
    ['SU', ['M1 AA waiting']],
    ['ER', ['M2 AE waiting']],
    ['NE', []],
    ['', []],
  ])('is owed as MSH-16 = %j says (table 0155)', async (application, owed) => {
    const foreign = { subject: { system: 'urn:anamnesis:facility:SOUTH', value: '7' } };
    await place.certifyEach([asks('M1', application), asks('M2', application, foreign)]);
    expect(await rows()).toEqual(owed);
  });

  it('is owed for what a source says in testing', async () => {
    const foreign = { subject: { system: 'urn:anamnesis:facility:SOUTH', value: '7' } };
    await startTesting(place.registration, hospital.source.id, asked);
    await place.certifyEach([asks('M1'), asks('M2', 'AL', { ...foreign, ordinal: 1, events: 2 }), asks('M3')]);
    expect(await rows()).toEqual(['M1 AA waiting', 'M3 AA waiting']);
    await place.certifyEach([asks('M2', 'AL', { events: 2 })]);
    expect(await rows()).toEqual(['M1 AA waiting', 'M3 AA waiting', 'M2 AE waiting']);
  });

  it('is owed to nobody without a listener, nor for what an adapter says of other events', async () => {
    await place.certifyEach([asks('M1', 'AL', { ordinal: 3, events: 2 }), asks('M2', 'AL', { events: 0 })]);
    await changeSource(place.registration, hospital.source.id, { applicationAcknowledgementTo: null });
    await place.certifyEach([asks('M3')]);
    expect(await rows()).toEqual([]);
  });

  it('of what the adapter refused is sent as the adapter wrote it, once', async () => {
    const times = { receivedAt: new Date().toISOString(), answer: 'CE', condition: 101, location: 'PID^1^3' };
    const refusal = {
      id: 'r1',
      facility: 'NORTH',
      application: 'ADT',
      controlId: 'M1',
      messageType: 'ADT^A01',
      ...times,
    };
    const header = {
      ...refusal,
      reason: 'PID-3 is empty',
      sizeBytes: 9,
      acknowledgement: { code: 'AE', controlId: 'OURS' },
    };
    const record = {
      ...delivered({ key: 'k', header, body: Buffer.from('MSH|written') }),
      topic: 'intake.refused' as const,
    };
    for (let time = 0; time < 2; time++) expect(await noteRefused(place.registration, [record])).toEqual([]);
    expect(await rows()).toEqual(['M1 AE waiting']);
    expect(await contents()).toEqual(['MSH|written']);
  });

  it('is in the hands of one instance, and of the next one when that is gone', async () => {
    await place.certifyEach([asks('M1'), asks('M2')]);
    const other = await place.another();
    const both = await Promise.all(
      [place.registration, other].map((each, n) => leaseAcks(each, { ...one, adapter: `a${n}` })),
    );
    expect(both.map((leases) => leases.length).sort()).toEqual([0, 1]);
    expect(await leased({ ...one, adapter: 'a3' })).toEqual([]);
    await place.store.transaction((manager) =>
      manager.query('UPDATE acknowledgement_listener SET leasedUntil = ?', [new Date(0).toISOString()]),
    );
    expect(await leased({ ...one, adapter: 'a3' })).toEqual([[to, 2]]);
  });

  it('is taken, or refused for good, or tried again after a pause that doubles', async () => {
    await place.certifyEach([asks('M1'), asks('M2'), asks('M3')]);
    const [lease] = await leaseAcks(place.registration, one);
    const [first, second] = lease?.acknowledgements ?? [];
    const settled = [
      { id: first?.id ?? '', answer: 'CA' },
      { id: second?.id ?? '', answer: 'CR' },
    ];
    const { adapter } = one;
    const sourceId = hospital.source.id;
    // From an instance whose lease ran out: what it says of answers holds, the listener is another's.
    await settleAcks(place.registration, { adapter: 'late', sourceId, settled: settled.slice(0, 1), isFailed: true });
    await settleAcks(place.registration, { adapter, sourceId, settled: settled.slice(1), isFailed: true });
    expect(await rows()).toEqual(['M1 AA taken', 'M2 AA refused', 'M3 AA waiting']);
    expect(await leased()).toEqual([]);
    const due = () =>
      place.store.transaction((manager) =>
        manager.query('UPDATE acknowledgement_listener SET nextAttemptAt = ?', ['2020']),
      );
    const pausesMs: number[] = [];
    for (let attempt = 0; attempt < 4; attempt++) {
      await due();
      expect(await leased()).toEqual([[to, 1]]);
      const fromMs = Date.now();
      await settleAcks(place.registration, { adapter, sourceId, settled: [], isFailed: true });
      const [row] = await place.store.reader.manager.query<{ nextAttemptAt: string }[]>(
        'SELECT nextAttemptAt FROM acknowledgement_listener',
      );
      pausesMs.push(Math.round((Date.parse(row?.nextAttemptAt ?? '') - fromMs) / 1000));
    }
    expect(pausesMs).toEqual([1, 2, 4, 8]);
  });

  it('that nobody takes is given up and listed, and can be sent again', async () => {
    await place.certifyEach([asks('M1'), asks('M2'), asks('M3'), asks('M4')]);
    expect((await rows()).at(-1)).toBe('M4 AA given-up');
    await place.store.transaction((manager) =>
      manager.query("UPDATE application_ack SET createdAt = ? WHERE messageId = 'M1'", [new Date(0).toISOString()]),
    );
    expect(await giveUpAcks(place.registration)).toBe(1);
    expect(await giveUpAcks(place.registration)).toBe(0);
    const listed = await listAcks(place.registration, { state: 'given-up', source: hospital.source.id, count: 9 });
    expect(listed.map(({ messageId, result }) => [messageId, result])).toEqual([
      ['M4', 'queue-full'],
      ['M1', 'not-taken'],
    ]);
    expect(await resendAck(place.registration, listed[1]?.id ?? '')).toMatchObject({ state: 'waiting' });
    expect(await leased()).toEqual([[to, 3]]);
    await expect(resendAck(place.registration, 'nobody')).rejects.toMatchObject({ code: 'not-found' });
    await pruneAcks(place.registration);
    expect(await rows()).toHaveLength(4);
  });
});
