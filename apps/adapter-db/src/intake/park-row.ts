import type { Row, RowChange } from '@anamnesis/core';
import type { MappedEvent } from '@anamnesis/fhir';
import type { ListedRow, ParkedFinding, ParkedRow } from '../state/parked-rows.js';
import type { RowBook } from '../state/row-book.js';
import type { ComposeOptions } from './compose-row-events.js';
import { rowName } from './row-name.js';

export interface ToldOfRow {
  readonly change: Pick<RowChange, 'table' | 'key' | 'after'>;
  /** Worked out for the few that are parked. */
  readonly keyHash: () => string;
  /** All that is known of it now. */
  readonly row: Row;
  readonly event: MappedEvent;
  /** As it was parked until now. */
  readonly parked: ListedRow | undefined;
}

/** Puts a row that could not be told, or not all of it, on the book's list with the reasons, or takes it off. */
export function parkRow(
  told: ToldOfRow,
  { source, deploymentKey }: Pick<ComposeOptions, 'source' | 'deploymentKey'>,
  { parked: list }: Pick<RowBook, 'parked'>,
): void {
  const { change, keyHash, event, parked } = told;
  const [first, ...rest] = reasonsOf(told);
  if (first === undefined) {
    if (parked !== undefined) list.drop(change.table, keyHash());
    return;
  }
  const isWithheld = event.type === 'row.unmapped' || [first, ...rest].some(({ rule }) => rule === 'row-required');
  const named = parked?.named ?? rowName(change, source.id, deploymentKey);
  const now: ParkedRow = { named, findings: [first, ...rest], isWithheld };
  if (!isSame(parked, now)) list.put(change.table, keyHash(), now);
}

/** What withholds most comes first. */
function reasonsOf({ change, row, event, parked }: ToldOfRow): readonly ParkedFinding[] {
  const { table, after = {} } = change;
  const isTold = ({ location }: ParkedFinding) => location.slice(table.length + 1) in after;
  const isKnown = ({ location }: ParkedFinding) => location.slice(table.length + 1) in row;
  const found = (event.resources.findings ?? [])
    .filter((one) => one.rule !== 'row-column' || !isKnown(one))
    .map(({ rule, location, text }) => ({ rule, location, text }));
  // A value that this change does not tell is what it was.
  const stays = (one: ParkedFinding) => one.rule.startsWith('row-') && isKnown(one) && !isTold(one);
  const all = [...found, ...(parked?.findings.filter(stays) ?? [])].sort((a, b) => rank(a) - rank(b));
  if (all.length > 0 || event.type !== 'row.unmapped') return all;
  return [{ rule: 'unmapped', location: table, text: event.resources.warnings[0] ?? 'not mapped' }];
}

function rank({ rule }: ParkedFinding): number {
  return ['row-key', 'row-patient', 'row-required'].includes(rule) ? 0 : 1;
}

function isSame(a: ParkedRow | undefined, b: ParkedRow): boolean {
  return a?.isWithheld === b.isWithheld && JSON.stringify(a.findings) === JSON.stringify(b.findings);
}

/** A row whose event went without what was made of it, or not at all. */
export function parkTooLarge(
  change: Pick<RowChange, 'table' | 'key'>,
  { source, deploymentKey }: Pick<ComposeOptions, 'source' | 'deploymentKey'>,
  book: Pick<RowBook, 'parked' | 'hashOf'>,
): void {
  const text = 'with what is made of it the row is larger than the bus takes';
  const finding = { rule: 'too-large', location: change.table, text };
  const named = rowName(change, source.id, deploymentKey);
  book.parked.put(change.table, book.hashOf(change.key), { named, findings: [finding], isWithheld: true });
}
