import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type EventId,
  foldStatements,
  type OrderedStatement,
  type Row,
  type RowChange,
  type Statement,
} from '@anamnesis/core';
import { mapRow } from './map-row.js';
import { mapRowAgain } from './map-row-again.js';
import { readRowMapping } from './read-row-mapping.js';
import { rowContext } from './row-test-context.js';

const file = (patients: string, rest = '') =>
  readRowMapping(`
name: again
version: 1
source: { facility: NORTH, application: PAS, zone: UTC, kind: mysql, connection: { host: h, database: h, user: r } }
patients: { table: patients, authority: 'urn:oid:2.999.8.1' }
tables:
  patients:
    key: id
    resource: Patient
    elements: { ${patients} }
${rest}`);

const results = (codes: string) => `
  results:
    key: id
    patient: patient_id
    resource: Observation
    elements: { status: { const: final }, code: { column: test, system: 'http://loinc.org', codes: ${codes} }, valueString: value }
`;

const visits = (status: string, more = '') => `
  visits:
    key: id
    patient: patient_id
    resource: Encounter
    ${more}
    elements: { status: ${status}, class.code: { const: AMB } }
`;

const wrong = file('birthDate: { column: born, format: yyyy-MM-dd }, gender: { column: sex, codes: { 1: female } }');
const right = file(
  'birthDate: { column: born, format: dd/MM/yyyy }, gender: { column: sex, codes: { 1: male, 2: female } }',
);
const context = rowContext('NORTH');
const time = (minute: number) => `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`;
const as = (mapping: ReturnType<typeof file>) => ({ mapping, context });
const tell = (table: string, row: Row, statedAt: Readonly<Record<string, string>> = { '': time(0) }) => ({
  ...{ table, key: [row['id'] ?? null], row, statedAt },
});

const patient = { id: 1, born: '16/05/1997', sex: 1 };

describe('a row that is mapped again', () => {
  it('says what is different alone, at the time at which its value was stated', () => {
    const row = tell('patients', patient, { '': time(0), sex: time(5) });
    const { told, event } = mapRowAgain(row, { was: as(wrong), now: as(right) }, 'map-1');
    expect(told).toHaveLength(1);
    expect(told[0]?.change).toMatchObject({
      op: 'u',
      key: [1],
      after: patient,
      at: time(5),
      position: `map-1@${time(5)}`,
    });
    expect(told[0]?.event).toMatchObject({ type: 'patient.updated', subject: { value: '1' } });
    expect(told[0]?.event.resources.statements.map(({ statedAt, slots }) => [statedAt, slots])).toEqual([
      [time(0), { birthDate: '1997-05-16' }],
      [time(5), { gender: 'male' }],
    ]);
    expect(event.resources.findings).toBeUndefined();
  });

  it('says nothing where nothing is different, and still what does not convert', () => {
    const row = tell('patients', { ...patient, born: 'unknown' });
    const { told, event } = mapRowAgain(row, { was: as(right), now: as(right) }, 'map-1');
    expect(told).toEqual([]);
    expect(event.resources.findings).toMatchObject([{ rule: 'row-date', location: 'patients.born' }]);
  });

  it('says all of a row of which nothing was stated', () => {
    const row = tell('results', { id: 7, patient_id: 1, test: 'HB', value: '14' });
    const lost = file('birthDate: born', results('{ OTHER: 718-7 }'));
    const found = file('birthDate: born', results('{ HB: 718-7 }'));
    const { told } = mapRowAgain(row, { was: as(lost), now: as(found) }, 'map-1');
    expect(told.map(({ change, event }) => [change.op, event.type])).toEqual([['r', 'result.reported']]);
    expect(Object.keys(told[0]?.event.resources.statements[0]?.slots ?? {})).toEqual(
      expect.arrayContaining(['identifier:key', 'subject', 'status', 'code', 'value[x]']),
    );
    expect(mapRowAgain(row, { was: undefined, now: as(found) }, 'map-1').told).toHaveLength(1);
    const back = mapRowAgain(row, { was: as(found), now: as(lost) }, 'map-2');
    expect([back.told, back.event.resources.findings?.map(({ rule }) => rule)]).toEqual([
      [],
      ['row-code', 'row-required'],
    ]);
  });

  it('takes back what the row states no longer, and leaves what it cannot be mapped to now', () => {
    const row = tell('visits', { id: 7, patient_id: 1, deleted: 1 });
    const all = file('birthDate: born', visits('{ const: finished }'));
    const some = file('birthDate: born', visits('{ const: finished }', 'when: { column: deleted, isNot: ["1"] }'));
    const { told } = mapRowAgain(row, { was: as(all), now: as(some) }, 'map-3');
    expect(told.map(({ change, event }) => [change.op, change.position, event.type])).toEqual([
      ['d', `map-3@${time(0)}-d`, 'encounter.cancelled'],
    ]);
    expect(told[0]?.event.resources.statements).toMatchObject([{ slots: { status: 'entered-in-error' } }]);
    const orphan = tell('visits', { id: 7, patient_id: null, deleted: 0 });
    expect(mapRowAgain(orphan, { was: as(all), now: as(some) }, 'map-3')).toMatchObject({
      ...{ told: [], event: { type: 'row.unmapped' } },
    });
  });

  it('leaves a value as it was said that does not convert any more', () => {
    const { told, event } = mapRowAgain(tell('patients', patient), { was: as(right), now: as(wrong) }, 'map-1');
    expect(told.map((one) => one.event.resources.statements)).toMatchObject([[{ slots: { gender: 'female' } }]]);
    expect(told[0]?.event.resources.statements[0]?.removed).toBeUndefined();
    expect(event.resources.findings).toMatchObject([{ rule: 'row-date' }]);
  });

  it('takes back a value that the mapping does not read any more', () => {
    const less = file('gender: { column: sex, codes: { 1: male } }');
    const { told } = mapRowAgain(tell('patients', patient), { was: as(right), now: as(less) }, 'map-1');
    expect(told[0]?.event.resources.statements).toMatchObject([{ slots: {}, removed: ['birthDate'] }]);
  });
});

const born = fc.constantFrom('16/05/1997', '01/02/2000', null);
const sex = fc.constantFrom(1, 2);
const rows = fc.array(fc.record({ id: fc.constant(1), born, sex }), { minLength: 1, maxLength: 5 });
/** What somebody else says of the same patient, and when. */
const others = fc.array(
  fc.record({ minute: fc.integer({ min: 0, max: 12 }), gender: fc.constantFrom('other', 'unknown') }),
  { maxLength: 3 },
);

describe('any row that was told by a wrong mapping', () => {
  it('says in the end what a right one would have said from the start, whatever others said meanwhile', () => {
    fc.assert(
      fc.property(rows, others, (history, said) => {
        const changes = history.map((after, at): RowChange => {
          const before = history[at - 1];
          const change = { table: 'patients', key: [1], after, at: time(at * 2), position: String(at) };
          return before === undefined ? { op: 'r', ...change } : { op: 'u', before, ...change };
        });
        const rightly = changes.flatMap((one) => mapRow(one, right, context).resources.statements);
        const wrongly = changes.flatMap((one) => mapRow(one, wrong, context).resources.statements);
        const last = tell('patients', history.at(-1) ?? {}, timesOf(changes));
        const { told } = mapRowAgain(last, { was: as(wrong), now: as(right) }, 'map-1');
        const again = told.flatMap(({ event }) => event.resources.statements);
        const id = rightly[0]?.id ?? '';
        const foreign = said.map(({ minute, gender }) => ({
          ...{ resourceType: 'Patient', id, statedAt: time(minute).replace(':00.000', ':30.000'), trigger: 'A08' },
          slots: { gender },
        }));
        expect(present(wrongly, foreign, again)).toEqual(present(rightly, foreign));
      }),
      { numRuns: 100 },
    );
  });
});

function timesOf(changes: readonly RowChange[]): Readonly<Record<string, string>> {
  const times: Record<string, string> = {};
  for (const { before, after = {}, at } of changes)
    for (const column of before === undefined ? [''] : Object.keys(after).filter((one) => after[one] !== before[one]))
      times[column] = at;
  return times;
}

/** In the order in which they came. */
function present(...came: (readonly Statement[])[]): unknown {
  const statements = came.flat().map((one, at): OrderedStatement => ({
    ...one,
    ...{ eventId: String(at) as EventId, receivedAt: new Date(Date.parse(time(30)) + at).toISOString() },
  }));
  return foldStatements(statements).slots;
}
