import { hash } from 'node:crypto';
import { type LocalCode, parseLocalCodes } from '@anamnesis/core';
import { insertRows, UnmappedCode } from '@anamnesis/store';
import { In } from 'typeorm';
import type { Judged } from '../certify/case.js';
import type { Turn } from '../outbox/turn.js';

/** Codes listed for one source; what comes new beyond them is not listed until some of them are gone. */
export const unmappedCodesMax = 5000;

type Row = Pick<UnmappedCode, keyof UnmappedCode>;

/** Adds the codes that nobody has translated to the work list of their source, in the transaction of the decision. */
export async function countLocalCodes({ manager }: Turn, judged: readonly Judged[]): Promise<void> {
  const sent = judged.flatMap(sentIn);
  if (sent.length === 0) return;
  const sourceIds = [...new Set(sent.map(({ sourceId }) => sourceId))];
  const ids = [...new Set(sent.map(({ code }) => idOf(code)))];
  const stored = await manager.findBy(UnmappedCode, { sourceId: In(sourceIds), id: In(ids) });
  const before = new Map<string, Row>(stored.map((row) => [keyOf(row), row]));
  const rows = new Map<string, Row>();
  for (const one of sent) {
    const key = keyOf({ sourceId: one.sourceId, id: idOf(one.code) });
    rows.set(key, added(rows.get(key) ?? before.get(key), one));
  }
  const fresh = [...rows].filter(([key]) => !before.has(key)).map(([, row]) => row);
  for (const sourceId of new Set(fresh.map((row) => row.sourceId))) {
    const room = unmappedCodesMax - (await manager.countBy(UnmappedCode, { sourceId }));
    const own = fresh.filter((row) => row.sourceId === sourceId);
    await insertRows(manager, UnmappedCode, own.slice(0, Math.max(0, room)));
  }
  for (const [key, { sourceId, id, display, location, count, firstAt, lastAt }] of rows)
    if (before.has(key))
      await manager.update(UnmappedCode, { sourceId, id }, { display, location, count, firstAt, lastAt });
}

interface Sent {
  readonly sourceId: string;
  readonly code: LocalCode;
  /** When the bus took the message. */
  readonly at: string;
}

/** Of a message once: with its first event, when that is certified; a replay was looked at before. */
function sentIn({ event, verdict, sourceId, appendedAt, generation }: Judged): readonly Sent[] {
  if (sourceId === null || !('judgement' in verdict) || event.ordinal !== 0 || generation > 1) return [];
  return parseLocalCodes(event.resources.localCodes).map((code) => ({ sourceId, code, at: appendedAt }));
}

function added(row: Row | undefined, { sourceId, code: sent, at }: Sent): Row {
  const known = row ?? { count: 0, firstAt: at, lastAt: at, display: null };
  const { system, code, location } = sent;
  return {
    ...{ sourceId, id: idOf(sent), system, code, location, display: sent.display ?? known.display },
    count: known.count + 1,
    firstAt: at < known.firstAt ? at : known.firstAt,
    lastAt: at > known.lastAt ? at : known.lastAt,
  };
}

function keyOf({ sourceId, id }: Pick<Row, 'sourceId' | 'id'>): string {
  return `${sourceId} ${id}`;
}

function idOf({ system, code }: Pick<LocalCode, 'system' | 'code'>): string {
  return hash('sha256', JSON.stringify([system, code]), 'hex').slice(0, 32);
}
