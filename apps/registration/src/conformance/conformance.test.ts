import { describe, expect, it } from '@jest/globals';
import type { BusRecord, DeliveredRecord } from '@anamnesis/bus';
import type { Finding, IntakeRefusal } from '@anamnesis/core';
import { delivered, Hospital, type Said } from '../../test/hospital.js';
import { eachTestOpens } from '../../test/each-test-opens.js';
import type { Place } from '../../test/place.js';
import { databases } from '../../../../test/databases.js';
import { certify } from '../certify/certify.js';
import { replay } from '../certify/refused-events.js';
import { inTurn } from '../outbox/turn.js';
import { conformanceReport, type FindingView } from './conformance-report.js';
import { countFindings, findingKindsMax } from './count-findings.js';
import { noteRefused } from './note-refused.js';

const noEvent: Finding = {
  rule: 'segment-required',
  location: 'EVN',
  text: 'EVN Event Type: required segment is missing',
};
const badDate: Finding = {
  rule: 'data-type',
  location: 'PID-7',
  text: 'PID-7 …: not of data type TS',
  shape: '8 digits',
};

describe.each(databases)('the conformance report on $name', ({ fresh }) => {
  let place: Place;
  let hospital: Hospital;
  eachTestOpens({ fresh }, (opened) => ({ place, hospital } = opened));

  /** An event with findings of its message. */
  const says = (findings: unknown, said: Said = {}): BusRecord => {
    const record = hospital.says(said);
    return { ...record, header: { ...record.header, resources: { ...resourcesOf(record), findings } } };
  };
  const resourcesOf = ({ header }: BusRecord) => header['resources'] as object;
  const report = () => conformanceReport(place.registration, hospital.source.id);
  const counts = async () =>
    Object.fromEntries((await report()).findings.map(({ rule, location, count }) => [`${rule} ${location}`, count]));
  const startedAt = Date.now();
  const at = (minute: number) => new Date(startedAt + minute * 60_000);

  it('says what, how often, since when and last when, most frequent first', async () => {
    const first = says([noEvent, badDate], { messageId: 'A' });
    const second = says([noEvent], { messageId: 'B' });
    await certify(place.registration, [delivered(first, at(1))]);
    await certify(place.registration, [delivered(second, at(2))]);
    const { certified, refused, findings } = await report();
    expect({ certified, refused }).toEqual({ certified: 2, refused: 0 });
    expect(findings).toMatchObject([
      { ...noEvent, severity: 'warning', shape: null, count: 2, lastControlId: 'B' },
      { ...badDate, severity: 'warning', count: 1, lastControlId: 'A' },
    ]);
    const [{ firstAt, lastAt }] = findings as [FindingView];
    expect(Date.parse(lastAt) - Date.parse(firstAt)).toBeGreaterThan(50_000);
  });

  it('counts a message once: with its first event, and not again when it comes again or at another instance', async () => {
    const record = delivered(says([noEvent]));
    const second = delivered(says([noEvent], { ordinal: 1 }));
    await certify(place.registration, [record, record, second]);
    await certify(place.registration, [record]);
    await certify(await place.another(), [record]);
    expect(await counts()).toEqual({ 'segment-required EVN': 1 });
  });

  it('counts nothing where the decision is not committed, and once when it is', async () => {
    const away = { ...place.bus, publish: () => Promise.reject(new Error('away')) } as unknown as Place['bus'];
    const record = delivered(says([noEvent]));
    await expect(certify(await place.another(away), [record])).rejects.toThrow('away');
    await certify(place.registration, [record]);
    expect(await counts()).toEqual({ 'segment-required EVN': 1 });
  });

  it('has what registration refuses, and a replay of it once', async () => {
    const south = await Hospital.open(place.registration, 'SOUTH', { messageTypes: ['ORU^R01'] });
    const record = south.says({ messageType: 'ADT^A01^ADT_A01' });
    await place.certifyEach([record]);
    await replay(place.registration, String(record.header['id']), { reason: 'try' });
    await place.certifyEach([record]);
    const { findings } = await conformanceReport(place.registration, south.source.id);
    expect(findings).toMatchObject([
      {
        rule: 'refused-type-not-permitted',
        severity: 'refusal',
        location: 'MSH-9',
        text: 'MSH-9 Message Type: the source may not send ADT^A01',
        count: 1,
      },
    ]);
  });

  it('takes no findings that are none', async () => {
    await place.certifyEach([says([null, 7, { rule: 'x' }, { ...badDate, text: 'x'.repeat(5000) }]), says('none')]);
    const { findings } = await report();
    expect(findings).toMatchObject([{ rule: 'data-type', text: 'x'.repeat(255) }]);
  });

  it('tells a thousand kinds apart and counts the others together', async () => {
    const occurrence = (n: number) => ({
      sourceId: hospital.source.id,
      finding: { ...badDate, location: `ZZZ-${n}` },
      at: at(0).toISOString(),
      messageId: 'M',
    });
    const all = Array.from({ length: findingKindsMax + 5 }, (_, n) => occurrence(n));
    await inTurn(place.store, (turn) => countFindings(turn, all));
    await inTurn(place.store, (turn) => countFindings(turn, [occurrence(0), occurrence(findingKindsMax + 9)]));
    const { findings } = await report();
    expect(findings).toHaveLength(findingKindsMax + 1);
    expect(findings.slice(0, 2)).toMatchObject([
      { rule: 'other', count: 6 },
      { location: 'ZZZ-0', count: 2 },
    ]);
  });

  it('is of a source that exists', async () => {
    await expect(conformanceReport(place.registration, 'nobody')).rejects.toThrow('no such source');
  });

  describe('of what adapters refused', () => {
    const refused = (
      offset: number,
      changes: Partial<IntakeRefusal> = {},
      appendedAt = at(offset),
    ): DeliveredRecord => {
      const refusal: IntakeRefusal = {
        ...{ id: `r${offset}`, facility: 'NORTH', application: 'ADT', controlId: `C${offset}`, messageType: 'ADT^A01' },
        ...{
          receivedAt: appendedAt.toISOString(),
          answer: 'AE',
          condition: 102,
          location: 'PID^1^3^2^1',
          sizeBytes: 9,
        },
        reason: `PID-3 Patient Identifier List, repetition ${offset}, component 1 ID Number: too long (${offset} digits)`,
        ...changes,
      };
      const record = { key: 'k', header: { ...refusal }, body: new Uint8Array(0) };
      return { ...record, topic: 'intake.refused', partition: 0, offset, appendedAt };
    };

    it('has the same fault of different messages once, with its latest shape', async () => {
      await noteRefused(place.registration, [refused(1), refused(2)]);
      expect((await report()).findings).toMatchObject([
        {
          rule: 'refused-102',
          severity: 'refusal',
          location: 'PID-3.1',
          text: 'PID-3 Patient Identifier List, component 1 ID Number: too long',
          shape: '2 digits',
          count: 2,
          lastControlId: 'C2',
        },
      ]);
    });

    it('counts each once, however often the bus delivers it and to whom', async () => {
      await noteRefused(place.registration, [refused(1), refused(2)]);
      await noteRefused(await place.another(), [refused(1), refused(2), refused(3)]);
      expect(await counts()).toEqual({ 'refused-102 PID-3.1': 3 });
    });

    it('goes on counting on a bus that began anew', async () => {
      await noteRefused(place.registration, [refused(7)]);
      await noteRefused(place.registration, [refused(1, {}, at(60))]);
      expect(await counts()).toEqual({ 'refused-102 PID-3.1': 2 });
    });

    it('leaves out who is no source, and refuses what is no refusal', async () => {
      const broken = { ...refused(2), header: { reason: 7 } };
      const refusals = await noteRefused(place.registration, [refused(1, { facility: 'NOBODY' }), broken]);
      expect(refusals).toMatchObject([{ record: { offset: 2 }, code: 'invalid-event' }]);
      expect(await counts()).toEqual({});
    });
  });
});
