import type { Row, RowValue } from '@anamnesis/core';
import { joinKey, type PatientJoin, type RowMappingFile } from '@anamnesis/fhir';
import type { RowBook } from '../state/row-book.js';

/** Joins lead through a table or two; more is a circle. */
const stepsMax = 8;

type Mapping = Pick<RowMappingFile, 'tables' | 'patients'>;

interface Place {
  readonly table: string;
  readonly row: Row;
}

/** Finds the patient of a row through the rows of other tables, as they were told last. */
export function patientOfRow(
  mapping: Mapping,
  book: Pick<RowBook, 'find'>,
): (table: string, row: Row) => readonly RowValue[] | undefined {
  return (table, row) => {
    let place: Place | undefined = { table, row };
    for (let step = 0; step < stepsMax && place !== undefined; step++) {
      const { patients, tables } = mapping;
      if (place.table === patients?.table) return joinKey(tables[place.table]?.key ?? [], place.row);
      const join: PatientJoin | undefined = tables[place.table]?.patient;
      const key: readonly RowValue[] | undefined = join && joined(join, place, { mapping, book });
      if (join?.via === undefined || key === undefined) return key;
      const parent: Row | undefined = book.find(join.via, key);
      place = parent && { table: join.via, row: parent };
    }
    return undefined;
  };
}

/** A deletion may tell the key alone: then the row says it that was told last. */
function joined(
  { columns }: PatientJoin,
  { table, row }: Place,
  { mapping, book }: { readonly mapping: Mapping; readonly book: Pick<RowBook, 'find'> },
): readonly RowValue[] | undefined {
  const named = joinKey(columns, row);
  const own = joinKey(mapping.tables[table]?.key ?? [], row);
  if (named !== undefined || own === undefined) return named;
  const whole = book.find(table, own);
  return whole && joinKey(columns, whole);
}
