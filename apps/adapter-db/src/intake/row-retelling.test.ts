import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ReceivedEvent, type Row, type RowChange, Unavailable } from '@anamnesis/core';
import { readRowMapping, type RowMappingFile } from '@anamnesis/fhir';
import { Turnstile } from '@anamnesis/runtime';
import { Intake } from '../../test/intake.js';
import { until } from '../../test/until.js';
import { ParkedNotes } from '../state/parked-notes.js';
import { receiveRowsWith } from './receive-rows.js';
import { RowRetelling } from './row-retelling.js';

const mappingOf = (format: string, name = 'family') =>
  readRowMapping(`
name: north
version: 1
source: { facility: NORTH, application: PAS, zone: UTC, kind: mysql, connection: { host: h, database: h, user: r } }
patients: { table: patients, authority: 'urn:oid:2.999.8.1' }
tables:
  patients:
    key: id
    resource: Patient
    elements: { 'name[0].family': ${name}, birthDate: { column: born, format: ${format} } }
  visits:
    key: id
    patient: patient_id
    resource: Encounter
    elements: { status: { const: finished }, class.code: { const: AMB } }
  results:
    key: id
    patient: { via: visits, column: visit_id }
    resource: Observation
    elements: { status: { const: final }, code.text: test, valueString: value }
`);
const wrong = mappingOf('yyyy-MM-dd');
const right = mappingOf('dd/MM/yyyy');
const at = '2026-01-01T00:00:00.000Z';

let intake: Intake;
let ending: AbortController;
beforeEach(() => {
  intake = new Intake();
  ending = new AbortController();
});
afterEach(() => {
  intake.dispose();
});

const found = (table: string, row: Row): RowChange => ({
  ...{ op: 'r', table, key: [row['id'] ?? null], after: row, at, position: 'read-1' },
});
/** Every third of them is written in the way that is taken for right at first. */
const patients = (count: number): readonly RowChange[] =>
  Array.from({ length: count }, (_, id) =>
    found('patients', { id, family: `Case ${id}`, born: id % 3 === 0 ? null : '16/05/1997' }),
  );
const deliver = (changes: readonly RowChange[], mapping: RowMappingFile) =>
  receiveRowsWith(intake.options(mapping, ending.signal))({ changes, position: {} });
const retelling = (mapping: RowMappingFile, rowsPerSecond = 100_000) =>
  new RowRetelling({
    ...{ ...intake.options(mapping, ending.signal), mapping, rowsPerSecond, turn: new Turnstile(1) },
    notes: new ParkedNotes(intake.directory, 'north'),
  });
const note = () => join(intake.directory, 'parked', 'north.json');
const request = () => join(intake.directory, 'replay', 'north.json');

/** Runs it until the condition holds; what is in hand is ended. */
async function runUntil(condition: () => boolean, mapping = right, rowsPerSecond?: number): Promise<void> {
  ending = new AbortController();
  const running = retelling(mapping, rowsPerSecond).run();
  await Promise.race([until(condition, 15_000), running]);
  ending.abort();
  await running;
}
const born = (events: readonly ReceivedEvent[]) =>
  events.map(({ resources }) => resources.statements.map(({ slots }) => slots));

describe('rows whose mapping has changed', () => {
  it('are told again, only those that are mapped otherwise and only what is different, at the time of then', async () => {
    await deliver(patients(6), wrong);
    expect(intake.book.parked.counts).toEqual(new Map([['row-date', 4]]));
    await runUntil(() => !intake.book.mappings.hasEarlier);
    const again = intake.bus.events.slice(6);
    expect(born(again)).toEqual(Array(4).fill([{ birthDate: '1997-05-16' }]));
    expect(again.map(({ type, occurredAt }) => [type, occurredAt])).toEqual(Array(4).fill(['patient.updated', at]));
    expect(again[0]?.source.messageId).toMatch(/^patients:[a-z2-7]{16}:map-1-[0-9a-f]{8}@2026-01-01T00:00:00.000Z$/);
    expect(intake.book.parked.counts.size).toBe(0);
    expect(existsSync(note())).toBe(false);
  });

  it('are told again, all that each says at the time of then, when the converters of a new version are others', async () => {
    await deliver(patients(4), right);
    intake.openAgain();
    await runUntil(() => !intake.book.mappings.hasEarlier);
    expect(intake.bus.events).toHaveLength(4);
    intake.converters += 1;
    for (const opening of [1, 2]) {
      intake.openAgain();
      await runUntil(() => !intake.book.mappings.hasEarlier);
      expect([opening, intake.bus.events.length]).toEqual([opening, 8]);
    }
    const again = intake.bus.events.slice(4);
    const told = born(again).flatMap((slots) => slots.map(({ name, birthDate }) => ({ name, birthDate })));
    expect(told).toContainEqual({ name: [{ family: 'Case 1' }], birthDate: '1997-05-16' });
    expect(again.flatMap(({ resources }) => resources.statements.map(({ statedAt }) => statedAt))).toEqual(
      Array(4).fill(at),
    );
    expect(again.map(({ type }) => type)).toEqual(Array(4).fill('patient.updated'));
  });

  it('are told once, in steps, wherever a crash comes in between', async () => {
    await deliver(patients(240), wrong);
    for (let crash = 0; crash < 2; crash++) {
      let publishes = 0;
      // Stored, and then the process is gone before it knows.
      intake.bus.refuse = (records) => {
        if (publishes++ < crash) return;
        intake.bus.published.push(...records.map((record) => ({ topic: 'clinical.received' as const, record })));
        ending.abort();
        throw new Unavailable('bus', 'away');
      };
      await runUntil(() => ending.signal.aborted);
      intake.openAgain();
      expect(intake.book.mappings.hasEarlier).toBe(true);
    }
    intake.bus.refuse = () => undefined;
    await runUntil(() => !intake.book.mappings.hasEarlier);
    const ids = intake.bus.events.slice(240).map(({ id }) => id);
    expect([ids.length > 160, new Set(ids).size]).toEqual([true, 160]);
    expect(intake.book.parked.counts.size).toBe(0);
  });

  it('are told by a mapping that came back as by a new one', async () => {
    await deliver(patients(3), right);
    for (const mapping of [mappingOf('dd/MM/yyyy', 'born'), right, mappingOf('dd/MM/yyyy', 'born')])
      await runUntil(() => !intake.book.mappings.hasEarlier, mapping);
    const again = intake.bus.events.slice(3);
    expect(new Set(again.map(({ id }) => id)).size).toBe(9);
    expect(again.map(({ source }) => source.messageId.split(':')[2]?.slice(0, 5))).toEqual(
      ['map-1', 'map-2', 'map-3'].flatMap((label) => [label, label, label]),
    );
  });

  it('are left alone where nothing of what they mean has changed', async () => {
    await deliver(patients(6), right);
    await runUntil(() => !intake.book.mappings.hasEarlier, { ...right, version: 2 });
    expect(intake.bus.events).toHaveLength(6);
    expect(intake.book.booked('patients', intake.book.hashOf([1]))?.generation).toBe(1);
  });
});

describe('rows that wait for somebody', () => {
  it('are listed for an operator, without key or value, as soon as they are parked', async () => {
    await deliver(patients(6), wrong);
    await runUntil(() => existsSync(note()), wrong);
    const text = readFileSync(note(), 'utf8');
    expect(JSON.parse(text)).toMatchObject({
      rows: 4,
      listed: Array(4).fill({ table: 'patients', findings: [{ rule: 'row-date', location: 'patients.born' }] }),
    });
    expect(text).not.toMatch(/1997|Case/);
    expect(await intake.metrics.text()).toContain('anamnesis_db_parked_rows{source="north",rule="row-date"} 4');
  });

  it('are told again when it is asked for, and stay where nothing has changed', async () => {
    await deliver([...patients(2), found('results', { id: 9, visit_id: 7, test: 'HB', value: '14' })], wrong);
    // Told by somebody else's hand, so that nothing asks for the result again.
    intake.book.apply(found('visits', { id: 7, patient_id: 1 }));
    intake.book.keep({});
    await runUntil(() => intake.book.parked.counts.get('row-patient') === undefined, wrong);
    expect(intake.bus.events.slice(3).map(({ type, subject }) => [type, subject?.value])).toEqual([
      ['result.reported', '1'],
    ]);
    writeFileSync(request(), '{}');
    await runUntil(() => !existsSync(request()), wrong);
    expect(intake.bus.events).toHaveLength(4);
    expect(intake.book.parked.counts).toEqual(new Map([['row-date', 1]]));
  });

  it('are told by themselves once the row that leads to their patient came', async () => {
    await deliver([found('results', { id: 9, visit_id: 7, test: 'HB', value: '14' })], right);
    const told = retelling(right);
    const running = told.run();
    const visit = found('visits', { id: 7, patient_id: 1 });
    await deliver([visit], right);
    told.cameBy([visit]);
    await until(() => intake.book.parked.counts.size === 0);
    ending.abort();
    await running;
    expect(intake.bus.events.at(-1)).toMatchObject({ type: 'result.reported', subject: { value: '1' } });
  });
});
