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
      const found: Step = follow(place, { mapping, book });
      if (found.key !== undefined) return found.key;
      place = found.next;
    }
    return undefined;
  };
}

/** The patient's key, or the row that leads to it; neither: nobody knows. */
interface Step {
  readonly key?: readonly RowValue[] | undefined;
  readonly next?: Place;
}

interface Known {
  readonly mapping: Mapping;
  readonly book: Pick<RowBook, 'find'>;
}

function follow(place: Place, known: Known): Step {
  const { patients, tables } = known.mapping;
  const table = tables[place.table];
  if (table === undefined) return {};
  if (place.table === patients?.table) return { key: joinKey(table.key, place.row) };
  if (table.patient === undefined) return {};
  const key = joined(table.patient, place, known);
  return key === undefined || table.patient.via === undefined ? { key } : leading(table.patient.via, key, known);
}

function leading(table: string, key: readonly RowValue[], { book }: Known): Step {
  const row = book.find(table, key);
  return row === undefined ? {} : { next: { table, row } };
}

/** A deletion may tell the key alone: then the row says it that was told last. */
function joined(
  { columns }: PatientJoin,
  { table, row }: Place,
  { mapping, book }: Known,
): readonly RowValue[] | undefined {
  const named = joinKey(columns, row);
  const own = joinKey(mapping.tables[table]?.key ?? [], row);
  if (named !== undefined || own === undefined) return named;
  const whole = book.find(table, own);
  return whole && joinKey(columns, whole);
}
