import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Rejected, type ReceivedEvent, type Row, type RowChange } from '@anamnesis/core';
import { readRowMapping, type RowMappingFile } from '@anamnesis/fhir';
import { Intake } from '../../test/intake.js';
import { receiveRowsWith } from './receive-rows.js';

const mappingOf = (format: string, kind = 'mysql') =>
  readRowMapping(`
name: test-rows
version: 3
source:
  facility: NORTH
  application: PAS
  zone: UTC
  kind: ${kind}
  connection: ${kind === 'mysql' ? '{ host: h, database: h, user: r }' : "{ brokers: ['h:1'], topicPrefix: h }"}
patients: { table: patients, authority: 'urn:oid:2.999.8.1' }
tables:
  patients:
    key: id
    resource: Patient
    elements: { "name[0].family": family, birthDate: { column: born, format: ${format} } }
  results:
    key: id
    patient: patient_id
    resource: Observation
    elements: { status: { const: final }, code: { column: test, system: 'http://loinc.org' }, valueString: value }
`);
const right = mappingOf('dd/MM/yyyy');

let intake: Intake;
beforeEach(() => {
  intake = new Intake();
});
afterEach(() => {
  intake.dispose();
});

let seconds = 0;
const change = (op: RowChange['op'], table: string, [after, before]: readonly [Row, Row?]): RowChange => ({
  ...{ op, table, key: [after['id'] ?? null], at: `2026-01-01T00:00:${String(++seconds % 60).padStart(2, '0')}.000Z` },
  ...{ position: `0-1-${seconds}#1`, ...(before !== undefined && { before }) },
  ...(op !== 'd' && { after }),
});
const deliver = (changes: readonly RowChange[], mapping: RowMappingFile = right) =>
  receiveRowsWith(intake.options(mapping, new AbortController().signal))({ changes, position: { seconds } });
const parked = () => intake.book.parked.list({ table: '', keyHash: '' }, 10);
const patient = (born: string | null, family = 'Testcase'): Row => ({ id: 4485, family, born });

describe('a row of which something cannot be told', () => {
  it('is parked with table, column, rule and since when, and with nothing of what it holds', async () => {
    await deliver([change('c', 'patients', [patient('1997-05-16')])]);
    expect(parked()).toMatchObject([
      { table: 'patients', isWithheld: false, findings: [{ rule: 'row-date', location: 'patients.born' }] },
    ]);
    expect(intake.book.parked.counts).toEqual(new Map([['row-date', 1]]));
    const [event] = intake.bus.events;
    expect(event?.source.messageId).toContain(`patients:${parked()[0]?.named}:`);
    expect(JSON.stringify(parked())).not.toMatch(/1997|4485|Testcase/);
    intake.openAgain();
    expect(readFileSync(join(intake.directory, 'rows.db')).includes('1997-05-16')).toBe(false);
    expect(intake.book.parked.counts).toEqual(new Map([['row-date', 1]]));
  });

  it('stays parked since then until a later state of it is told, or it is deleted', async () => {
    await deliver([change('c', 'patients', [patient('1997-05-16')])]);
    const since = parked()[0]?.since ?? '';
    await deliver([change('u', 'patients', [patient('1997-05-16', 'Married'), patient('1997-05-16')])]);
    expect(parked()).toMatchObject([{ since }]);
    await deliver([change('u', 'patients', [patient('16/05/1997', 'Married'), patient('1997-05-16', 'Married')])]);
    expect(parked()).toEqual([]);
    await deliver([change('u', 'patients', [patient('never'), patient('16/05/1997')])]);
    expect(parked()).toHaveLength(1);
    await deliver([change('d', 'patients', [{ id: 4485 }, patient('never')])]);
    expect(parked()).toEqual([]);
    expect(intake.book.parked.counts.size).toBe(0);
  });

  it('is not parked where its event could not be kept', async () => {
    intake.bus.refuse = () => {
      throw new TypeError('defect');
    };
    await expect(deliver([change('c', 'patients', [patient('1997-05-16')])])).rejects.toThrow('defect');
    expect([parked(), intake.book.parked.counts.size]).toEqual([[], 0]);
  });

  it('is told whole once it can be, each value at the time at which it was stated', async () => {
    const result = (test: string | null, value: string) => ({ id: 9, patient_id: null as number | null, test, value });
    const orphan = change('c', 'results', [result('718-7', '14')]);
    await deliver([orphan]);
    expect(parked()).toMatchObject([{ isWithheld: true, findings: [{ rule: 'row-patient' }] }]);
    expect(intake.bus.events[0]?.type).toBe('row.unmapped');
    const found = change('u', 'results', [{ ...result('718-7', '14'), patient_id: 4485 }, orphan.after ?? {}]);
    await deliver([found]);
    const statements = intake.bus.events[1]?.resources.statements ?? [];
    expect(statements.map(({ statedAt, slots }) => [statedAt, Object.keys(slots).sort()])).toEqual([
      [orphan.at, ['code', 'identifier:key', 'status', 'value[x]']],
      [found.at, ['subject']],
    ]);
    expect(parked()).toEqual([]);
  });

  it('is parked, too, where what FHIR asks for is missing, or the bus does not take it', async () => {
    await deliver([change('c', 'results', [{ id: 9, patient_id: 1, test: null, value: 'x' }])]);
    expect(parked()).toMatchObject([{ isWithheld: true, findings: [{ rule: 'row-required' }] }]);
    intake.bus.refuse = (records) => {
      if (records.some(({ header }) => (header as unknown as ReceivedEvent).resources.statements.length > 0))
        throw new Rejected('record-too-large', 'too large');
    };
    await deliver([change('c', 'patients', [patient('16/05/1997')])]);
    expect(parked().map(({ findings: [{ rule }] }) => rule)).toEqual(['too-large', 'row-required']);
    expect(intake.book.parked.counts).toEqual(
      new Map([
        ['row-required', 1],
        ['too-large', 1],
      ]),
    );
  });

  it('keeps what a record of a topic leaves out, and does not take it for missing', async () => {
    const topics = mappingOf('dd/MM/yyyy', 'debezium');
    const first = change('r', 'patients', [patient('never')]);
    await deliver([first], topics);
    const { born: _, ...told } = patient('', 'Married');
    const second = change('u', 'patients', [told]);
    await deliver([second], topics);
    expect(intake.book.find('patients', [4485])).toEqual(patient('never', 'Married'));
    expect(intake.book.booked('patients', intake.book.hashOf([4485]))?.statedAt).toEqual({
      ...{ '': first.at, id: second.at, family: second.at },
    });
    expect(parked()).toMatchObject([{ findings: [{ rule: 'row-date', location: 'patients.born' }] }]);
    await deliver([change('u', 'patients', [patient('16/05/1997', 'Married')])], topics);
    await deliver([change('u', 'patients', [told])], topics);
    expect(parked()).toEqual([]);
  });
});
