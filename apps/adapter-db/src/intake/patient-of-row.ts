import type { Row, RowChange, RowValue } from '@anamnesis/core';
import { joinKey, type PatientJoin, type RowMappingFile } from '@anamnesis/fhir';
import type { RowBook } from '../state/row-book.js';
import { keysOfSameText } from '../state/same-text.js';

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
  // A number in the one table may be text in the other.
  const row = book.find(table, key) ?? firstOf(keysOfSameText(key), (other) => book.find(table, other));
  return row === undefined ? {} : { next: { table, row } };
}

function firstOf<Item, Found>(items: readonly Item[], look: (item: Item) => Found | undefined): Found | undefined {
  for (const item of items) {
    const found = look(item);
    if (found !== undefined) return found;
  }
  return undefined;
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

/** As `patientOfRow`, of a row that is gone: rows that led to its patient when it was told may be gone before it. */
export function patientOfGoneRow(
  mapping: Mapping,
  book: Pick<RowBook, 'find' | 'left'>,
): (table: string, row: Row) => readonly RowValue[] | undefined {
  return patientOfRow(mapping, { find: (table, key) => book.find(table, key) ?? book.left(table, key) });
}

/** What of a row that goes has to be known yet, for the rows of other tables that lead to their patient through it. */
export function leftOfRow(
  { table, key, before }: RowChange,
  { tables }: Mapping,
  book: Pick<RowBook, 'find'>,
): Row | undefined {
  const { patient, key: own = [] } = tables[table] ?? {};
  const isWay = Object.values(tables).some((other) => other.patient?.via === table);
  if (patient === undefined || !isWay) return undefined;
  const row: Row = { ...book.find(table, key), ...before };
  return Object.fromEntries([...own, ...patient.columns].map((column) => [column, row[column] ?? null]));
}
