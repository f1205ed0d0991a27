import { describe, expect, it } from '@jest/globals';
import { judgeFile, judgeTables } from './hold-back.js';
import { findDrift } from './schema-drift.js';
import type { TableSummary } from './worker-protocol.js';

const rules = { lostShareMax: 0.3, lostRowsMin: 20 };
const accepted = { digest: 'b', modifiedAtMs: 2_000_000, readAtMs: 3_000_000, earlierDigests: ['a'] };
const read = { digest: 'c', modifiedAtMs: 2_500_000, readAtMs: 3_500_000 };

function summary(more: Partial<TableSummary> & { lost?: number }): TableSummary {
  const { lost = 0, ...rest } = more;
  const gone = Array.from({ length: lost }, (_, at) => `key ${at}`);
  const counts = { rowCount: 100, knownCount: 100, newCount: 0, changedCount: 0, revertedCount: 0 };
  return { table: 'Persons', shape: [], skipped: [], gone, ...counts, ...rest };
}

describe('a file as a whole', () => {
  it('is believed when it is newer than the accepted one', () => {
    expect(judgeFile(read, accepted)).toBeUndefined();
  });

  it('is held when its own time went back', () => {
    expect(judgeFile({ ...read, modifiedAtMs: 1_999_999 }, accepted)).toMatchObject({ reason: 'older-file' });
  });

  it('is held when it is one that was accepted earlier, whatever its time', () => {
    expect(judgeFile({ ...read, digest: 'a' }, accepted)).toMatchObject({ reason: 'older-file' });
  });

  it('is held when our clock went back by more than clocks are set by', () => {
    expect(judgeFile({ ...read, readAtMs: 2_995_000 }, accepted)).toBeUndefined();
    expect(judgeFile({ ...read, readAtMs: 2_000_000 }, accepted)).toMatchObject({ reason: 'clock-back' });
  });
});

describe('its tables', () => {
  it('are believed with the changes of a day', () => {
    expect(judgeTables([summary({ lost: 30, newCount: 50, changedCount: 90 })], rules)).toBeUndefined();
  });

  it('are held when one lost more than its share of rows', () => {
    const hold = judgeTables([summary({}), summary({ table: 'Visits', lost: 31 })], rules);
    expect(hold).toEqual({ reason: 'rows-lost', text: 'table Visits: 31 of 100 rows are gone' });
  });

  it('are held when one is empty that was not, however small it was', () => {
    const hold = judgeTables([summary({ knownCount: 2, rowCount: 0, lost: 2 })], rules);
    expect(hold).toMatchObject({ reason: 'table-empty' });
  });

  it('may lose what they will while they are small', () => {
    expect(judgeTables([summary({ knownCount: 10, rowCount: 1, lost: 9 })], rules)).toBeUndefined();
  });

  it('are held when most changed rows are again what they were: a backup was put in place', () => {
    expect(judgeTables([summary({ changedCount: 5, revertedCount: 3 })], rules)).toMatchObject({
      reason: 'older-file',
    });
    expect(judgeTables([summary({ changedCount: 6, revertedCount: 3 })], rules)).toBeUndefined();
    expect(judgeTables([summary({ changedCount: 2, revertedCount: 2 })], rules)).toBeUndefined();
  });
});

describe('columns', () => {
  it('that came, went or changed their type are named; a table that is new is not', () => {
    const before = { Persons: [column('a', 'text'), column('b', 'long'), column('c', 'text')] };
    const after = {
      Persons: [column('a', 'memo'), column('b', 'long'), column('d', 'text')],
      Visits: [column('x', 'text')],
    };
    expect(findDrift(before, after)).toEqual([
      { table: 'Persons', column: 'a', change: 'retyped' },
      { table: 'Persons', column: 'd', change: 'added' },
      { table: 'Persons', column: 'c', change: 'removed' },
    ]);
  });
});

function column(name: string, type: string) {
  return { name, type };
}
