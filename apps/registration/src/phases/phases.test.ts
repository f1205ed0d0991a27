import { verify } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { BusRecord, DeliveredRecord } from '@anamnesis/bus';
import { type Finding, parseTestedEvent, Rejected, testedBytes } from '@anamnesis/core';
import {
  Authority,
  Decision,
  PatientRecord,
  RecordSecret,
  RefusedEvent,
  SourceTally,
  TestDecision,
} from '@anamnesis/store';
import { delivered, type Hospital, type Said } from '../../test/hospital.js';
import { eachTestOpens } from '../../test/each-test-opens.js';
import type { Place } from '../../test/place.js';
import { databases } from '../../../../test/databases.js';
import { certify } from '../certify/certify.js';
import { conformanceReport } from '../conformance/conformance-report.js';
import { noteRefused } from '../conformance/note-refused.js';
import { changeSource } from '../facilities/sources.js';
import { acceptBlocker, certifySource, HeldBack, listPhases, startTesting } from './change-phase.js';
import { blockerKindsMax } from './note-heard.js';

const subject = { system: 'urn:test:north', value: 'TEST-1' };
const asked = { by: 'admin 0123456789abcdef', reason: 'as agreed' };
const undecodable: Finding = { rule: 'undecodable', location: 'PID-5', text: 'PID-5: undecodable' };

describe.each(databases)('the phases of a source on $name', ({ fresh }) => {
  let place: Place;
  let hospital: Hospital;
  let offset = 0;

  eachTestOpens({ fresh, settings: { ENROLMENT: 'approve' } }, (opened) => ({ place, hospital } = opened));

  const id = () => hospital.source.id;
  const test = () => startTesting(place.registration, id(), asked);
  const pass = () => certifySource(place.registration, id(), asked);
  const report = () => conformanceReport(place.registration, id());
  const count = (entity: new () => object) => place.store.reader.manager.count(entity);
  const says = (said: Said = {}, findings: readonly Finding[] = []): BusRecord => {
    const record = hospital.says({ subject, ...said });
    return { ...record, header: { ...record.header, resources: { ...resources, findings } } };
  };
  const resources = { name: 'unmapped', version: 1, statements: [], warnings: [] };
  const take = (...records: readonly BusRecord[]) =>
    certify(
      place.registration,
      records.map((one) => delivered(one)),
    );
  const tested = async (number: number) =>
    (await place.read('clinical.tested', number)).map(({ header }) => parseTestedEvent(header));
  const refusedAtIntake = (more: object = {}): DeliveredRecord => {
    offset += 1;
    const header = {
      ...{ id: `r${offset}`, facility: 'NORTH', application: 'ADT', controlId: `C${offset}`, messageType: 'ORU^R01' },
      ...{ receivedAt: new Date().toISOString(), answer: 'AE', condition: 101, location: 'PID^1^3', sizeBytes: 9 },
      ...{ reason: 'PID-3 Patient Identifier List: required field is missing', ...more },
    };
    const record = { key: 'k', header, body: new Uint8Array(0) };
    return { ...record, topic: 'intake.refused', partition: 0, offset, appendedAt: new Date() };
  };
  const standing = async () => {
    const error = await pass().then(
      () => undefined,
      (problem: unknown) => problem,
    );
    if (!(error instanceof HeldBack)) throw new Error('not held back', { cause: error });
    return error.blocking
      .map(({ rule, messageType, count: messages }) => [rule, messageType, messages] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1));
  };

  it('begin as a draft, go through testing, and are kept with who, when and why', async () => {
    expect(hospital.source.phase).toBe('draft');
    await expect(pass()).rejects.toMatchObject({ code: 'conflict', message: 'the source is not in testing' });
    await test();
    await take(says());
    expect(await pass()).toMatchObject({ phase: 'certified' });
    await test();
    const phases = await listPhases(place.registration, id());
    expect(phases.map(({ version, phase, by, reason }) => [version, phase, by, reason])).toEqual([
      [1, 'draft', 'registration', 'registered'],
      [2, 'testing', asked.by, asked.reason],
      [3, 'certified', asked.by, asked.reason],
      [4, 'testing', asked.by, asked.reason],
    ]);
    expect(phases.map(({ since }) => since)).toEqual(phases.map(({ since }) => since).sort());
    const facts = (await place.read('registry.changed', 4)).map(({ header }) => header['phase']);
    expect(facts.filter((phase) => phase !== undefined)).toEqual(['draft', 'testing', 'certified', 'testing']);
  });

  it('send a test nowhere but to the test history, signed as one, and leave no trace of a patient', async () => {
    await test();
    const record = says();
    expect(await take(record, record)).toEqual([]);
    const [one, ...others] = await tested(1);
    expect(others).toEqual([]);
    expect(one).toMatchObject({ event: { id: record.header['id'] }, verdict: { history: 'test' } });
    expect(one?.verdict).not.toHaveProperty('leaf');
    expect(one?.verdict).not.toHaveProperty('refusal');
    if (one === undefined) throw new Error('none was tested');
    const named = [one.event.signature.certificateSerial];
    const keys = await place.registration.cache.publicKeys(place.store.reader.manager, named);
    expect([...keys.keys()]).toEqual(named);
    const { value, certificateSerial } = one.verdict.signature;
    expect(certificateSerial).toBe(place.registration.signing.serial);
    const key = { key: place.registration.signing.key, dsaEncoding: 'ieee-p1363' as const };
    expect(verify('sha256', testedBytes(one.verdict), key, Buffer.from(value, 'base64url'))).toBe(true);
    expect(await place.read('clinical.certified', 0)).toEqual([]);
    expect(await place.read('person.changed', 0)).toEqual([]);
    for (const entity of [Decision, PatientRecord, RecordSecret, RefusedEvent, Authority])
      expect([entity.name, await count(entity)]).toEqual([entity.name, 0]);
    expect(await place.store.reader.manager.findOneBy(SourceTally, { sourceId: id() })).toMatchObject({
      ...{ certified: 0, tested: 1, refused: 0 },
    });
  });

  it('refuse in testing what would be refused, without a dead letter, and say so in the test history', async () => {
    await test();
    await changeSource(place.registration, id(), { messageTypes: ['ORU^R01'] });
    expect(await take(says())).toEqual([]);
    expect((await tested(1)).map(({ verdict }) => verdict.refusal)).toEqual([
      { code: 'type-not-permitted', reason: 'MSH-9 Message Type: the source may not send ADT^A01' },
    ]);
    expect(await count(RefusedEvent)).toBe(0);
    expect(await standing()).toEqual([
      ['nothing-taken', '', 0],
      ['refused-type-not-permitted', 'ADT^A01', 1],
    ]);
  });

  it('go by when the bus took an event, whenever it is judged', async () => {
    await test();
    const early = delivered(says());
    await pause(2);
    await take(says());
    await pass();
    await pause(2);
    const late = delivered(says());
    await certify(place.registration, [late, early]);
    expect((await tested(2)).map(({ event }) => event.id)).toContain(early.header['id']);
    expect((await place.certified(1)).map(({ event }) => event.id)).toEqual([late.header['id']]);
  });

  it('keep from patients what an adapter took by the rules of testing, though the source is certified by then', async () => {
    await test();
    await take(says());
    await pass();
    await pause(2);
    const record = says({ history: 'test' });
    await take(record, says());
    expect((await tested(2)).map(({ event }) => event.id)).toContain(record.header['id']);
    expect(await place.certified(1)).toHaveLength(1);
    expect(await count(Decision)).toBe(1);
  });

  it('make two events of bytes that come in testing and again when certified, and one of each redelivery', async () => {
    await test();
    const record = says();
    const first = delivered(record);
    await certify(place.registration, [first]);
    await pass();
    await pause(2);
    const second = delivered({ ...record });
    await certify(place.registration, [second]);
    await certify(place.registration, [first, second]);
    // The bytes stand for one event in each history; what was published is published again, and nothing else.
    expect(new Set((await tested(2)).map(({ event }) => event.id))).toEqual(new Set([record.header['id']]));
    expect(new Set((await place.certified(2)).map(({ event }) => event.id))).toEqual(new Set([record.header['id']]));
    expect([await count(TestDecision), await count(Decision)]).toEqual([1, 1]);
  });

  it('leave what was certified before alone when the source goes back to testing and sends it again', async () => {
    await test();
    await take(says());
    await pass();
    await pause(2);
    const record = says();
    await take(record);
    await test();
    await pause(2);
    await take(record);
    expect(await tested(1)).toHaveLength(1);
    expect(await place.certified(2)).toHaveLength(2);
    expect(await count(Decision)).toBe(1);
  });

  it('take a redelivery for what it was at first, though the clocks of bus and registration differ', async () => {
    await test();
    const ahead = delivered(says(), new Date(Date.now() + 60_000));
    await certify(place.registration, [ahead]);
    await pass();
    await certify(place.registration, [ahead]);
    expect(await tested(2)).toHaveLength(2);
    expect(await count(Decision)).toBe(0);
  });

  it('do not pass before a message was taken, nor while a finding stands; three clean ones of its type settle it', async () => {
    await test();
    expect(await standing()).toEqual([['nothing-taken', '', 0]]);
    await noteRefused(place.registration, [refusedAtIntake()]);
    await take(says({ messageType: 'ADT^A01^ADT_A01' }, [undecodable]));
    const oru = () => says({ messageType: 'ORU^R01^ORU_R01' });
    await take(oru(), oru());
    expect(await standing()).toEqual([
      ['refused-101', 'ORU^R01', 1],
      ['undecodable', 'ADT^A01', 1],
    ]);
    await noteRefused(place.registration, [refusedAtIntake()]);
    await take(oru(), oru());
    expect(await standing()).toContainEqual(['refused-101', 'ORU^R01', 2]);
    await take(oru(), says(), says(), says());
    const { mayPass, blocking, findings } = await report();
    expect(mayPass).toBe(true);
    expect(blocking.every((one) => !one.stands)).toBe(true);
    expect(findings).toMatchObject([
      { rule: 'refused-101', severity: 'refusal', isBlocking: true, count: 2 },
      { rule: 'undecodable', severity: 'warning', isBlocking: true, count: 1 },
    ]);
    expect(await pass()).toMatchObject({ phase: 'certified' });
  });

  it('settle a finding too when a hundred messages of other types came without it', async () => {
    await test();
    await noteRefused(place.registration, [refusedAtIntake({ messageType: 'ZZZ^Z01' })]);
    await take(...Array.from({ length: 99 }, () => says()));
    expect(await standing()).toEqual([['refused-101', 'ZZZ^Z01', 1]]);
    await take(says());
    expect((await report()).mayPass).toBe(true);
  });

  it('are not held back by warnings, by our own troubles, or by what was answered to the draft', async () => {
    await noteRefused(place.registration, [refusedAtIntake({ condition: 207, reason: 'testing has not begun' })]);
    await test();
    await noteRefused(place.registration, [refusedAtIntake({ condition: 207, reason: 'cannot store', isOurs: true })]);
    await take(says({}, [{ rule: 'table-code', location: 'PV1-2', text: 'PV1-2: of no table' }]));
    expect(await report()).toMatchObject({ mayPass: true });
    expect((await report()).findings.map(({ rule, isBlocking }) => [rule, isBlocking])).toEqual(
      expect.arrayContaining([['table-code', false]]),
    );
  });

  it('pass with a corrections file in force: what it changes and what it changes from are warnings', async () => {
    await test();
    await noteRefused(place.registration, [refusedAtIntake({ messageType: 'ADT^Z01', location: 'PID^1^3' })]);
    // Switched on, and testing begun anew: under its own name the type never comes again.
    await test();
    const warnings = ['corrected', 'correction-failed', 'structure-unknown', 'segment-required', 'field-required'];
    await take(says({}, [...warnings.map((rule) => ({ rule, location: 'MSH-9', text: rule }))]));
    expect(await report()).toMatchObject({ mayPass: true, blocking: [{ rule: 'nothing-taken', stands: false }] });
    expect(await pass()).toMatchObject({ phase: 'certified' });
  });

  it('are held back by numbers without an authority', async () => {
    await test();
    await take(says({ subject: { system: 'urn:anamnesis:facility:NORTH', value: 'TEST-1' } }));
    expect(await standing()).toEqual([['authority-missing', 'ADT^A01', 1]]);
  });

  it('pass in spite of a finding that an operator accepted with a reason, which is kept', async () => {
    await test();
    await take(says({}, [undecodable]));
    const [blocker] = (await report()).blocking;
    const about = { sourceId: id(), findingId: blocker?.id ?? '' };
    const reason = 'the font of the old ward printer';
    const accepted = await acceptBlocker(place.registration, about, { ...asked, reason });
    expect(accepted).toMatchObject({ stands: false, accepted: { by: asked.by, reason } });
    await expect(acceptBlocker(place.registration, about, asked)).rejects.toMatchObject({ code: 'conflict' });
    await take(says({}, [undecodable]));
    await pass();
    const last = (await listPhases(place.registration, id())).at(-1);
    expect(last?.accepted).toMatchObject([{ rule: 'undecodable', count: 2, accepted: { reason } }]);
    await expect(acceptBlocker(place.registration, { ...about, findingId: 'none' }, asked)).rejects.toThrow(Rejected);
  });

  it('tell so many findings apart, and hold a source back for all others together', async () => {
    await test();
    const types = Array.from({ length: blockerKindsMax + 10 }, (_, n) => ({ messageType: `ZZZ^Z${n}` }));
    await noteRefused(place.registration, types.map(refusedAtIntake));
    const { blocking } = await report();
    expect(blocking).toHaveLength(blockerKindsMax + 1);
    expect(blocking.find(({ rule }) => rule === 'refused-other')).toMatchObject({ count: 11, stands: true });
  });

  it('begin testing anew: nothing that held the source back is left, nor what was accepted', async () => {
    await test();
    await take(says({}, [undecodable]));
    await test();
    expect(await standing()).toEqual([['nothing-taken', '', 0]]);
  });
});
