import { hash } from 'node:crypto';
import type { Finding } from '@anamnesis/core';
import { insertRows, SourceFinding } from '@anamnesis/store';
import { In } from 'typeorm';
import type { Turn } from '../outbox/turn.js';

/** Kinds of findings told apart for one source: a broken sender must not fill a table. */
export const findingKindsMax = 1000;
/** Where all further kinds are counted. */
export const otherFindings: Finding = {
  rule: 'other',
  location: '',
  text: 'more kinds of findings than are told apart',
};

/** A finding in one message of a source. */
export interface Occurrence {
  readonly sourceId: string;
  readonly finding: Finding;
  /** When the bus took the message (ISO 8601 UTC). */
  readonly at: string;
  /** MSH-10. */
  readonly messageId: string;
}

type Row = Pick<SourceFinding, keyof SourceFinding>;

/** Adds to what each source is known for, in the transaction of whatever it was found in: counted when that is, and once. */
export async function countFindings({ manager }: Turn, occurrences: readonly Occurrence[]): Promise<void> {
  if (occurrences.length === 0) return;
  const sourceIds = [...new Set(occurrences.map(({ sourceId }) => sourceId))];
  const ids = [...new Set([...occurrences.map(({ finding }) => idOf(finding)), idOf(otherFindings)])];
  const stored = await manager.findBy(SourceFinding, { sourceId: In(sourceIds), id: In(ids) });
  const before = new Map<string, Row>(stored.map((row) => [keyOf(row), row]));
  const rows = new Map<string, Row>();
  const room = new Map<string, number>();
  for (const one of occurrences) {
    const { sourceId } = one;
    let key = keyOf({ sourceId, id: idOf(one.finding) });
    let { finding } = one;
    if (!rows.has(key) && !before.has(key)) {
      const left = room.get(sourceId) ?? findingKindsMax - (await manager.countBy(SourceFinding, { sourceId }));
      room.set(sourceId, left - 1);
      if (left <= 0) [key, finding] = [keyOf({ sourceId, id: idOf(otherFindings) }), otherFindings];
    }
    rows.set(key, added(rows.get(key) ?? before.get(key), { ...one, finding }));
  }
  const fresh = [...rows].filter(([key]) => !before.has(key)).map(([, row]) => row);
  await insertRows(manager, SourceFinding, fresh);
  for (const [key, { sourceId, id, shape, count, firstAt, lastAt, lastMessageId }] of rows)
    if (before.has(key))
      await manager.update(SourceFinding, { sourceId, id }, { shape, count, firstAt, lastAt, lastMessageId });
}

function added(row: Row | undefined, { sourceId, finding, at, messageId }: Occurrence): Row {
  const { rule, location, text, shape = null } = finding;
  const known = row ?? { count: 0, firstAt: at, lastAt: at };
  return {
    ...{ sourceId, id: idOf(finding), rule, location, text, shape },
    count: known.count + 1,
    firstAt: at < known.firstAt ? at : known.firstAt,
    lastAt: at > known.lastAt ? at : known.lastAt,
    lastMessageId: messageId,
  };
}

function keyOf({ sourceId, id }: Pick<Row, 'sourceId' | 'id'>): string {
  return `${sourceId} ${id}`;
}

function idOf({ rule, location, text }: Finding): string {
  return hash('sha256', JSON.stringify([rule, location, text]), 'hex').slice(0, 32);
}
