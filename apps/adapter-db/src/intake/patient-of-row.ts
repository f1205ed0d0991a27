import type { Row, RowValue } from '@anamnesis/core';
import { joinKey, type RowMappingFile } from '@anamnesis/fhir';
import type { RowBook } from '../state/row-book.js';

/** Joins lead through a table or two; more is a circle. */
const stepsMax = 8;

/** Finds the patient of a row through the rows of other tables, as they were told last. */
export function patientOfRow(
  { tables, patients }: Pick<RowMappingFile, 'tables' | 'patients'>,
  book: Pick<RowBook, 'find'>,
): (table: string, row: Row) => readonly RowValue[] | undefined {
  return (table, row) => {
    let place = { table, row };
    for (let step = 0; step < stepsMax; step++) {
      const key = tables[place.table]?.key ?? [];
      if (place.table === patients?.table) return joinKey(key, place.row);
      const join = tables[place.table]?.patient;
      if (join === undefined) return undefined;
      const next = joinKey(join.columns, place.row) ?? missing(join.columns, place, book);
      if (next === undefined || join.via === undefined) return next;
      const parent = book.find(join.via, next);
      if (parent === undefined) return undefined;
      place = { table: join.via, row: parent };
    }
    return undefined;

    /** A deletion may tell the key alone. */
    function missing(
      columns: readonly string[],
      at: { readonly table: string; readonly row: Row },
      known: Pick<RowBook, 'find'>,
    ): readonly RowValue[] | undefined {
      const own = joinKey(tables[at.table]?.key ?? [], at.row);
      const whole = own === undefined ? undefined : known.find(at.table, own);
      return whole === undefined ? undefined : joinKey(columns, whole);
    }
  };
}
