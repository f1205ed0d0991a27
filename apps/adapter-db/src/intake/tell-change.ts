import { canonicalJson, type Row, type RowChange, type RowValue } from '@anamnesis/core';
import { type MappedEvent, mapRow, mapRowAgain, type RowMapping, rowStatedAt } from '@anamnesis/fhir';
import type { RowBook } from '../state/row-book.js';
import type { UnsignedEvent } from '../signing/unsigned-event.js';
import { type ComposeOptions, composeRowEvent, rowMapping } from './compose-row-events.js';
import { parkRow } from './park-row.js';
import { leftOfRow, patientOfGoneRow } from './patient-of-row.js';

export interface TellOptions {
  readonly book: RowBook;
  readonly composing: ComposeOptions;
  readonly receivedAt: string;
  /** The change's key as canonical JSON. */
  readonly keyText: string;
}

/** The event of one change; the book knows the row as it is then, and whether something of it could not be told. */
export function tellChange(change: RowChange, options: TellOptions): UnsignedEvent {
  const { book, composing, receivedAt, keyText } = options;
  const { by, statedAt } = inItsTurn(change, rowMapping(receivedAt, composing), book);
  if (change.op !== 'd') return tellRow(change, { ...options, by, statedAt });
  const patientKeyOf = patientOfGoneRow(by.mapping, book);
  const event = mapRow(change, by.mapping, { ...by.context, patientKeyOf });
  // Only now: a deleted row may lead to its patient through itself.
  book.apply(change, { statedAt }, { keyText, left: leftOfRow(change, by.mapping, book) });
  return composeRowEvent(change, { event, receivedAt }, { key: keyText });
}

interface Turn {
  readonly by: RowMapping;
  readonly statedAt: string;
}

/** A clock may have gone back, of the server or of the program that notes its changes; or a backup brings old times again. */
function inItsTurn(change: RowChange, by: RowMapping, book: RowBook): Turn {
  const statedAt = rowStatedAt(change, by);
  const saidLastAt = book.statedAfter(statedAt, change.table, change.key);
  if (saidLastAt === undefined) return { by, statedAt };
  const inTurn = { ...by, context: { ...by.context, saidLastAt } };
  return { by: inTurn, statedAt: rowStatedAt(change, inTurn) };
}

function tellRow(change: RowChange, options: TellOptions & Turn): UnsignedEvent {
  const { book, composing, receivedAt, keyText, by, statedAt } = options;
  const { table, key } = change;
  const keyHash = () => book.hashOf(key);
  const parked = book.parked.counts.size === 0 ? undefined : book.parked.find(table, keyHash());
  const { row, isWhole } = rowNow(change, options);
  // Before it is mapped: a row may lead to its patient through one of the same batch.
  const rowText = canonicalJson(row);
  const told = isWhole ? { statedAt } : { statedAt, columns: changedColumns(change) };
  book.apply(row === change.after ? change : { ...change, after: row }, told, { keyText, rowText });
  const isOwed = parked?.isWithheld === true && !isWhole;
  const event = isOwed
    ? wholeEvent({ table, keyHash: keyHash(), statedAt }, by, book)
    : mapRow(change, by.mapping, by.context);
  parkRow({ change, keyHash, row, event, parked }, composing, book);
  return composeRowEvent(
    change,
    { event, receivedAt },
    { key: keyText, after: row === change.after ? rowText : undefined },
  );
}

/** All that is known of the row with this change; is it all told by this change, too? */
function rowNow(change: RowChange, { book, composing }: TellOptions): { readonly row: Row; readonly isWhole: boolean } {
  const { before, after = {} } = change;
  const known = composing.mapping.source.kind === 'debezium' ? knownBeside(change, book) : undefined;
  if (known !== undefined) return { row: { ...known, ...after }, isWhole: false };
  return { row: after, isWhole: before === undefined };
}

/** Of a row of which something was withheld until now: all of it, each value at the time at which it was stated. */
function wholeEvent(
  { table, keyHash, statedAt }: { readonly table: string; readonly keyHash: string; readonly statedAt: string },
  by: RowMapping,
  book: RowBook,
): MappedEvent {
  const row = book.booked(table, keyHash);
  if (row === undefined) throw new Error('a row that was just told is not known');
  const { told, event } = mapRowAgain(row, { was: undefined, now: by }, '');
  return { ...(told[0]?.event ?? event), occurredAt: statedAt };
}

/** A record of a topic may leave out what did not change: what is known of the row stays. */
function knownBeside({ op, table, key, before, after = {} }: RowChange, book: RowBook): Row | undefined {
  if (op !== 'u') return undefined;
  const known = book.find(table, key);
  const isLeftOut = Object.keys({ ...known, ...before }).some((column) => !(column in after));
  return isLeftOut ? known : undefined;
}

/** All where the former row is not told. */
function changedColumns({ before = {}, after = {} }: RowChange): readonly string[] {
  return Object.keys(after).filter((column) => !isSame(before[column], after[column]));
}

function isSame(a: RowValue | undefined, b: RowValue | undefined): boolean {
  return a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b));
}
