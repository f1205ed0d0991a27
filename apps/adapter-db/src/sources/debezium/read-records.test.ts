import { describe, expect, it } from '@jest/globals';
import type { ForeignBatch, ForeignRecord } from '@anamnesis/bus';
import { schemaRecord, tombstone, unwrappedRecord } from '../../../test/topic-records.js';
import { readRecords } from './read-records.js';

const keys = { patients: ['id'] };
const record = (offset: number, { key, value }: { key: string | null; value: string | null }): ForeignRecord => ({
  ...{ offset, timestampMs: 1_700_000_000_000 },
  key: key === null ? null : Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
});
const batch = (records: readonly ForeignRecord[], more: Partial<ForeignBatch> = {}): ForeignBatch => ({
  ...{ topic: 't', partition: 0, records, next: (records.at(-1)?.offset ?? -1) + 1 },
  ...more,
});
const garbage = { key: null, value: 'Secret' };

describe('records of a topic', () => {
  it('are changes in their order; what tells no row counts as read', () => {
    const parts = readRecords(
      batch([
        record(4, schemaRecord({ id: 1, pos: 1 })),
        record(5, tombstone(1)),
        record(7, unwrappedRecord({ id: 2, pos: 2 })),
      ]),
      { keys },
    );
    expect(parts).toEqual([
      { changes: [expect.objectContaining({ key: [1] }), expect.objectContaining({ key: [2] })], next: 8 },
    ]);
    expect(readRecords(batch([record(4, tombstone(1))]), { keys })).toEqual([{ changes: [], next: 5 }]);
    expect(readRecords(batch([], { next: 9 }), { keys })).toEqual([{ changes: [], next: 9 }]);
  });

  it('that cannot be used are told by place and reason, between the changes around them', () => {
    const good = (offset: number) => record(offset, schemaRecord({ id: offset, pos: offset }));
    const parts = readRecords(batch([good(0), record(1, garbage), record(2, garbage), good(3)]), { keys });
    expect(parts.map(({ gap, changes, next }) => [gap?.from, changes.length, next])).toEqual([
      [undefined, 1, 1],
      ['t-0@1', 0, 2],
      ['t-0@2', 1, 4],
    ]);
    expect(parts[1]).toMatchObject({
      guard: 'record-no-json',
      gap: { rule: 'record-unusable', at: '2023-11-14T22:13:20.000Z' },
    });
    expect(JSON.stringify(parts)).not.toContain('Secret');
  });

  it('are told whatever time they were given', () => {
    const flat = JSON.stringify({ id: 1, __op: 'c', __table: 'patients' });
    for (const timestampMs of [-1, 1.7e18]) {
      const records = [
        { ...record(0, { key: null, value: flat }), timestampMs },
        { ...record(1, garbage), timestampMs },
      ];
      const [first, second] = readRecords(batch(records), { keys });
      expect([first?.changes[0]?.key, second?.guard]).toEqual([[1], 'record-no-json']);
    }
  });

  it('that remove all rows at once are told as such', () => {
    const { value } = schemaRecord({ id: 1, pos: 1 });
    const truncate = (offset: number) => ({
      ...record(offset, { key: null, value: value.replace('"op":"c"', '"op":"t"') }),
      timestampMs: 1_700_000_000_000 + offset,
    });
    const [part, again] = readRecords(batch([truncate(0), truncate(1)]), { keys });
    expect(part).toMatchObject({ guard: 'truncate', gap: { rule: 'truncate' }, changes: [], next: 1 });
    expect(again?.gap).toEqual(part?.gap);
  });

  it('that are gone are told before those that are there', () => {
    const lost = { from: 3, reason: 'topic-purged' } as const;
    const [gone] = readRecords(batch([], { next: 10, lost }), { keys });
    expect(gone).toMatchObject({ guard: 'topic-purged', gap: { from: 't-0@3', reason: 'topic-purged' }, next: 10 });
  });
});
