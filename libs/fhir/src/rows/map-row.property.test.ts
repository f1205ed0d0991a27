import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Row, RowChange, RowValue } from '@anamnesis/core';
import { problemsOf } from '../fhir-validators.conformance.js';
import { stringifyFhir } from '../stringify-fhir.js';
import { assembled } from '../test-context.js';
import { mapRow } from './map-row.js';
import { readRowMapping } from './read-row-mapping.js';
import { rowContext } from './row-test-context.js';

const golden = new URL('./golden/', import.meta.url);
const mapping = readRowMapping(readFileSync(new URL('hospital.yaml', golden), 'utf8'));
const changes = JSON.parse(readFileSync(new URL('changes.json', golden), 'utf8')) as readonly RowChange[];
const columns = new Map(changes.map(({ table, after }) => [table, Object.keys(after ?? {})]));
const context = rowContext('GOLDEN', { patientKeyOf: () => [7001] });

const word = fc.constantFrom(
  '16/05/1997',
  '2026-03-02 11:00:00',
  'M',
  '<5.0',
  'Y',
  'OPD',
  'F',
  '0000-00-00',
  'a\u0000b',
  ' ',
);
const value: fc.Arbitrary<RowValue> = fc.oneof(
  ...[fc.constant(null), fc.boolean(), fc.double(), fc.integer(), fc.string({ unit: 'binary' }), word],
  fc.base64String().map((base64) => ({ base64 })),
);
const row = (table: string): fc.Arbitrary<Row> =>
  fc
    .record(Object.fromEntries((columns.get(table) ?? []).map((column) => [column, value])), { requiredKeys: [] })
    .map((one) => one as Row);
const change: fc.Arbitrary<RowChange> = fc.constantFrom(...Object.keys(mapping.tables), 'unknown').chain((table) =>
  fc.record(
    {
      ...{ op: fc.constantFrom('r', 'c', 'u', 'd'), table: fc.constant(table) },
      key: fc.array(value, { maxLength: 3 }),
      ...{ before: row(table), after: row(table) },
      at: fc.constantFrom('2026-03-02T05:00:00.000Z', 'no time'),
      position: fc.constant('1'),
    },
    { requiredKeys: ['op', 'table', 'key', 'at', 'position'] },
  ),
);

const right = ({ table }: RowChange): RowChange | undefined =>
  changes.find((one) => one.table === table && one.after !== undefined);

describe('mapRow on any row', () => {
  it('never throws, and always says the same', () => {
    fc.assert(
      fc.property(change, (one) => {
        expect(mapRow(one, mapping, context)).toEqual(mapRow(one, mapping, context));
      }),
      { numRuns: 200 },
    );
  });

  it('says nothing that FHIR does not allow', () => {
    fc.assert(
      fc.property(change, (one) => {
        // On top of a row that is right, so that a deletion or a small change has something to be about.
        const first = right(one);
        const rows = [...(first === undefined ? [] : [{ ...first, key: one.key }]), one];
        const resources = assembled(...rows.map((row) => mapRow(row, mapping, context).resources.statements));
        expect(resources.flatMap((resource) => problemsOf(JSON.parse(stringifyFhir(resource))))).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it('reports no value of it', () => {
    const secret = 'Zebulon';
    fc.assert(
      fc.property(fc.constantFrom(...columns.keys()), (table) => {
        const after = Object.fromEntries((columns.get(table) ?? []).map((column) => [column, secret]));
        const key = (mapping.tables[table]?.key ?? []).map(() => 1);
        const { resources } = mapRow({ op: 'c', table, key, after, at: '', position: '1' }, mapping, context);
        expect(JSON.stringify([resources.warnings, resources.findings])).not.toContain(secret);
      }),
    );
  });

  it('adds up to the last row, whatever came before it', () => {
    const cities = fc.array(
      fc.record({ city: fc.constantFrom('A', 'B', null), phone: fc.constantFrom('1', '2', null) }),
      { minLength: 1, maxLength: 6 },
    );
    const base = changes.find(({ table, op }) => table === 'patients' && op === 'c');
    fc.assert(
      fc.property(cities, (rows) => {
        const statements = rows.map((said, at) => {
          const after = { ...base?.after, updated_at: null, ...said };
          const former = { ...base?.after, updated_at: null, ...rows[at - 1] };
          const op = at === 0 ? 'c' : 'u';
          const time = `2026-03-02T05:00:0${at}.000Z`;
          const made = {
            op,
            table: 'patients',
            key: [7001],
            after,
            at: time,
            position: String(at),
            ...(at > 0 && { before: former }),
          };
          return mapRow(made as RowChange, mapping, context).resources.statements;
        });
        const last = {
          op: 'c',
          table: 'patients',
          key: [7001],
          at: '2026-03-02T06:00:00.000Z',
          position: '9',
        } as const;
        const whole = mapRow(
          { ...last, after: { ...base?.after, updated_at: null, ...rows.at(-1) } },
          mapping,
          context,
        );
        expect(assembled(...statements)).toEqual(assembled(whole.resources.statements));
      }),
      { numRuns: 40 },
    );
  });
});
