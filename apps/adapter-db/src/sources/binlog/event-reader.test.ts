import { describe, expect, it } from '@jest/globals';
import type { BinlogEvent } from '@vlasky/zongji';
import { EventReader } from './event-reader.js';

const from = { file: 'log.000001', offset: 500, skip: 0 };
const reader = (more: Partial<typeof from> = {}) =>
  new EventReader({ tables: ['patient'], database: 'hospital', types: {}, from: { ...from, ...more } });
const event = (type: string, more: object = {}) => ({ getTypeName: () => type, ...more }) as unknown as BinlogEvent;
const at = { file: 'log.000002', offset: 158 };

describe('EventReader', () => {
  it('takes a table that is made and filled in one transaction for no end of it', () => {
    const one = reader();
    one.read(event('Gtid', { gtid: 'u:1' }), at);
    const made = 'CREATE TABLE `patient` (\n  `id` int NOT NULL\n) START TRANSACTION';
    expect(one.read(event('Query', { query: made }), at)).toEqual([]);
    expect(one.read(event('Xid'), at)).toEqual([{ kind: 'commit', gtid: 'u:1', ...at }]);
  });

  it('moves to the beginning of the next file, which names no transaction', () => {
    expect(reader().read(event('PreviousGtids'), at)).toEqual([{ kind: 'commit', ...at }]);
  });

  it('does not forget there how many rows of the next transaction were told', () => {
    expect(reader({ skip: 3 }).read(event('PreviousGtids'), at)).toEqual([]);
  });

  it('goes on after a transaction that is too large to be unpacked', () => {
    const one = reader();
    one.read(event('Gtid', { gtid: 'u:2' }), at);
    expect(one.readUnread('transaction-too-large', at)).toEqual([
      { kind: 'guard', guard: 'transaction-too-large' },
      { kind: 'commit', gtid: 'u:2', ...at },
    ]);
  });
});
