import type { Row, RowChange, RowValue } from '@anamnesis/core';
import { readRowMapping } from '@anamnesis/fhir';

/** Patients of their own number, visits of patients, results of visits. */
export const everyKindMapping = readRowMapping(`
name: every-kind
version: 3
source:
  { facility: NORTH, application: PAS, zone: Asia/Karachi, kind: mysql, connection: { host: h, database: h, user: r } }
patients: { table: patients, authority: 'urn:oid:2.999.8.1' }
tables:
  patients:
    key: id
    resource: Patient
    elements:
      name[0].family: family
      gender: { column: sex, codes: { M: male, F: female } }
      birthDate: { column: born, format: dd/MM/yyyy }
      address[0].city: city
      telecom[0]: { column: phone, as: phone }
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

const at = (number: number) => new Date(Date.UTC(2026, 0, 1) + number * 1000).toISOString();

const patient = (id: number, more: Row = {}): Row => ({
  ...{
    id,
    family: `Prüfling "${id}" عائشہ`,
    sex: id % 3 === 0 ? 'X' : 'F',
    born: id % 5 === 0 ? 'unknown' : '16/05/1997',
  },
  ...{
    city: id % 2 === 0 ? null : 'Mirpur Khas',
    phone: '+92-300-5550100',
    balance: '10.50',
    photo: { base64: 'AAEC' },
  },
  ...more,
});

/** Changes of every operation, values that do not convert, rows without a patient, and rows that are told again and gone. */
export function rowsOfEveryKind(patients: number): readonly RowChange[] {
  const changes: RowChange[] = [];
  const tell = (op: RowChange['op'], table: string, rows: Pick<RowChange, 'before' | 'after'>) => {
    const number = changes.length;
    const id: RowValue = (rows.after ?? rows.before)?.['id'] ?? null;
    const told = { at: at(number), position: `0-1-${number}#1`, transaction: `0-1-${number}` };
    changes.push({ op, table, key: [id], ...rows, ...told });
  };
  for (let id = 1; id <= patients; id++) {
    tell(id % 4 === 0 ? 'r' : 'c', 'patients', { after: patient(id) });
    tell('c', 'visits', { after: { id: id * 10, patient_id: id % 7 === 0 ? null : id } });
    tell('c', 'results', { after: { id: id * 100, visit_id: id * 10, name: 'Test', value: `${id}.0` } });
    tell('u', 'patients', { before: patient(id), after: patient(id, { city: 'Hyderabad', born: '16/05/1997' }) });
    if (id % 3 === 0) tell('d', 'results', { before: { id: id * 100 } });
    if (id % 6 === 0) tell('d', 'patients', { before: patient(id) });
  }
  return changes;
}
