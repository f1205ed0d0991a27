import { Decision, SourceTally } from '@anamnesis/store';
import { In } from 'typeorm';
import type { Turn } from '../outbox/turn.js';
import type { Judged } from './case.js';

/** Ids of events whose message carries a control id under which the same source sent other bytes before. */
export async function reusedControlIds(turn: Turn, judged: readonly Judged[]): Promise<ReadonlySet<string>> {
  const named = judged.filter(({ sourceId, event }) => sourceId !== null && event.source.messageId !== '');
  // One count a message: its first event stands for it.
  const firsts = named.filter(({ event, generation }) => event.ordinal === 0 && generation === 1);
  const messageIds = [...new Set(firsts.map(({ event }) => event.source.messageId))];
  const sourceIds = [...new Set(firsts.flatMap(({ sourceId }) => sourceId ?? []))];
  if (messageIds.length === 0) return new Set();
  const rows = await turn.manager.find(Decision, {
    select: { eventId: true, generation: true, sourceId: true, messageId: true },
    where: { sourceId: In(sourceIds), messageId: In(messageIds), ordinal: 0 },
  });
  const seen = new Map(rows.map((row) => [JSON.stringify([row.sourceId, row.messageId]), row.eventId]));
  const reused = new Set<string>();
  for (const { sourceId, event } of firsts) {
    const name = JSON.stringify([sourceId, event.source.messageId]);
    const before = seen.get(name);
    if (before !== undefined && before !== event.id) reused.add(event.id);
    seen.set(name, event.id);
  }
  return reused;
}

/** Keeps the numbers of each source, with the decisions that they count. */
export async function countSources(turn: Turn, judged: readonly Judged[], reused: ReadonlySet<string>): Promise<void> {
  const sourceIds = [...new Set(judged.flatMap(({ sourceId }) => sourceId ?? []))];
  if (sourceIds.length === 0) return;
  const rows = await turn.manager.findBy(SourceTally, { sourceId: In(sourceIds) });
  for (const sourceId of sourceIds) {
    const before = rows.find((row) => row.sourceId === sourceId);
    const own = judged.filter((one) => one.sourceId === sourceId);
    const tally = addTo(before ?? { ...nothing, sourceId }, own, reused);
    if (before === undefined) await turn.manager.insert(SourceTally, tally);
    else await turn.manager.update(SourceTally, { sourceId }, tally);
  }
}

const nothing = { certified: 0, tested: 0, refused: 0, controlIdReuses: 0, lastMessageAt: '' };

type Tally = Pick<SourceTally, keyof SourceTally>;

function addTo(before: Tally, own: readonly Judged[], reused: ReadonlySet<string>): Tally {
  const passed = own.filter(({ verdict }) => 'judgement' in verdict);
  const tested = passed.filter(({ isTest }) => isTest === true).length;
  const times = [before.lastMessageAt, ...own.map(({ appendedAt }) => appendedAt)].sort();
  return {
    sourceId: before.sourceId,
    certified: before.certified + passed.length - tested,
    tested: before.tested + tested,
    refused: before.refused + own.length - passed.length,
    controlIdReuses: before.controlIdReuses + own.filter(({ event }) => reused.has(event.id)).length,
    lastMessageAt: times.at(-1) ?? '',
  };
}
