import { Authority, RecordIdentifier } from '@anamnesis/store';
import { MoreThan } from 'typeorm';
import type { Turn } from '../outbox/turn.js';
import type { Registration } from '../registration.js';
import { linkRecords } from './link-records.js';

/** Numbers compared in one DB transaction: certification waits for it. */
const rowsPerTurn = 200;

/**
 * Links the records that were there before their authority was declared enterprise or national. An interrupted run is
 * gone through again from its start, which links nothing twice.
 */
export async function linkDue(registration: Registration): Promise<void> {
  const due = await registration.store.reader.manager.findBy(Authority, { linking: 'due' });
  for (const { system, scope } of due) {
    const linkable = new Map([[system, scope]]);
    let after: string | undefined = '';
    while (after !== undefined) {
      const from: string = after;
      after = await registration.change(async (turn) => linkPage(registration, turn, { linkable, system, from }));
    }
  }
}

interface Page {
  readonly linkable: Map<string, Authority['scope']>;
  readonly system: string;
  /** The value up to which the run has come. */
  readonly from: string;
}

/** Resolves to the value where the next page begins; undefined after the last. */
async function linkPage(
  registration: Registration,
  turn: Turn,
  { linkable, system, from }: Page,
): Promise<string | undefined> {
  const rows = await turn.manager.find(RecordIdentifier, {
    where: { system, value: MoreThan(from) },
    order: { value: 'ASC', recordKey: 'ASC' },
    take: rowsPerTurn,
  });
  const recordKeys = [...new Set(rows.map(({ recordKey }) => recordKey))];
  await linkRecords(registration, turn, { linkable, eventOf: () => undefined, recordKeys });
  if (rows.length === rowsPerTurn) return rows.at(-1)?.value;
  await turn.manager.update(Authority, { system, linking: 'due' }, { linking: 'done' });
  return undefined;
}
