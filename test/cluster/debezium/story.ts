import type { Hospital } from './hospital.js';

/** Dates and numbers at the edges of their types, and rows of NULLs. */
export async function seed({ run: execute }: Hospital, largestId: string): Promise<void> {
  await execute(`INSERT INTO patients VALUES (${largestId}, 'Testcase', '0001-01-01'), (7, NULL, NULL);
    INSERT INTO results VALUES (1, ${largestId}, 12345678.0123456789, '1969-12-31 23:59:59.123456',
      '2038-01-19 03:14:07.123', '23:59:59.999', '${'long '.repeat(2000)}!'), (2, 7, -0.5, NULL, NULL, NULL, NULL);
    INSERT INTO beds VALUES (1, 'A-1'), (2, 'A-2'); INSERT INTO ticks VALUES (0)`);
}

/** A signal for Debezium. */
export function snapshotOf(table: string): string {
  const data = { type: 'incremental', 'data-collections': [table] };
  return `${JSON.stringify({ id: 'again', type: 'execute-snapshot', data })}\n`;
}

/** A column comes into the table between rows; a row gets another key; one transaction is taken back. */
export const changes = `INSERT INTO patients VALUES (3, 'Third', '1999-12-31');
  UPDATE patients SET family = 'First', born = '1970-01-01' WHERE id = 7;
  UPDATE patients SET id = 40 WHERE id = 3;
  ALTER TABLE patients ADD COLUMN city VARCHAR(40);
  UPDATE patients SET city = 'Hyderabad' WHERE id > 1000;
  INSERT INTO patients (id, family, city) VALUES (5, 'Fifth', 'Sukkur');
  BEGIN; INSERT INTO patients (id) VALUES (6); ROLLBACK;
  BEGIN; UPDATE results SET amount = 0, taken = '9999-12-31 23:59:59.999999' WHERE id = 1;
  DELETE FROM results WHERE id = 2; COMMIT;
  TRUNCATE TABLE beds; INSERT INTO beds VALUES (3, 'B-3')`;
/** While Connect is away. */
export const later = `DELETE FROM patients WHERE id = 40; UPDATE results SET remarks = NULL, clock = '00:00:00' WHERE id = 1;
  INSERT INTO beds VALUES (4, 'B-4')`;
/** After `patients` were read again. */
export const last = `UPDATE patients SET city = 'Quetta' WHERE id = 7; DELETE FROM patients WHERE id = 5`;
/** By type, in any order: of what was there, of `changes`, `later`, the snapshot that is asked for and `last`. */
export const told = {
  first: ['r^beds', 'r^beds', 'r^patients', 'r^patients', 'r^results', 'r^results'],
  changes: [
    ...['c^patients', 'u^patients', 'd^patients', 'c^patients', 'u^patients', 'c^patients'],
    ...['u^results', 'd^results', 'gap', 'c^beds'],
  ],
  later: ['d^patients', 'u^results', 'c^beds'],
  again: ['r^patients', 'r^patients', 'r^patients'],
  last: ['u^patients', 'd^patients'],
};
