import { describe, expect, it } from '@jest/globals';
import type { Row, RowValue } from '@anamnesis/core';
import type { RowMappingFile, TableMapping } from '@anamnesis/fhir';
import { patientOfRow } from './patient-of-row.js';

const table = (key: string, patient?: TableMapping['patient']): TableMapping => ({
  ...{ key: [key], resources: [] },
  ...(patient !== undefined && { patient }),
});
const mapping: Pick<RowMappingFile, 'tables' | 'patients'> = {
  patients: { table: 'patients', authority: 'urn:oid:2.999', type: 'PI' },
  tables: {
    patients: table('id'),
    visits: table('id', { columns: ['patient_id'] }),
    results: table('id', { columns: ['visit_id'], via: 'visits' }),
    wards: table('id'),
    loops: table('id', { columns: ['next'], via: 'loops' }),
  },
};
const rows = new Map<string, Row>([
  ['visits [7]', { id: 7, patient_id: 4485 }],
  ['results [9]', { id: 9, visit_id: 7 }],
  ['loops [1]', { id: 1, next: 1 }],
]);
const find = (name: string, key: readonly RowValue[]) => rows.get(`${name} ${JSON.stringify(key)}`);

describe('the patient of a row', () => {
  const patientOf = patientOfRow(mapping, { find });

  it.each([
    ['visits', { id: 8, patient_id: 1 }, [1]],
    ['results', { id: 10, visit_id: 7 }, [4485]],
    ['patients', { id: 3 }, [3]],
    ['results', { id: 10, visit_id: '7' }, [4485]],
  ])('of %s is named by it, or by the row that it belongs to', (name, row, expected) => {
    expect(patientOf(name, row)).toEqual(expected);
  });

  it('is found by the key alone of a row that was told before', () => {
    expect(patientOf('results', { id: 9 })).toEqual([4485]);
  });

  it.each([
    ['results', { id: 10, visit_id: 99 }],
    ['results', { id: 10, visit_id: null }],
    ['wards', { id: 1 }],
    ['loops', { id: 1, next: 1 }],
    ['unknown', { id: 1 }],
  ])('of %s is nobody where nothing leads to one', (name, row) => {
    expect(patientOf(name, row)).toBeUndefined();
  });
});
