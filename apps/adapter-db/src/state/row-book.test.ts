import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'libsql';
import type { RowChange } from '@anamnesis/core';
import { readRowMapping } from '@anamnesis/fhir';
import { RowBook } from './row-book.js';
import { RowSeal } from './row-seal.js';

const secret = Buffer.alloc(32, 7);
const mapping = readRowMapping(`
name: book
version: 1
source: { facility: N, application: P, zone: UTC, kind: mysql, connection: { host: h, database: h, user: r } }
tables: { patient: { key: id, resource: Location, elements: { name: ward } } }
`);
let directory: string;
let book: RowBook;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'anamnesis-book-'));
  book = new RowBook(join(directory, 'adapter-db', 'rows.db'), secret);
});
afterEach(async () => {
  book.close();
  await rm(directory, { recursive: true });
});

const change = (op: RowChange['op'], id: number, after?: RowChange['after']): RowChange => ({
  ...{ op, table: 'patient', key: [id], at: '2026-01-01T00:00:00.000000Z', position: `0-1-${id}#1` },
  ...(after !== undefined && { after }),
});

describe('RowBook', () => {
  it('keeps rows with the position that they belong to, and forgets both together', () => {
    expect(book.position).toBeUndefined();
    book.apply(change('c', 1, { id: 1, ward: 'A' }));
    expect(book.find('patient', [1])).toEqual({ id: 1, ward: 'A' });
    book.discard();
    expect(book.find('patient', [1])).toBeUndefined();
    book.apply(change('c', 1, { id: 1, ward: 'B' }));
    book.keep({ gtid: '0-1-1' });
    book.discard();
    expect(book.find('patient', [1])).toEqual({ id: 1, ward: 'B' });
    expect(book.position).toEqual({ gtid: '0-1-1' });
  });

  it('knows a row as it was applied last, whether or not it is written yet', () => {
    book.apply(change('c', 1, { id: 1, ward: 'A' }));
    book.apply(change('u', 1, { id: 1, ward: 'B' }));
    expect(book.find('patient', [1])).toEqual({ id: 1, ward: 'B' });
    book.write();
    expect(book.find('patient', [1])).toEqual({ id: 1, ward: 'B' });
    book.apply(change('d', 1));
    expect(book.find('patient', [1])).toBeUndefined();
    book.write();
    expect(book.find('patient', [1])).toBeUndefined();
    book.discard();
    book.apply(change('c', 2, { id: 2 }));
    book.apply(change('d', 2));
    book.keep({});
    expect([1, 2].map((id) => book.find('patient', [id]))).toEqual([undefined, undefined]);
  });

  it('writes rows that were sealed elsewhere, but none that was written or discarded meanwhile', () => {
    const seal = new RowSeal(secret);
    const take = () => {
      const rows = book.takeApplied();
      return [rows, rows.map((row) => seal.seal(row))] as const;
    };
    book.apply(change('c', 1, { id: 1, ward: 'A' }));
    book.apply(change('c', 2, { id: 2, ward: 'A' }));
    const first = take();
    book.apply(change('u', 1, { id: 1, ward: 'B' }));
    book.apply(change('d', 2));
    const second = take();
    book.addSealed(...first);
    expect([1, 2].map((id) => book.find('patient', [id]))).toEqual([{ id: 1, ward: 'B' }, undefined]);
    // What needs all rows written writes them, and those that come back sealed are late.
    expect(book.booked('patient', book.hashOf([1]))?.row).toEqual({ id: 1, ward: 'B' });
    book.addSealed(...first);
    book.addSealed(...second);
    book.keep({});
    expect([1, 2].map((id) => book.find('patient', [id]))).toEqual([{ id: 1, ward: 'B' }, undefined]);
    book.apply(change('u', 1, { id: 1, ward: 'C' }));
    const late = take();
    book.discard();
    book.addSealed(...late);
    book.keep({});
    expect(book.find('patient', [1])).toEqual({ id: 1, ward: 'B' });
  });

  it('writes many rows in the order of their keys, and those of one key in that of its changes', () => {
    const ids = Array.from({ length: 50 }, (_, id) => id);
    for (const id of ids) book.apply(change('c', id, { id, ward: 'A' }));
    for (const id of ids.filter((one) => one % 2 === 0)) book.apply(change('d', id));
    for (const id of ids.filter((one) => one % 4 === 0)) book.apply(change('c', id, { id, ward: 'B' }));
    for (const id of ids.filter((one) => one % 3 === 0 && one % 2 === 1))
      book.apply(change('u', id, { id, ward: 'C' }), { statedAt: '2026-01-02', columns: ['ward'] });
    book.keep({});
    const wardOf = (id: number) => {
      if (id % 2 === 0) return id % 4 === 0 ? 'B' : undefined;
      return id % 3 === 0 ? 'C' : 'A';
    };
    expect(ids.map((id) => book.find('patient', [id])?.['ward'])).toEqual(ids.map(wardOf));
  });

  it('says of each row that is there what was known of it, and which rows are there no more', () => {
    for (const id of [1, 2, 3]) book.apply(change('c', id, { id, ward: 'A' }));
    book.keep({});
    book.beginReading('2026-01-02');
    expect(book.see('patient', [1], { ward: 'A', id: 1 })).toBe('same');
    expect(book.see('patient', [2], { id: 2, ward: 'B' })).toEqual({ id: 2, ward: 'A' });
    expect(book.see('patient', [4], { id: 4, ward: 'A' })).toBeUndefined();
    expect(book.unseen('patient', 10)).toEqual([{ key: [3], row: { id: 3, ward: 'A' } }]);
  });

  it('keeps a row as its table has it now, said when and by what it was', () => {
    book.apply(change('c', 1, { id: 1, ward: 'A' }));
    book.keep({});
    const before = book.booked('patient', book.hashOf([1]));
    book.reshape('patient', [1], { id: 1, ward: 'A', bed: null });
    expect(book.booked('patient', book.hashOf([1]))).toEqual({ ...before, row: { id: 1, ward: 'A', bed: null } });
    expect(book.see('patient', [1], { id: 1, ward: 'A', bed: null })).toBe('same');
  });

  it('gives each reading a number of its own, ended or not', () => {
    expect(book.beginReading('2026-01-02')).toEqual({ number: 1, at: '2026-01-02' });
    book.discard();
    expect(book.beginReading('2026-01-03')).toEqual({ number: 2, at: '2026-01-03' });
    book.endReading();
    expect(book.beginReading('2026-01-04')).toEqual({ number: 3, at: '2026-01-04' });
  });

  it('has what was found, and perhaps told, until it is kept; sealed', async () => {
    const found = { changes: [change('r', 1, { id: 1, name: 'Testcase' })], position: { gtid: '0-1-1' } };
    book.keepFound(found);
    for (const one of found.changes) book.apply(one);
    book.discard();
    book.close();
    const file = join(directory, 'adapter-db', 'rows.db');
    expect((await readFile(file)).includes('Testcase')).toBe(false);
    book = new RowBook(file, secret);
    expect(book.found).toEqual(found);
    book.keep(found.position);
    expect(book.found).toBeUndefined();
  });

  it('is what it was when it is opened again, and holds nothing that can be read', async () => {
    book.apply(change('c', 1, { id: 1, name: 'Testcase' }));
    book.keep({ gtid: '0-1-1' });
    book.close();
    const file = join(directory, 'adapter-db', 'rows.db');
    expect((await readFile(file)).includes('Testcase')).toBe(false);
    book = new RowBook(file, secret);
    expect(book.find('patient', [1])).toEqual({ id: 1, name: 'Testcase' });
    expect(book.position).toEqual({ gtid: '0-1-1' });
  });

  it('tells keys of several columns and of large numbers apart', () => {
    book.apply({ ...change('c', 0, { n: 1 }), key: ['a', 1] });
    book.apply({ ...change('c', 0, { n: 2 }), key: ['9007199254740993'] });
    book.keep({});
    expect(book.find('patient', ['a', 1])).toEqual({ n: 1 });
    expect(book.find('patient', ['9007199254740993'])).toEqual({ n: 2 });
    expect(book.find('patient', ['a'])).toBeUndefined();
  });

  it('knows when each value was stated and by which mapping, and forgets neither with a change', () => {
    const again = (name: string) => ({ ...mapping, name });
    book.mappings.use(again('first'));
    book.apply(change('c', 1, { id: 1, ward: 'A' }), { statedAt: '2026-01-01' });
    book.keep({});
    book.mappings.use(again('second'));
    book.apply(change('u', 1, { id: 1, ward: 'B' }), { statedAt: '2026-01-02', columns: ['ward'] });
    book.apply(change('c', 2, { id: 2, ward: 'A' }), { statedAt: '2026-01-02' });
    book.keep({});
    const { rows, last } = book.outdated('patient', '', 10);
    expect(rows).toMatchObject([{ key: [1], row: { ward: 'B' }, statedAt: { '': '2026-01-01', ward: '2026-01-02' } }]);
    for (const row of rows) book.toldAgain(row);
    expect(book.outdated('patient', '', 10).rows).toEqual([]);
    expect(book.outdated('patient', last ?? '', 10)).toEqual({ rows: [], last: undefined });
    expect(book.mappings.find(0)?.mapping.name).toBe('first');
    book.mappings.forgetEarlier();
    expect([book.mappings.find(0), book.mappings.hasEarlier, book.mappings.generation]).toEqual([undefined, false, 1]);
  });

  it('knows when something was stated of a row last, also of one that is gone, over a start', () => {
    const last = (id: number, time: string) => book.statedAfter(time, 'patient', [id]);
    book.apply(change('c', 1, { id: 1, ward: 'A' }), { statedAt: '2026-01-05' });
    book.apply(change('u', 1, { id: 1, ward: 'B' }), { statedAt: '2026-01-06', columns: ['ward'] });
    book.apply(change('c', 2, { id: 2 }), { statedAt: '2026-01-04' });
    expect([last(1, '2026-01-01'), last(2, '2026-01-01')]).toEqual(['2026-01-06', '2026-01-04']);
    book.apply(change('d', 2, { id: 2 }), { statedAt: '2026-01-07' });
    book.keep({ gtid: '0-1-4' });
    book.close();
    book = new RowBook(join(directory, 'adapter-db', 'rows.db'), secret);
    expect([last(1, '2026-01-01'), last(2, '2026-01-01'), last(3, '2026-01-01')]).toEqual([
      '2026-01-06',
      '2026-01-07',
      undefined,
    ]);
    expect(last(1, '2026-01-08')).toBeUndefined();
  });

  it('is opened as an earlier version left it: its rows were stated before now, by the first mapping that it sees', () => {
    book.apply(change('c', 1, { id: 1, ward: 'A' }));
    book.keep({ gtid: '0-1-1' });
    book.close();
    const file = join(directory, 'adapter-db', 'rows.db');
    const database = new Database(file);
    database.exec(`ALTER TABLE known_row DROP COLUMN stated; ALTER TABLE known_row DROP COLUMN mapping;
      ALTER TABLE place DROP COLUMN compared; ALTER TABLE place DROP COLUMN stated; DROP TABLE gone_row;
      DROP TABLE parked_row; DROP TABLE mapping; PRAGMA user_version = 1`);
    database.close();
    book = new RowBook(file, secret);
    book.mappings.use(mapping);
    expect(book.position).toEqual({ gtid: '0-1-1' });
    const known = book.booked('patient', book.hashOf([1]));
    expect(known).toMatchObject({ row: { id: 1, ward: 'A' }, generation: book.mappings.generation });
    expect(Date.parse(known?.statedAt[''] ?? '')).toBeLessThanOrEqual(Date.now());
  });

  it('is opened as the version before left it, with all that it knew of its rows', () => {
    book.mappings.use(mapping);
    for (const id of [1, 2, 3]) book.apply(change('c', id, { id, ward: 'A' }));
    book.apply(change('u', 2, { id: 2, ward: 'B' }), { statedAt: '2026-01-02', columns: ['ward'] });
    book.keep({ gtid: '0-1-4' });
    const known = () => [1, 2, 3].map((id) => book.booked('patient', book.hashOf([id])));
    const before = known();
    book.close();
    const file = join(directory, 'adapter-db', 'rows.db');
    const database = new Database(file);
    database.exec(`CREATE TABLE former (name TEXT NOT NULL, key TEXT NOT NULL, hash TEXT NOT NULL, sealed BLOB NOT NULL,
        stated TEXT NOT NULL, mapping INTEGER NOT NULL, PRIMARY KEY (name, key)) WITHOUT ROWID;
      INSERT INTO former SELECT * FROM known_row; DROP TABLE known_row; ALTER TABLE former RENAME TO known_row;
      ALTER TABLE place DROP COLUMN stated; DROP TABLE gone_row; PRAGMA user_version = 2`);
    database.close();
    book = new RowBook(file, secret);
    expect(known()).toEqual(before);
    expect(book.statedAfter('2026-01-01', 'patient', [2])).toBe('2026-01-02');
    book.apply(change('u', 2, { id: 2, ward: 'C' }), { statedAt: '2026-01-03', columns: ['ward'] });
    book.apply(change('c', 4, { id: 4 }));
    book.keep({ gtid: '0-1-5' });
    expect(known()[1]).toMatchObject({ row: { ward: 'C' }, statedAt: { ward: '2026-01-03' } });
    expect([book.find('patient', [4]), book.position]).toEqual([{ id: 4 }, { gtid: '0-1-5' }]);
  });
});
