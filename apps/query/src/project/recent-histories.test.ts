import { describe, expect, it } from '@jest/globals';
import { type EventId, RecentStatements } from '@anamnesis/core';
import { RecentHistories } from './recent-histories.js';

const sealed = Buffer.from('version 1');
const remappedSeq = 3;

function historyOf(id: string, count: number) {
  const statements = new RecentStatements({ resourceType: 'Organization', id });
  for (let at = 0; at < count; at++) {
    const time = new Date(at * 1000).toISOString();
    const eventId = `event-${at}` as EventId;
    const order = { statedAt: time, receivedAt: time, eventId };
    statements.place({ resourceType: 'Organization', id, trigger: 'A08', slots: { name: at }, ...order });
  }
  return { statements, sealed, remappedSeq };
}

describe('RecentHistories', () => {
  it('gives a history once, to whoever found the version that it was left with', () => {
    const histories = new RecentHistories();
    const history = historyOf('a', 2);
    histories.keep('a', history);
    expect(histories.take('a', { sealed: Buffer.from(sealed), remappedSeq })).toBe(history.statements);
    expect(histories.take('a', { sealed, remappedSeq })).toBeUndefined();
  });

  it('gives none where another version is the newest, or something was mapped again', () => {
    const histories = new RecentHistories();
    histories.keep('a', historyOf('a', 2));
    expect(histories.take('a', { sealed: Buffer.from('version 2'), remappedSeq })).toBeUndefined();
    histories.keep('a', historyOf('a', 2));
    expect(histories.take('a', { sealed, remappedSeq: remappedSeq + 1 })).toBeUndefined();
  });

  it('keeps the last statements of each, and as many histories as there is room for', () => {
    const histories = new RecentHistories();
    const names = Array.from({ length: 9 }, (_, at) => `r${at}`);
    for (const name of names) histories.keep(name, historyOf(name, 5_000));
    const kept = names.map((name) => histories.take(name, { sealed, remappedSeq })?.count);
    expect(kept).toEqual([undefined, undefined, ...new Array<number>(7).fill(4_096)]);
  });
});
