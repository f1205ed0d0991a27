import { canonicalJson, Unavailable } from '@anamnesis/core';
import { type MappedAgain, mapRowAgain } from '@anamnesis/fhir';
import type { BookedRow, RowBook } from '../state/row-book.js';
import type { SignEvents } from '../signing/signing-thread.js';
import type { UnsignedEvent } from '../signing/unsigned-event.js';
import { type ComposeOptions, composeRowEvent, rowMapping } from './compose-row-events.js';
import { parkRow, parkTooLarge } from './park-row.js';
import { patientOfRow } from './patient-of-row.js';
import { publishUntilStored, type PublishUntilOptions } from './publish-until-stored.js';
import type { ReceivedTimes } from './received-times.js';

export interface RetellOptions extends PublishUntilOptions {
  readonly book: RowBook;
  readonly times: ReceivedTimes;
  readonly sign: SignEvents;
}

interface Again {
  readonly row: BookedRow;
  readonly mapped: MappedAgain;
  readonly events: readonly UnsignedEvent[];
}

/**
 * The life of rows that are mapped again: what each says otherwise under the mapping in force is published, and only then
 * are they known to be told by it, and taken off the list of parked rows where nothing is left out any more. Done again
 * after a crash it is the same events. Not while a batch is delivered. Resolves to the number of events.
 */
export async function retellRows(rows: readonly BookedRow[], options: RetellOptions): Promise<number> {
  const { book, metrics, name } = options;
  if (rows.length === 0) return 0;
  const composing = options.composing();
  if (composing === undefined) throw new Unavailable('registration', 'the source is not admitted');
  const again = rows.map((row) => mapAgain(row, options, composing));
  const events = again.flatMap((one) => one.events);
  const { records } = await options.sign({ events, rows: [] }, composing);
  const published = (records.length === 0 ? [] : await publishUntilStored(records, options)).values();
  book.within(() => {
    for (const { row, mapped, events: own } of again) {
      const isTooLarge = own.map(() => published.next().value).some((one) => one !== 'done');
      park(row, mapped, { book, composing, isTooLarge });
      book.toldAgain(row);
    }
  });
  metrics.retold.inc({ source: name }, records.length);
  return records.length;
}

function mapAgain(row: BookedRow, { book, times }: RetellOptions, composing: ComposeOptions): Again {
  const receivedAt = times.next(`${row.table} ${canonicalJson(row.key)}`);
  const isWithheld = book.parked.find(row.table, row.keyHash)?.isWithheld ?? false;
  const told = isWithheld ? undefined : book.mappings.find(row.generation);
  const former = told?.mapping;
  const mapped = mapRowAgain(
    row,
    {
      was: former && rowMapping(receivedAt, composing, { mapping: former, patientKeyOf: patientOfRow(former, book) }),
      isByOthers: told !== undefined && !book.mappings.isCurrent(told),
      now: rowMapping(receivedAt, composing),
    },
    book.mappings.label,
  );
  const events = mapped.told.map(({ change, event }) => composeRowEvent(change, { event, receivedAt }));
  return { row, mapped, events };
}

interface Parking {
  readonly book: RowBook;
  readonly composing: ComposeOptions;
  readonly isTooLarge: boolean;
}

function park(row: BookedRow, { event }: MappedAgain, { book, composing, isTooLarge }: Parking): void {
  const parked = book.parked.find(row.table, row.keyHash);
  if (isTooLarge) parkTooLarge(row, composing, book);
  else {
    const keyHash = () => row.keyHash;
    parkRow({ change: { ...row, after: row.row }, keyHash, row: row.row, event, parked }, composing, book);
  }
}
