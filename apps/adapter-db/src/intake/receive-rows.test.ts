import { verify } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type ReceivedEvent,
  Rejected,
  type RowChange,
  signatureInput,
  signedBytes,
  Unavailable,
} from '@anamnesis/core';
import { readRowMapping } from '@anamnesis/fhir';
import { Intake, type Shelf } from '../../test/intake.js';
import type { Deliver } from '../sources/row-source.js';
import type { RowBook } from '../state/row-book.js';
import { changeMediaType } from './compose-row-events.js';
import { receiveRowsWith } from './receive-rows.js';

const mapping = readRowMapping(`
name: test-rows
version: 3
source:
  { facility: NORTH, application: PAS, zone: UTC, kind: mysql, connection: { host: localhost, database: h, user: r } }
patients: { table: patients, authority: 'urn:oid:2.999.8.1' }
tables:
  patients:
    key: id
    resource: Patient
    elements:
      name[0].family: family
      birthDate: born
  visits:
    key: id
    patient: patient_id
    resource: Encounter
    elements: { status: { const: finished }, class.code: { const: AMB } }
  results:
    key: id
    patient: { column: visit_id, via: visits }
    resource: Observation
    elements: { status: { const: final }, code.text: name, valueString: value }
`);
describe('receiving rows', () => {
  let intake: Intake;
  let book: RowBook;
  let bus: Shelf;
  let deliver: Deliver;
  let stopping: AbortController;

  beforeEach(() => {
    intake = new Intake();
    ({ book, bus } = intake);
    stopping = new AbortController();
    deliver = receiveRowsWith(intake.options(mapping, stopping.signal));
  });
  afterEach(() => {
    intake.dispose();
  });

  const change = (op: RowChange['op'], table: string, row: Readonly<Record<string, string | number>>): RowChange => ({
    ...{ op, table, key: [row['id'] ?? null], at: '2026-01-01T00:00:00.000000Z', position: `0-1-9#${row['id']}` },
    ...(op === 'd' ? { before: row } : { after: row }),
  });
  const patient = (id: number, family = 'Test') => change('c', 'patients', { id, family });

  it('makes a signed event of each row, whose body is the change itself', async () => {
    await deliver({ changes: [patient(4485)], position: { at: 1 } });
    const [event] = bus.events;
    expect(event).toMatchObject({
      source: { facility: 'NORTH', protocol: 'database', messageType: 'ROW^c^patients', authentication: 'none' },
      subject: { system: 'urn:oid:2.999.8.1', value: '4485' },
      raw: { mediaType: changeMediaType, charset: 'utf-8' },
      resources: { name: 'test-rows', version: 3 },
    });
    expect(event?.source.messageId).toMatch(/^patients:[a-z2-7]{16}:0-1-9#4485$/);
    expect(JSON.parse(Buffer.from(bus.published[0]?.record.body ?? []).toString())).toEqual(patient(4485));
    const { value } = event?.signature ?? { value: '' };
    const signed = signedBytes(event as ReceivedEvent);
    const key = { key: intake.publicKey, dsaEncoding: 'ieee-p1363' } as const;
    expect(verify('sha256', signed, key, Buffer.from(value, 'base64url'))).toBe(true);
    expect(book.position).toEqual({ at: 1 });
  });

  it('signs the rows of a batch at once, each verifiable by itself', async () => {
    await deliver({ changes: Array.from({ length: 70 }, (_, at) => patient(at + 1)), position: { at: 1 } });
    const key = { key: intake.publicKey, dsaEncoding: 'ieee-p1363' } as const;
    for (const event of bus.events) {
      const { value, tree } = event.signature;
      const input = signatureInput(signedBytes(event), tree) ?? Buffer.alloc(0);
      expect(verify('sha256', input, key, Buffer.from(value, 'base64url'))).toBe(true);
    }
    expect(bus.events).toHaveLength(70);
    expect(new Set(bus.events.map(({ signature }) => signature.value)).size).toBe(3);
  });

  it('makes the same events of the same changes', async () => {
    for (let times = 0; times < 2; times++) await deliver({ changes: [patient(1), patient(2)], position: { at: 1 } });
    const ids = bus.events.map(({ id }) => id);
    expect(ids.slice(0, 2)).toEqual(ids.slice(2));
    expect(new Set(ids).size).toBe(2);
  });

  it('keeps no position before the bus has the events, and tries until it has', async () => {
    let refusals = 3;
    const positions: unknown[] = [];
    bus.refuse = () => {
      positions.push(book.position);
      if (refusals-- > 0) throw new Unavailable('bus', 'away');
    };
    await deliver({ changes: [patient(1)], position: { at: 5 } });
    expect(positions).toEqual([undefined, undefined, undefined, undefined]);
    expect(book.position).toEqual({ at: 5 });
    expect(bus.events).toHaveLength(1);
  });

  it('keeps nothing of what it could not publish before it was stopped, or of a source that is not admitted', async () => {
    bus.refuse = () => {
      stopping.abort();
      throw new Unavailable('bus', 'away');
    };
    await expect(deliver({ changes: [patient(1)], position: { at: 5 } })).rejects.toThrow(Unavailable);
    intake.isAdmitted = false;
    await expect(deliver({ changes: [patient(1)], position: { at: 5 } })).rejects.toThrow(Unavailable);
    expect(book.position).toBeUndefined();
    expect(book.find('patients', [1])).toBeUndefined();
  });

  it('keeps what is being signed when it is stopped, and nothing of what cannot be signed', async () => {
    const { sign } = intake;
    intake.sign = async (...given) => {
      stopping.abort();
      await new Promise(setImmediate);
      return sign(...given);
    };
    await deliver({ changes: [patient(1)], position: { at: 1 } });
    expect([bus.events.length, book.position]).toEqual([1, { at: 1 }]);
    intake.sign = () => Promise.reject(new Unavailable('signing', 'ended'));
    await expect(deliver({ changes: [patient(2)], position: { at: 2 } })).rejects.toThrow(Unavailable);
    expect([bus.events.length, book.position, book.find('patients', [2])]).toEqual([1, { at: 1 }, undefined]);
  });

  it('finds the patient of a row through rows of the same batch, and of a deleted row through what it was', async () => {
    const visit = change('c', 'visits', { id: 7, patient_id: 4485 });
    const result = change('c', 'results', { id: 9, visit_id: 7, name: 'Test', value: '1' });
    await deliver({ changes: [visit, result], position: {} });
    const { before: _, ...gone } = change('d', 'results', { id: 9 });
    await deliver({ changes: [gone], position: {} });
    expect(bus.events.map(({ subject }) => subject?.value)).toEqual(['4485', '4485', '4485']);
  });

  it('says that there was a gap before it goes on', async () => {
    const gap = { reason: 'log-purged', from: '0-1-9', at: '2026-01-01T00:00:00.000000Z' };
    await deliver({ gap, changes: [patient(1)], position: {} });
    expect(bus.events.map(({ type }) => type)).toEqual(['row.missed', expect.stringMatching(/^patient\./)]);
    expect(bus.events[0]?.resources.findings).toMatchObject([{ rule: 'log-gap' }]);
    const unusable = { ...gap, reason: 'record-no-json', rule: 'record-unusable', text: 'it was left out' };
    await deliver({ gap: unusable, changes: [], position: {} });
    expect(bus.events[2]?.resources.findings).toMatchObject([{ rule: 'record-unusable', text: 'it was left out' }]);
  });

  it('publishes a row that is too large without what was made of it, or says that it was there', async () => {
    bus.refuse = (records) => {
      if (records.some(({ header }) => (header as Partial<ReceivedEvent>).resources?.statements.length === 1))
        throw new Rejected('record-too-large', 'too large');
    };
    await deliver({ changes: [patient(1)], position: {} });
    expect(bus.events[0]?.resources.statements).toEqual([]);
    bus.refuse = (records) => {
      if (records.some(({ body }) => body.length > 0)) throw new Rejected('record-too-large', 'too large');
    };
    await deliver({ changes: [patient(2)], position: { at: 2 } });
    expect(bus.published.at(-1)).toMatchObject({
      topic: 'intake.refused',
      record: { header: { facility: 'NORTH', reason: 'the row is larger than this system takes' } },
    });
    expect(book.position).toEqual({ at: 2 });
  });

  it('names no key of a row in what leaves as metadata', async () => {
    await deliver({ changes: [change('c', 'patients', { id: 'CNIC-42101-1234567-1', family: 'x' })], position: {} });
    expect(bus.events[0]?.source.messageId.split(':')[1]).not.toContain('42101');
  });

  it('takes a row back that is deleted after the one that leads to its patient, in one batch or over a start', async () => {
    const visit = { id: 10, patient_id: 4485 };
    const [first, second] = [11, 12].map((id) => ({ id, visit_id: 10, name: 'Glucose', value: '5.6' }));
    const results = [first, second].map((row) => change('c', 'results', row ?? {}));
    await deliver({ changes: [patient(4485), change('c', 'visits', visit), ...results], position: { at: 1 } });
    const gone = [change('d', 'visits', visit), change('d', 'results', first ?? {})];
    await deliver({ changes: gone, position: { at: 2 } });
    intake.openAgain();
    const again = receiveRowsWith(intake.options(mapping, stopping.signal));
    await again({ changes: [change('d', 'results', second ?? {})], position: { at: 3 } });
    const [one, other] = bus.events.slice(-2);
    for (const event of [one, other]) {
      expect([event?.type, event?.subject?.value]).toEqual(['result.withdrawn', '4485']);
      expect(event?.resources.statements[0]?.slots).toEqual({ status: 'entered-in-error' });
    }
  });

  it('takes no new row for one of the patient to whom a deleted row led', async () => {
    const visit = { id: 10, patient_id: 4485 };
    await deliver({
      changes: [patient(4485), change('c', 'visits', visit), change('d', 'visits', visit)],
      position: {},
    });
    await deliver({ changes: [change('c', 'results', { id: 11, visit_id: 10, name: 'x', value: '1' })], position: {} });
    expect(bus.events.at(-1)?.type).toBe('row.unmapped');
  });
});
